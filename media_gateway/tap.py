"""Hold one listener's place in line: sound in order, and a gap exactly where something is missing."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from domain.audio import (
    AudioFrame,
    AudioGap,
    GapCause,
    Leg,
    Sound,
    ms_from_samples,
    samples_from_ms,
)
from domain.ids import CallId


class Tap(AsyncIterator[Sound]):
    """Blocks and gaps of one leg, as the wire brought them, for one listener.

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
        self._line: deque[Sound] = deque()
        self._waiting = 0
        self._gaps = 0
        self._next = 0
        self._end = 0
        self._closed = False
        self._wake = asyncio.Event()
        self.dropped_samples = 0

    @property
    def waiting_ms(self) -> int:
        """How far the listener is behind."""
        return ms_from_samples(self._waiting, self._rate_hz)

    def offer(self, piece: Sound) -> None:
        """Take what follows; a hole before it is a gap too."""
        hole = piece.first_sample - self._end
        if hole > 0:
            self._queue_gap(self._gap(self._end, hole, self._cause))
            self.dropped_samples += hole
        if isinstance(piece, AudioFrame):
            self._line.append(piece)
            self._waiting += piece.samples
            self._end = piece.end_sample
        else:
            self._queue_gap(piece)
        if self._waiting > self._bound:
            self._drop_oldest()
        if self._waiting >= self._block or self._gaps:
            self._wake.set()

    def close(self) -> None:
        """No more will come; what waits is still handed out."""
        self._closed = True
        self._wake.set()

    def unheard(self, cause: GapCause) -> AudioGap | None:
        """What was never handed out, for a listener that has stopped listening."""
        return (
            self._gap(self._next, self._end - self._next, cause) if self._end > self._next else None
        )

    @property
    def is_ready(self) -> bool:
        """Whether the next piece is there without waiting."""
        return bool(self._line) and bool(self._gaps or self._closed or self._waiting >= self._block)

    async def __anext__(self) -> Sound:
        while not self.is_ready:
            if self._closed:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        piece = self._line.popleft()
        if isinstance(piece, AudioGap):
            return self._hand_out_gap(piece)
        return self._hand_out_block(piece)

    def _hand_out_gap(self, gap: AudioGap) -> AudioGap:
        self._gaps -= 1
        self._next = gap.end_sample
        if self._on_gap is not None:
            self._on_gap(gap)
        return gap

    def _hand_out_block(self, first: AudioFrame) -> AudioFrame:
        taken = [first]
        samples = first.samples
        while samples < self._block and self._line:
            following = self._line[0]
            if not isinstance(following, AudioFrame):
                break
            taken.append(following)
            samples += following.samples
            self._line.popleft()
        self._waiting -= samples
        self._next = taken[-1].end_sample
        return first if len(taken) == 1 else _joined(taken)

    def _queue_gap(self, gap: AudioGap) -> None:
        self._line.append(gap)
        self._gaps += 1
        self._end = gap.end_sample

    def _drop_oldest(self) -> None:
        """Make one gap of the oldest quarter, and of the gaps within it."""
        first_sample = self._line[0].first_sample
        end_sample = first_sample
        while self._line and self._waiting > self._bound * 3 // 4:
            oldest = self._line.popleft()
            end_sample = oldest.end_sample
            if isinstance(oldest, AudioFrame):
                self._waiting -= oldest.samples
                self.dropped_samples += oldest.samples
            else:
                self._gaps -= 1
        self._line.appendleft(self._gap(first_sample, end_sample - first_sample, self._cause))
        self._gaps += 1

    def _gap(self, first_sample: int, samples: int, cause: GapCause) -> AudioGap:
        return AudioGap(
            call_id=self._call_id,
            leg=self._leg,
            first_sample=first_sample,
            samples=samples,
            sample_rate_hz=self._rate_hz,
            cause=cause,
        )


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
