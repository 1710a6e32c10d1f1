"""Put a day and a time of day together as ISO 8601."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPart:
    """A part of the day from one hour to another; ``afternoon`` hours are said on a twelve-hour clock."""

    from_clock: str
    to_clock: str
    afternoon: bool


MORNING = DayPart(from_clock="06:00", to_clock="12:00", afternoon=False)
NOON = DayPart(from_clock="11:00", to_clock="13:00", afternoon=True)
AFTERNOON = DayPart(from_clock="12:00", to_clock="18:00", afternoon=True)
EVENING = DayPart(from_clock="18:00", to_clock="23:59", afternoon=True)
SMALL_HOURS = DayPart(from_clock="00:00", to_clock="06:00", afternoon=False)
NIGHT = DayPart(from_clock="22:00", to_clock="23:59", afternoon=True)


def moment(day: str | None, part: DayPart | None, clock: tuple[int, int] | None) -> str | None:
    """``day`` is an ISO date, week, month or year; None when the parts do not make a time."""
    if clock is not None:
        return _at_clock(day, part, clock)
    if part is not None:
        said = day or ""
        return f"{said}T{part.from_clock}/{said}T{part.to_clock}"
    return day


def _at_clock(day: str | None, part: DayPart | None, clock: tuple[int, int]) -> str | None:
    hour, minute = clock
    if part is not None and part.afternoon and hour < 12 and not (part is NOON and hour >= 11):
        hour += 12
    elif part is NIGHT or part is EVENING:
        hour = 24 if hour == 12 else hour
    if hour > 24 or minute > 59:
        return None
    if hour == 24 and day is not None and len(day) == len("2026-11-21"):
        day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return f"{day or ''}T{hour % 24:02d}:{minute:02d}"


def month_of(today: date, months: int) -> str:
    """The month so many months from today's."""
    count = today.year * 12 + today.month - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def week_of(today: date, weeks: int) -> str:
    year, week, _ = (today + timedelta(weeks=weeks)).isocalendar()
    return f"{year:04d}-W{week:02d}"


def weekday_of(today: date, weeks: int, weekday: int) -> str:
    """``weekday`` 0 is Monday of the week that many weeks from this one."""
    monday = today - timedelta(days=today.weekday())
    return (monday + timedelta(weeks=weeks, days=weekday)).isoformat()
