"""Watch over the streams of a line while its reader has nothing else to do."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from domain.call import EndReason
from media_gateway.ending import Ending
from media_gateway.rtp.stream import RtpStream

LOOK_S = 1.0


async def keep_vigil(
    streams: Sequence[RtpStream], *, orphan_ms: int, over: asyncio.Event
) -> Ending | None:
    """Wait until it is over (None), or until neither RTP nor RTCP came on any stream for so long.

    Who suppresses silence sends no packet for minutes and is there all the same: his reports say so.
    """
    while min(stream.silent_for_ms for stream in streams) < orphan_ms:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await over.wait()
        if over.is_set():
            return None
    return Ending(reason=EndReason.VANISHED, detail=f"neither RTP nor RTCP came for {orphan_ms} ms")
