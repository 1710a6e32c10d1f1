"""Calls are made when they are permitted where the called person lives."""

from datetime import UTC, datetime, time

import pytest

from outbound_bot.script import Hours

WEEKDAYS = Hours(begin=time(9), end=time(20), days=(1, 2, 3, 4, 5), utc_offset_minutes=480)


@pytest.mark.parametrize(
    ("utc", "wait_s"),
    [
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), 0),  # Monday 09:00 in Beijing
        (datetime(2026, 3, 2, 11, 59, tzinfo=UTC), 0),  # 19:59
        (datetime(2026, 3, 2, 0, 59, tzinfo=UTC), 60),
        (datetime(2026, 3, 2, 12, 0, tzinfo=UTC), 13 * 3600),  # 20:00: tomorrow at nine
        (
            datetime(2026, 3, 6, 12, 0, tzinfo=UTC),
            (2 * 24 + 13) * 3600,
        ),  # Friday 20:00: Monday at nine
        (datetime(2026, 3, 7, 2, 0, tzinfo=UTC), 47 * 3600),  # Saturday 10:00
    ],
)
def test_the_wait_until_calls_are_permitted(utc: datetime, wait_s: float) -> None:
    assert WEEKDAYS.wait_s(utc) == wait_s
