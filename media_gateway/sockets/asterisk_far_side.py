"""Speak chan_websocket over a connection, whoever made it: Asterisk to us, or we to Asterisk."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from domain.audio import SAMPLE_BYTES, ms_from_samples
from domain.call import EndReason
from domain.errors import InputError, NotFound
from media_gateway.codecs import encoded
from media_gateway.ending import CallOver, Ending
from media_gateway.line import Line
from media_gateway.metronome import Metronome
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.sockets.marks import Marks
from media_gateway.sockets.outgoing import Message, Outgoing
from media_gateway.wires import asterisk_media, audio_fork

log = logging.getLogger(__name__)

WIRE = "asterisk"
# A prompt goes out this far ahead of what is heard: Asterisk queues 20 s and throws the rest away, and what is queued
# costs nothing when the caller interrupts, for FLUSH_MEDIA empties it.
AHEAD_MS = 5_000
PIECE_MS = 1_000


class Pipe(Protocol):
    """A WebSocket in either role. Sending gives up after a bounded time and raises NotFound when nobody is there."""

    async def receive(self) -> Message | None:
        """The next message; None when it was closed."""
        ...

    async def drain(self, take: Callable[[Message], None]) -> Ending:
        """Hand every message to ``take`` until it is closed; raises what ``take`` raised."""
        ...

    async def send(self, message: Message) -> None: ...
    async def close(self, ending: Ending) -> None: ...


class AsteriskFarSide:
    """A ``FarSide`` on Asterisk's media WebSocket.

    ``hints`` are what the dial string says (``v(…)``): with ``talk=yes`` the channel is a person we bridge, frame by
    frame; otherwise it may be a mere copy of a call, and all it ever hears is a prompt that somebody asked for.
    """

    wire = WIRE
    reports_played = True
    max_play_bytes = 1_920_000

    def __init__(
        self, pipe: Pipe, *, hints: Mapping[str, str], metronome: Metronome, play_grace_ms: int
    ) -> None:
        self._pipe = pipe
        self._hints = hints
        self._metronome = metronome
        self._outgoing = Outgoing(pipe.send)
        self._marks = Marks(patience_ms=play_grace_ms)
        self._start: asterisk_media.MediaStart | None = None
        self._mouthpiece: Mouthpiece | None = None
        self._may_send = asyncio.Event()
        self._may_send.set()
        self._stopped = asyncio.Event()
        self._rest = b""
        self.dropped_frames = 0

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        return self._mouthpiece

    async def opening(self, wait_ms: int) -> CallOffer:
        """Read MEDIA_START. Raises InputError when something else comes first, or nothing in time."""
        try:
            async with asyncio.timeout(wait_ms / 1000):
                message = await self._pipe.receive()
        except TimeoutError:
            message = None
        event = (
            asterisk_media.parse_event(message, self._hints) if isinstance(message, str) else None
        )
        if not isinstance(event, asterisk_media.MediaStart):
            raise InputError(
                "media_gateway.opening", "expected MEDIA_START first, got something else"
            )
        self._start = event
        if self._hints.get("talk") == "yes":
            self._mouthpiece = Mouthpiece(
                metronome=self._metronome, sample_rate_hz=event.codec.rate_hz, send=self._speak
            )
        return asterisk_media.offer_of(event, self._hints)

    async def read(self, line: Line) -> Ending:
        """Drain the connection until the call ends; what we say goes out beside it."""
        if self._hints.get("answer") == "yes":
            self._outgoing.put(self._command("ANSWER"))
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._outgoing.run())
            ending = await self._drain(line)
            sending.cancel()
        return ending

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        """Over the bridge frame by frame, and return when it was heard; else as one buffered piece ahead of time."""
        self._stopped.clear()
        if self._mouthpiece is None:
            await self._play_buffered(pcm, sample_rate_hz, play_id)
            return
        self._marks.expect(play_id)
        await self._mouthpiece.play(pcm)
        if self._marks.work and not self._stopped.is_set():
            self._outgoing.put(self._command("MARK_MEDIA", play_id))
            await self._marks.wait()

    async def stop_playing(self) -> None:
        if self._mouthpiece is not None:
            self._mouthpiece.stop()
        self._stopped.set()
        self._outgoing.drop_waiting()
        self._rest = b""
        self._marks.give_up()
        await self._pipe.send(self._command("FLUSH_MEDIA"))

    async def hang_up(self) -> None:
        await self._pipe.send(self._command("HANGUP"))

    async def close(self, ending: Ending) -> None:
        if self._mouthpiece is not None:
            self._mouthpiece.close()
        self._stopped.set()
        self._marks.give_up()
        await self._pipe.close(ending)

    async def _play_buffered(self, pcm: bytes, sample_rate_hz: int, play_id: str) -> None:
        """Any length is welcome between START and STOP: Asterisk cuts frames and keeps time by itself."""
        await self._pipe.send(self._command("START_MEDIA_BUFFERING"))
        began_s = asyncio.get_running_loop().time()
        sent_ms = 0
        for piece in _pieces(pcm, sample_rate_hz):
            await self._until_due(began_s + (sent_ms - AHEAD_MS) / 1000)
            await self._until_allowed()
            if self._stopped.is_set():
                return
            await self._send_sound(piece)
            sent_ms += ms_from_samples(len(piece) // SAMPLE_BYTES, sample_rate_hz)
        await self._pipe.send(self._command("STOP_MEDIA_BUFFERING", play_id))

    async def _send_sound(self, pcm: bytes) -> None:
        sound = encoded(pcm, self._codec.encoding)
        for start in range(0, len(sound), asterisk_media.LONGEST_SOUND_BYTES):
            await self._pipe.send(sound[start : start + asterisk_media.LONGEST_SOUND_BYTES])

    async def _until_due(self, at_s: float) -> None:
        wait_s = at_s - asyncio.get_running_loop().time()
        if wait_s > 0:
            try:
                async with asyncio.timeout(wait_s):
                    await self._stopped.wait()
            except TimeoutError:
                return

    async def _until_allowed(self) -> None:
        """XOFF ends by XON, which also follows a flush; a line that ends stops us through ``close``."""
        while not self._may_send.is_set() and not self._stopped.is_set():
            try:
                async with asyncio.timeout(PIECE_MS / 1000):
                    await self._may_send.wait()
            except TimeoutError:
                continue

    async def _drain(self, line: Line) -> Ending:
        def take(message: Message) -> None:
            if isinstance(message, str):
                self._understand(message, line)
            elif message:
                line.hear(message)

        try:
            return await self._pipe.drain(take)
        except CallOver as over:
            return over.ending
        except InputError as error:
            return Ending(reason=EndReason.BAD_WIRE, detail=error.message)

    def _understand(self, text: str, line: Line) -> None:
        line.note_text()
        match asterisk_media.parse_event(text):
            case audio_fork.KeyOnWire(key=key):
                line.press(key)
            case asterisk_media.Reached(mark=mark):
                self._marks.arrive(mark)
                line.played(mark)
            case asterisk_media.SendingAllowed(is_allowed=is_allowed):
                (self._may_send.set if is_allowed else self._may_send.clear)()
            case asterisk_media.Trouble(text=trouble):
                log.warning(
                    "Asterisk refused a command",
                    extra={"call_id": line.call_id, "trouble": trouble},
                )
            case _:
                log.debug("an event meant nothing to us", extra={"call_id": line.call_id})

    def _speak(self, frame: bytes) -> None:
        """One live frame: whole multiples of what Asterisk asked for, for it drops the remainder; nothing after XOFF."""
        if not self._may_send.is_set():
            self.dropped_frames += 1
            return
        sound = self._rest + encoded(frame, self._codec.encoding)
        whole = len(sound) - len(sound) % self._begun.frame_bytes
        self._rest = sound[whole:]
        if whole:
            self._outgoing.put(sound[:whole])

    def _command(self, name: str, mark: str | None = None) -> str:
        return asterisk_media.command(self._begun.spelling, name, mark)

    @property
    def _begun(self) -> asterisk_media.MediaStart:
        if self._start is None:
            raise NotFound("media_gateway.far_side_gone", "the channel has not begun")
        return self._start

    @property
    def _codec(self) -> asterisk_media.Codec:
        return self._begun.codec


def _pieces(pcm: bytes, sample_rate_hz: int) -> Iterator[bytes]:
    step = sample_rate_hz * PIECE_MS // 1000 * SAMPLE_BYTES
    for start in range(0, len(pcm), step):
        yield pcm[start : start + step]
