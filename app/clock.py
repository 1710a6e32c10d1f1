"""Tell the time from the machine's own clocks."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The `Clock` of production."""

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def now(self) -> datetime:
        return datetime.now(UTC)
