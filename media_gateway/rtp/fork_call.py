"""Be the far side of a call whose legs come as plain RTP streams."""

import asyncio

from domain.call import EndReason
from domain.errors import ContactCentreError, NotFound
from domain.ids import CallId
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.rtp.fork_request import ForkRequest
from media_gateway.rtp.line_sink import LineSink
from media_gateway.rtp.ports import RtpPorts
from media_gateway.rtp.stream import RtpStream
from media_gateway.rtp.vigil import keep_vigil

WIRE = "rtp"
LONGEST_PLAY_BYTES = 64 * 1024 * 1024


class ForkCall:
    """A ``FarSide`` made of streams. It ends when all of them said goodbye, fell silent, or somebody ends it."""

    reports_played = True
    max_play_bytes = LONGEST_PLAY_BYTES

    def __init__(self, *, asked: ForkRequest, gateway: MediaGateway, ports: RtpPorts) -> None:
        """Raises InputError for a format or key we cannot use, Refused when there are no ports."""
        self.offer: CallOffer = asked.offer()
        self.began: asyncio.Future[CallId] = asyncio.get_running_loop().create_future()
        self.streams: list[RtpStream] = []
        self.mouthpiece: Mouthpiece | None = None
        self._orphan_ms = ports.settings.orphan_ms
        self._parted: set[int] = set()
        self._over = asyncio.Event()
        try:
            for index in range(len(asked.legs)):
                self.streams.append(self._stream(asked, index, ports))
        except ContactCentreError:
            self.discard()
            raise
        if asked.speaks:
            self.mouthpiece = Mouthpiece(
                metronome=gateway.metronome,
                sample_rate_hz=self.offer.sample_rate_hz,
                send=self.streams[0].send,
            )

    @property
    def wire(self) -> str:
        return WIRE

    async def read(self, line: Line) -> Ending:
        for index, (stream, leg) in enumerate(zip(self.streams, line.legs, strict=True)):
            stream.start(LineSink(line, leg=leg, stream=index))
        if not self.began.done():
            self.began.set_result(line.call_id)
        orphaned = await keep_vigil(self.streams, orphan_ms=self._orphan_ms, over=self._over)
        return orphaned or Ending(reason=EndReason.HUNG_UP)

    def leave(self) -> None:
        """Whoever brought the call says that it is over."""
        self._over.set()

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        if self.mouthpiece is None:
            raise NotFound(
                "media_gateway.nobody_listens",
                'this fork only brings sound; ask for it with "speaks": true to be heard on it',
            )
        await self.mouthpiece.play(pcm)

    async def stop_playing(self) -> None:
        if self.mouthpiece is not None:
            self.mouthpiece.stop()

    async def hang_up(self) -> None:
        """RTP knows no hanging up but the goodbye that ``close`` says."""

    async def close(self, ending: Ending) -> None:
        self.discard()

    def discard(self) -> None:
        """Say goodbye on every stream and give the ports back. Twice is fine."""
        if self.mouthpiece is not None:
            self.mouthpiece.close()
        for stream in self.streams:
            stream.close()

    def _stream(self, asked: ForkRequest, index: int, ports: RtpPorts) -> RtpStream:
        leg = asked.legs[index]
        formats, keys = leg.formats(), leg.keys()
        port = ports.open()
        return RtpStream(
            port=port,
            formats=formats,
            sample_rate_hz=self.offer.sample_rate_hz,
            encoding=self.offer.encoding,
            settings=ports.settings,
            srtp=keys,
            on_bye=lambda: self._part(index),
        )

    def _part(self, index: int) -> None:
        self._parted.add(index)
        if len(self._parted) == len(self.streams):
            self._over.set()
