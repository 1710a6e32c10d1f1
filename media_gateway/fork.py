"""Hand one leg's sound to many listeners, each with its own patience.

Feeding never waits and never fails because of a listener. Sound lies in blocks of about 100 ms that all taps share;
a block is immutable, so a tap costs no copy.
"""

from collections.abc import Callable

from domain.audio import AudioFrame, AudioGap, GapCause, Leg, Sound
from domain.ids import CallId
from media_gateway.tap import Tap


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

    @property
    def backlog_ms(self) -> int:
        """How far the slowest listener is behind."""
        return max((tap.waiting_ms for tap in self._taps), default=0)

    def tap(
        self,
        *,
        bound_ms: int,
        block_ms: int,
        cause: GapCause,
        on_gap: Callable[[AudioGap], None] | None = None,
    ) -> Tap:
        """A new listener's place. ``block_ms`` is how much it wants at once, except before a gap and at the end."""
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
        self._hand_on(
            AudioFrame(
                call_id=self._call_id,
                leg=self.leg,
                first_sample=self.samples,
                sample_rate_hz=self.sample_rate_hz,
                pcm=pcm,
                heard_at_ms=heard_at_ms,
            )
        )

    def skip(self, samples: int, cause: GapCause) -> None:
        """Tell everybody that these samples will never come, so that later times stay true."""
        if samples > 0:
            self._hand_on(
                AudioGap(
                    call_id=self._call_id,
                    leg=self.leg,
                    first_sample=self.samples,
                    samples=samples,
                    sample_rate_hz=self.sample_rate_hz,
                    cause=cause,
                )
            )

    def close(self) -> None:
        self._closed = True
        for tap in self._taps:
            tap.close()

    def _hand_on(self, piece: Sound) -> None:
        self.samples = piece.end_sample
        for tap in self._taps:
            tap.offer(piece)
