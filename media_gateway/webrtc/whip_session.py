"""Live one WHIP session: a browser's line, from its offer to the last freed socket."""

import asyncio
import logging
import time
from dataclasses import dataclass

from domain.audio import GapCause
from domain.call import EndReason
from domain.errors import ContactCentreError, InputError, NotFound
from domain.ids import CallId
from media_gateway.ending import CallOver, Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.ear import Ear
from media_gateway.webrtc.mouth_track import MouthTrack
from media_gateway.webrtc.opus import LINE_RATE_HZ
from media_gateway.webrtc.peer import Peer
from media_gateway.webrtc.settings import WebRtcSettings
from media_gateway.wires import whip

log = logging.getLogger(__name__)

MAX_PLAY_BYTES = 30 * 2 * LINE_RATE_HZ  # half a minute in one piece; stopping does not wait for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the client gets for its offer."""

    sdp: str
    call_id: CallId


class WhipSession:
    """A ``FarSide`` over one peer connection. ``answered`` resolves when the client can be told, or why it cannot."""

    wire = "webrtc"
    reports_played = True
    max_play_bytes = MAX_PLAY_BYTES

    def __init__(
        self,
        *,
        session_id: str,
        offer: CallOffer,
        gateway: MediaGateway,
        settings: WebRtcSettings,
        counters: WebRtcCounters,
    ) -> None:
        self.session_id = session_id
        self.answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._offer = offer
        self._gateway = gateway
        self._settings = settings
        self._line: Line | None = None
        self._begun = asyncio.Event()
        self._is_closed = False
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._track = MouthTrack(beats=lambda: gateway.metronome.position, counters=counters)
        self._ear = Ear(hear=self._hear, miss=self._miss, press=self._press, counters=counters)
        self._peer = Peer(
            track=self._track,
            ear=self._ear,
            settings=settings,
            counters=counters,
            on_connected=self._begun.set,
            on_over=self.end,
            on_text=self._take_text,
        )
        self.mouthpiece = Mouthpiece(
            metronome=gateway.metronome, sample_rate_hz=LINE_RATE_HZ, send=self._track.send
        )

    @property
    def is_open(self) -> bool:
        """Whether the client is still there; listeners may finish what they heard after it has gone."""
        return not self._is_closed

    async def run(self, sdp: str) -> None:
        """Answer and live until the call is over. Never raises because of the client."""
        try:
            with self._gateway.place():
                await self._live(sdp)
        except ContactCentreError as error:
            self._refuse(error)
        except Exception:
            log.exception("a WebRTC session failed", extra={"session": self.session_id})
        finally:
            self._refuse(NotFound("media_gateway.webrtc_over", "the call ended before it began"))
            await self._free()

    def end(self, ending: Ending) -> None:
        """End the session; the first reason stands."""
        if not self._ending.done():
            self._ending.set_result(ending)
            self._begun.set()

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        await self.mouthpiece.play(pcm)
        if self._line is not None:
            self._line.played(play_id)

    async def stop_playing(self) -> None:
        self.mouthpiece.stop()
        self._track.hush()

    async def hang_up(self) -> None:
        self.end(Ending(reason=EndReason.WE_HUNG_UP))

    async def close(self, ending: Ending) -> None:
        self._ear.close()
        self._line = None
        if ending.reason not in (EndReason.HUNG_UP, EndReason.VANISHED):
            await self._peer.say_goodbye(f"bye {ending.reason}")
        await self._free()

    async def _free(self) -> None:
        self._is_closed = True
        self.mouthpiece.close()
        await self._peer.close()

    async def _live(self, sdp: str) -> None:
        try:
            async with asyncio.timeout(self._settings.answer_ms / 1000):
                answer = await self._peer.answer(sdp)
        except TimeoutError:
            raise InputError(
                "media_gateway.offer",
                "expected addresses in time, got none; check the STUN and TURN servers",
            ) from None

        async def read(line: Line) -> Ending:
            self._line = line
            if not self.answered.done():
                self.answered.set_result(Answer(sdp=answer, call_id=line.call_id))
            return await self._watch()

        await self._gateway.take(self._offer, self, read)

    async def _watch(self) -> Ending:
        """Sound arrives by itself; here we wait for the end, and notice when there is nobody any more."""
        if not await self._has_begun():
            detail = f"no connection was made within {self._settings.connect_ms} ms"
            return Ending(reason=EndReason.VANISHED, detail=detail)
        self._ear.heard_at = time.monotonic()
        while (ending := await self._ended(self._settings.report_ms / 1000)) is None:
            if time.monotonic() - self._ear.heard_at > self._settings.silent_ms / 1000:
                detail = f"nothing came from the browser for {self._settings.silent_ms} ms"
                return Ending(reason=EndReason.VANISHED, detail=detail)
            await self._peer.send_report()
        return ending

    async def _has_begun(self) -> bool:
        """Whether a connection stands, or has been given up already, in time."""
        try:
            async with asyncio.timeout(self._settings.connect_ms / 1000):
                await self._begun.wait()
        except TimeoutError:
            return False
        return True

    async def _ended(self, wait_s: float) -> Ending | None:
        await asyncio.wait((self._ending,), timeout=wait_s)
        return self._ending.result() if self._ending.done() else None

    def _refuse(self, error: ContactCentreError) -> None:
        if not self.answered.done():
            self.answered.set_exception(error)
            self.answered.exception()  # whoever asked may have gone: then nobody is told

    def _hear(self, pcm: bytes) -> None:
        if self._line is not None:
            try:
                self._line.hear(pcm)
            except (CallOver, InputError) as trouble:
                self._give_up(trouble)

    def _miss(self, samples: int, cause: GapCause) -> None:
        if self._line is not None:
            self._line.miss(samples, cause)

    def _press(self, key: str) -> None:
        if self._line is not None:
            try:
                self._line.note_text()
                self._line.press(key)
            except CallOver as trouble:
                self._give_up(trouble)

    def _take_text(self, message: object) -> None:
        key = whip.key_from(message)
        if key is not None:
            self._press(key)

    def _give_up(self, trouble: CallOver | InputError) -> None:
        if isinstance(trouble, CallOver):
            self.end(trouble.ending)
        else:
            self.end(Ending(reason=EndReason.BAD_WIRE, detail=trouble.message))
