"""Wait for a recording's end while its streams may be silent: a hold without notice is no fault, an absent client is."""

import asyncio
import logging
from collections.abc import Sequence

from domain.call import EndReason
from media_gateway.ending import Ending
from media_gateway.sip.incoming import IncomingDialog
from media_gateway.siprec.chair import Chair
from media_gateway.siprec.settings import SiprecSettings

log = logging.getLogger(__name__)

LOOK_S = 1.0


async def until_over(
    dialog: IncomingDialog,
    chairs: Sequence[Chair],
    *,
    settings: SiprecSettings,
) -> Ending:
    """The dialog's end, or ours when neither sound nor a report came for ``abandoned_ms`` though nothing is on hold.

    The SIP dialog says whether a recording lives, not its sound: an SBC stops its streams while a call is parked, and
    not every one of them sends an update for it.
    """
    warned = False
    while True:
        try:
            async with asyncio.timeout(LOOK_S):
                return await dialog.over()
        except TimeoutError:
            pass  # time for a look
        if _is_abandoned(chairs, settings.abandoned_ms):
            return Ending(
                reason=EndReason.VANISHED,
                detail=f"neither RTP nor RTCP came for {settings.abandoned_ms // 1000} s",
            )
        if not warned:
            warned = _warned_of_deafness(dialog, chairs, settings.deaf_ms)


def _is_abandoned(chairs: Sequence[Chair], abandoned_ms: int) -> bool:
    return all(not chair.is_quiet and chair.silent_for_ms >= abandoned_ms for chair in chairs)


def _warned_of_deafness(dialog: IncomingDialog, chairs: Sequence[Chair], deaf_ms: int) -> bool:
    deaf = [chair for chair in chairs if chair.is_deaf(deaf_ms)]
    for chair in deaf:
        log.warning(
            "no sound comes on a recorded stream; look at the firewall towards our RTP ports",
            extra={
                "wire_call_id": dialog.wire_call_id,
                "label": chair.planned.media.label,
                "port": chair.opened.port,
            },
        )
    return bool(deaf)
