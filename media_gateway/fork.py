"""Hand one leg's sound to many listeners, each with its own patience.

Feeding never waits and never fails because of a listener. Sound lies in blocks of about 100 ms that all taps share;
a block is immutable, so a tap costs no copy.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from domain.audio import AudioFrame, AudioGap, GapCause, Leg, Sound, samples_from_ms
from domain.ids import CallId


class Tap(AsyncIterator[Sound]):
    """One listener's place in line: blocks in order, and a gap exactly where sound was dropped.

    When more than its bound waits, the oldest quarter goes: a slow listener gets few long gaps, not many short ones.
    ``on_gap`` hears of each gap that is handed out.
    """

    def __init__(
        self,
        *,
        call_id: CallId,
        leg: Leg,
        sample_rate_hz: int,
        bound_ms: int,
        block_ms: int,
        cause: GapCause,
        on_gap: Callable[[AudioGap], None] | None = None,
    ) -> None:
        self._call_id = call_id
        self._leg = leg
        self._rate_hz = sample_rate_hz
        self._bound = samples_from_ms(bound_ms, sample_rate_hz)
        self._block = samples_from_ms(block_ms, sample_rate_hz)
        self._cause = cause
        self._on_gap = on_gap
        self._line: deque[AudioFrame] = deque()
        self._waiting = 0
        self._lost = 0
        self._next = 0
        self._end = 0
        self._closed = False
        self._wake = asyncio.Event()
        self.dropped_samples = 0

    def offer(self, frame: AudioFrame) -> None:
        """Take a block that follows what came before; a hole before it is a gap."""
        self._lose(frame.first_sample - self._end)
        self._line.append(frame)
        self._waiting += frame.samples
        self._end = frame.end_sample
        if self._waiting > self._bound:
            self._drop_oldest()
        if self._waiting >= self._block or self._lost:
            self._wake.set()

    def close(self) -> None:
        """No more will come; what waits is still handed out."""
        self._closed = True
        self._wake.set()

    def unheard(self, cause: GapCause) -> AudioGap | None:
        """What was never handed out, for a listener that has stopped listening."""
        return self._gap(self._end - self._next, cause) if self._end > self._next else None

    @property
    def is_ready(self) -> bool:
        """Whether the next piece is there without waiting."""
        enough = self._closed or self._waiting >= self._block
        return bool(self._lost or (self._line and enough))

    async def __anext__(self) -> Sound:
        while not self.is_ready:
            if self._closed:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._hand_out_gap() if self._lost else self._hand_out_block()

    def _hand_out_gap(self) -> AudioGap:
        gap = self._gap(self._lost, self._cause)
        if self._on_gap is not None:
            self._on_gap(gap)
        self._next += self._lost
        self._lost = 0
        return gap

    def _hand_out_block(self) -> AudioFrame:
        taken = [self._line.popleft()]
        samples = taken[0].samples
        while samples < self._block and self._line:
            taken.append(self._line.popleft())
            samples += taken[-1].samples
        self._waiting -= samples
        self._next = taken[-1].end_sample
        return taken[0] if len(taken) == 1 else _joined(taken)

    def _gap(self, samples: int, cause: GapCause) -> AudioGap:
        return AudioGap(
            call_id=self._call_id,
            leg=self._leg,
            first_sample=self._next,
            samples=samples,
            sample_rate_hz=self._rate_hz,
            cause=cause,
        )

    def _drop_oldest(self) -> None:
        while self._line and self._waiting > self._bound * 3 // 4:
            oldest = self._line.popleft()
            self._waiting -= oldest.samples
            self._lose(oldest.samples)

    def _lose(self, samples: int) -> None:
        self._lost += samples
        self.dropped_samples += samples


class Fork:
    """One leg in, many taps out. A tap made before the first sample holds it until its listener is ready.

    A tap made later begins with a gap: it is told what it missed.
    """

    def __init__(self, *, call_id: CallId, leg: Leg, sample_rate_hz: int) -> None:
        self.leg = leg
        self.sample_rate_hz = sample_rate_hz
        self._call_id = call_id
        self._taps: list[Tap] = []
        self._closed = False
        self.samples = 0

    def tap(
        self,
        *,
        bound_ms: int,
        block_ms: int,
        cause: GapCause,
        on_gap: Callable[[AudioGap], None] | None = None,
    ) -> Tap:
        """A new listener's place. ``block_ms`` is how much it wants at once, except at the end."""
        tap = Tap(
            call_id=self._call_id,
            leg=self.leg,
            sample_rate_hz=self.sample_rate_hz,
            bound_ms=bound_ms,
            block_ms=block_ms,
            cause=cause,
            on_gap=on_gap,
        )
        if self._closed:
            tap.close()
        self._taps.append(tap)
        return tap

    def feed(self, pcm: bytes, *, heard_at_ms: int) -> None:
        """Hand a block to everybody. ``heard_at_ms`` is when its last sample arrived (monotonic)."""
        frame = AudioFrame(
            call_id=self._call_id,
            leg=self.leg,
            first_sample=self.samples,
            sample_rate_hz=self.sample_rate_hz,
            pcm=pcm,
            heard_at_ms=heard_at_ms,
        )
        self.samples = frame.end_sample
        for tap in self._taps:
            tap.offer(frame)

    def close(self) -> None:
        self._closed = True
        for tap in self._taps:
            tap.close()


def _joined(frames: list[AudioFrame]) -> AudioFrame:
    first, last = frames[0], frames[-1]
    return AudioFrame(
        call_id=first.call_id,
        leg=first.leg,
        first_sample=first.first_sample,
        sample_rate_hz=first.sample_rate_hz,
        pcm=b"".join(frame.pcm for frame in frames),
        heard_at_ms=last.heard_at_ms,
    )
