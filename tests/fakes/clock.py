"""Stand still until a test moves the time."""

from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Beijing


class FakeClock:
    """A clock that only a test can wind; both hands move together."""

    def __init__(self, now: datetime = BEGINNING, monotonic_ms: int = 0) -> None:
        self._now = now
        self._monotonic_ms = monotonic_ms

    def monotonic_ms(self) -> int:
        return self._monotonic_ms

    def now(self) -> datetime:
        return self._now

    def advance(self, ms: int) -> None:
        self._monotonic_ms += ms
        self._now += timedelta(milliseconds=ms)
