"""Beat every 20 ms for the whole process, without drift."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic_ns

log = logging.getLogger(__name__)

BEATS_PER_S = 50
BEAT_NS = 1_000_000_000 // BEATS_PER_S
MOST_BEHIND = 3  # beats made up for at once; 60 ms is what a telephone's jitter buffer still takes

Beat = Callable[[], None]


class Metronome:
    """Call everybody who joined, fifty times a second, on the thread of the event loop.

    Beat ``n`` is due at ``start + n * 20 ms``: a late beat does not delay the ones after it, so an hour has
    exactly 180,000 of them. Up to ``MOST_BEHIND`` late beats follow at once; after a longer stall the missed ones
    are skipped and counted, because a burst helps nobody's ear. A listener that raises is logged once and goes on.
    """

    def __init__(
        self,
        *,
        now_ns: Callable[[], int] = monotonic_ns,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.now_ns = now_ns
        self._sleep = sleep
        self._listeners: dict[Beat, None] = {}
        self._complained: set[Beat] = set()
        self.position = 0
        """The number of the beat that is, or was last, sounding; skipped beats count, so it is also a clock."""
        self.skipped = 0
        self.failures = 0

    def join(self, beat: Beat) -> None:
        """Be called from the next beat on. It must return at once. Twice is fine."""
        self._listeners[beat] = None

    def leave(self, beat: Beat) -> None:
        """Not be called again, not even in the beat that is sounding. Twice is fine."""
        self._listeners.pop(beat, None)
        self._complained.discard(beat)

    async def run(self) -> None:
        """Beat until cancelled."""
        origin_ns = self.now_ns() - self.position * BEAT_NS
        while True:
            due_ns = origin_ns + (self.position + 1) * BEAT_NS
            await self._sleep(max(0, due_ns - self.now_ns()) / 1e9)
            missed = (self.now_ns() - due_ns) // BEAT_NS
            if missed > MOST_BEHIND:
                self._skip(missed)
            self.position += 1
            self._sound()

    def _skip(self, beats: int) -> None:
        self.position += beats
        self.skipped += beats
        log.warning("the metronome stood still", extra={"skipped_beats": beats})

    def _sound(self) -> None:
        for beat in tuple(self._listeners):
            if beat not in self._listeners:
                continue  # left while this beat sounded
            try:
                beat()
            except Exception as error:  # noqa: BLE001 — supervisor
                self._complain(beat, error)

    def _complain(self, beat: Beat, error: Exception) -> None:
        self.failures += 1
        if beat not in self._complained:
            self._complained.add(beat)
            log.error("somebody failed at the beat; everybody else goes on", exc_info=error)
