"""Put the numbered chunks of one track back in order, and know how much sound is missing where.

Twilio numbers the chunks of each track and dates them in milliseconds since the stream began; Telnyx says plainly that
they may arrive out of order. The number tells what is lost, the date how long nothing was sent; arrival tells nothing.
"""

from collections.abc import Callable

from domain.audio import GapCause, samples_from_ms

WINDOW = 10  # chunks waited for, 200 ms of them; the carriers' own jitter buffers are not longer
LEAP_MS = 200  # dates of real streams jitter by a few ms; from here on it is time without sound


class ChunkOrder:
    """One track. Sound goes to ``hear`` and holes, in samples, to ``miss``, in the order of the chunks' numbers.

    At most ``WINDOW`` chunks are held back for a missing one. A track whose numbers begin anew is followed.
    """

    def __init__(
        self,
        *,
        rate_hz: int,
        sample_bytes: int,
        hear: Callable[[bytes], None],
        miss: Callable[[int, GapCause], None],
    ) -> None:
        self._rate_hz = rate_hz
        self._bytes_per_s = rate_hz * sample_bytes
        self._sample_bytes = sample_bytes
        self._hear = hear
        self._miss = miss
        self._next: int | None = None
        self._due_ms = 0
        self._usual_samples = samples_from_ms(20, rate_hz)
        self._held: dict[int, tuple[int, bytes]] = {}
        self._late_in_a_row = 0
        self.late = 0
        """Chunks that came twice, or after their hole had been told."""

    def take(self, chunk: int | None, at_ms: int | None, sound: bytes) -> None:
        """A chunk came: its number, its date, its sound. Without a number it is the next, without a date it is on time."""
        if chunk is None:
            chunk = 1 if self._next is None else self._next
        if at_ms is None:
            at_ms = self._due_ms
        if chunk == self._next and not self._held and -LEAP_MS <= at_ms - self._due_ms <= LEAP_MS:
            self._next = chunk + 1
            self._due_ms = at_ms + len(sound) * 1000 // self._bytes_per_s
            self._hear(sound)
        else:
            self._take_odd(chunk, at_ms, sound)

    def flush(self) -> None:
        """Nothing more will come: hand on what was held back."""
        while self._held:
            self._skip_to(min(self._held))

    def _take_odd(self, chunk: int, at_ms: int, sound: bytes) -> None:
        if self._next is None and chunk <= 1:
            self._next = chunk
        if self._next is not None and chunk < self._next:
            self._note_late(chunk, at_ms, sound)
            return
        if chunk in self._held:
            self.late += 1
            return
        self._late_in_a_row = 0
        self._held[chunk] = (at_ms, sound)
        self._release()
        if len(self._held) > WINDOW:
            self._skip_to(min(self._held))

    def _note_late(self, chunk: int, at_ms: int, sound: bytes) -> None:
        self.late += 1
        self._late_in_a_row += 1
        if self._late_in_a_row > WINDOW:  # not late: the numbers began anew
            self.flush()
            self._late_in_a_row = 0
            self._next = chunk + 1
            self._hand_on(at_ms, sound, lost=0)

    def _skip_to(self, chunk: int) -> None:
        """Give up what is missing before this chunk. What came before the first chunk nobody can know."""
        lost = 0 if self._next is None else chunk - self._next
        at_ms, sound = self._held.pop(chunk)
        self._next = chunk + 1
        self._hand_on(at_ms, sound, lost=lost)
        self._release()

    def _release(self) -> None:
        while self._next is not None and self._next in self._held:
            at_ms, sound = self._held.pop(self._next)
            self._next += 1
            self._hand_on(at_ms, sound, lost=0)

    def _hand_on(self, at_ms: int, sound: bytes, *, lost: int) -> None:
        by_number = lost * self._usual_samples
        by_date = samples_from_ms(at_ms - self._due_ms, self._rate_hz)
        dates_differ = abs(by_date - by_number) > samples_from_ms(LEAP_MS, self._rate_hz)
        missing = by_date if dates_differ and by_date > 0 else by_number
        if missing > 0:
            self._miss(missing, GapCause.NETWORK if lost else GapCause.ABSENT)
        self._usual_samples = len(sound) // self._sample_bytes or self._usual_samples
        self._due_ms = at_ms + len(sound) * 1000 // self._bytes_per_s
        self._hear(sound)
