"""Read one AudioSocket connection: every frame is handed on the moment it arrives, and nothing holds the reading."""

import asyncio
from collections.abc import Callable
from typing import cast
from uuid import UUID

from domain.call import EndReason
from domain.errors import InputError
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.counters import AudioSocketCounters
from media_gateway.audiosocket.frames import Frame, FrameReader
from media_gateway.ending import CallOver, Ending
from media_gateway.line import Line

EARLY_BYTES = 256 * 1024  # before a line takes them: more than a second at any rate


class AudioSocketConnection(asyncio.Protocol):
    """One connection. ``began`` is told when it is there; frames wait here until a line reads them."""

    transport: asyncio.Transport

    def __init__(
        self, *, began: Callable[["AudioSocketConnection"], None], counters: AudioSocketCounters
    ) -> None:
        self._began = began
        self._counters = counters
        self._reader = FrameReader()
        self._early: list[Frame] = []
        self._early_bytes = 0
        self._arrived = asyncio.Event()
        self._line: Line | None = None
        self._sound_kind: int | None = None
        self._failure: str | None = None
        self._is_lost = False
        self._broken_by: Exception | None = None
        self._over: Ending | Exception | None = None
        self._is_over = asyncio.Event()

    @property
    def said_nothing(self) -> bool:
        """Whether not one frame came, as from a balancer that only looks whether the port is open."""
        return not self._early_bytes

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._began(self)

    def data_received(self, data: bytes) -> None:
        arrived = self._reader.feed(data)
        if self._line is not None:
            self._hear(self._line, arrived)
        elif arrived:
            self._keep(arrived)

    def connection_lost(self, error: Exception | None) -> None:
        self._is_lost, self._broken_by = True, error
        self._arrived.set()
        if self._line is not None:
            self._end(self._goodbye())

    # What the server asks

    async def introduced(self, wait_ms: int) -> UUID:
        """Whose connection it is. Raises InputError when it does not say so in time."""
        await self._until(lambda: bool(self._early), wait_ms)
        if not self._early:
            raise InputError(
                "media_gateway.audiosocket_uuid", "expected the call's UUID first, got nothing"
            )
        return frames.call_of(self._early.pop(0))

    async def first_sound(self, wait_ms: int) -> Frame | None:
        """The first frame of sound, which stays to be heard; None when none comes in time."""
        await self._until(lambda: self._first_sound() is not None, wait_ms)
        return self._first_sound()

    async def read(self, line: Line) -> Ending:
        """Let the line hear what came and what comes. Raises what the line raised."""
        first = self._first_sound()
        if first is not None:
            self._sound_kind = first[0]
        early, self._early, self._line = self._early, [], line
        self._hear(line, early)
        if self._is_lost:
            self._end(self._goodbye())
        await self._is_over.wait()
        if isinstance(self._over, Exception):
            raise self._over
        return self._over or Ending(reason=EndReason.VANISHED)

    def _first_sound(self) -> Frame | None:
        return next((f for f in self._early if f[0] in frames.AUDIO and f[1]), None)

    async def _until(self, happened: Callable[[], bool], wait_ms: int) -> None:
        """Wait for early frames, but no longer than the connection lives."""
        try:
            async with asyncio.timeout(wait_ms / 1000):
                while not happened() and not self._is_lost:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return

    def _keep(self, arrived: list[Frame]) -> None:
        self._early += arrived
        self._early_bytes += sum(frames.HEADER_BYTES + len(payload) for _, payload in arrived)
        self._arrived.set()
        if self._early_bytes > EARLY_BYTES:
            self._end(CallOver(EndReason.FLOODED, "sound came before its call had begun"))
            self.transport.abort()

    def _hear(self, line: Line, arrived: list[Frame]) -> None:
        sound_kind = self._sound_kind
        try:
            for kind, payload in arrived:
                if kind == sound_kind:
                    line.hear(payload)
                else:
                    self._understand(line, kind, payload)
        except (InputError, CallOver) as trouble:
            self._end(trouble)

    def _understand(self, line: Line, kind: int, payload: bytes) -> None:
        if kind == frames.HANG_UP:
            self._end(Ending(reason=EndReason.HUNG_UP))
        elif kind == frames.KEY and (key := frames.key_of(payload)) is not None:
            line.note_text()
            line.press(key)
        elif kind == frames.FAILURE:
            self._failed(payload)
        elif kind in frames.AUDIO and self._sound_kind in (None, kind):
            self._sound_kind = kind
            line.hear(payload)
        else:
            self._counters.unknown_frames += 1
            line.hear(
                b""
            )  # no sound, but somebody is there: libraries send such frames for silence

    def _failed(self, payload: bytes) -> None:
        if payload[:1] == bytes((frames.CALLER_HUNG_UP,)):
            self._end(Ending(reason=EndReason.HUNG_UP))
        elif payload[:1] != b"\0":
            self._failure = frames.failure_of(payload)

    def _goodbye(self) -> Ending:
        """Closing the connection is a hang-up by the protocol, but not in the middle of a frame or with an error."""
        if self._failure is not None:
            return Ending(reason=EndReason.VANISHED, detail=self._failure)
        if self._broken_by is not None:
            return Ending(reason=EndReason.VANISHED, detail="the connection broke")
        if self._reader.is_inside_a_frame:
            return Ending(reason=EndReason.VANISHED, detail="the connection closed inside a frame")
        return Ending(reason=EndReason.HUNG_UP)

    def _end(self, how: Ending | Exception) -> None:
        """The first end stands."""
        if self._over is None:
            self._over = how
            self._is_over.set()
            self._arrived.set()
