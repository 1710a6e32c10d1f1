"""Find times as English-speaking callers say them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from nlu.entities.iso_moment import (
    AFTERNOON,
    EVENING,
    MORNING,
    NIGHT,
    DayPart,
    moment,
    month_of,
    week_of,
    weekday_of,
)
from nlu.entities.quantity import english_number

DAYS = {
    "day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0, "last night": -1,
    "tomorrow": 1, "day after tomorrow": 2,
}  # fmt: skip
PARTS = {"morning": MORNING, "afternoon": AFTERNOON, "evening": EVENING, "night": NIGHT}
TURNS = {"last": -1, "this": 0, "next": 1, "on": 0, "": 0}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip

_COUNT = r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an"
_MONTH = "|".join((*MONTHS, *(month[:3] for month in MONTHS)))
_DAY = (
    r"(?P<day>(?:the )?day before yesterday|yesterday|today|tonight|last night|tomorrow|(?:the )?day after tomorrow)"
    r"|this (?P<this_part>morning|afternoon|evening)"
    rf"|(?:(?P<turn>last|this|next|on) )?(?P<weekday>{'|'.join(WEEKDAYS)})"
    r"|(?P<span_turn>last|this|next) (?P<span>week|month|year)"
    rf"|(?P<count>{_COUNT}) (?P<unit>day|week|month|year)s? ago"
    rf"|in (?P<in_count>{_COUNT}) (?P<in_unit>day|week|month|year)s?"
    rf"|(?P<month>{_MONTH})\.? (?:the )?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}}))?"
    rf"|(?:the )?(?P<date2>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month2>{_MONTH})\b(?:,? (?P<year2>\d{{4}}))?"
)
_CLOCK = (
    r"(?:at )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half_day>[ap]\.m\.|[ap]m\b|o'?clock)"
    r"|at (?P<hour2>\d{1,2}):(?P<minute2>\d{2})"
)
_MOMENT = re.compile(
    rf"\b(?:{_DAY})\b(?: (?:in the )?(?P<part>morning|afternoon|evening|night))?(?:,? (?:{_CLOCK}))?"
    rf"|\b(?:{_CLOCK.replace('?P<', '?P<c_')})(?: (?:{_DAY.replace('?P<', '?P<c_')})\b)?",
    re.IGNORECASE,
)


def find_english_moments(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    for match in _MOMENT.finditer(text):
        said = {name: value.lower() for name, value in match.groupdict().items() if value}
        prefixed = {name[2:]: value for name, value in said.items() if name.startswith("c_")}
        value = _value(prefixed or said, today)
        if value is not None:
            yield match.start(), match.end(), value


def _value(said: dict[str, str], today: date) -> str | None:
    try:
        return moment(_day(said, today), _part(said), _clock(said))
    except (ValueError, OverflowError):
        return None


def _part(said: dict[str, str]) -> DayPart | None:
    if said.get("day") in ("tonight", "last night"):
        return EVENING
    part = said.get("part") or said.get("this_part")
    return None if part is None else PARTS[part]


def _clock(said: dict[str, str]) -> tuple[int, int] | None:
    if "hour2" in said:
        return int(said["hour2"]), int(said["minute2"])
    if "hour" not in said:
        return None
    hour, minute = int(said["hour"]), int(said.get("minute", "0"))
    half_day = said["half_day"][0]
    if half_day in "ap" and hour <= 12:
        hour = hour % 12 + (12 if half_day == "p" else 0)
    return hour, minute


def _day(said: dict[str, str], today: date) -> str | None:
    if "day" in said:
        return (today + timedelta(days=DAYS[said["day"].removeprefix("the ")])).isoformat()
    if "this_part" in said:
        return today.isoformat()
    if "weekday" in said:
        weeks = TURNS[said.get("turn", "")]
        return weekday_of(today, weeks, WEEKDAYS.index(said["weekday"]))
    if "span" in said:
        return _span(said["span"], TURNS[said["span_turn"]], today)
    if "count" in said:
        return _away(said["unit"], -_count(said["count"]), today)
    if "in_count" in said:
        return _away(said["in_unit"], _count(said["in_count"]), today)
    return _calendar_day(said, today)


def _calendar_day(said: dict[str, str], today: date) -> str | None:
    month, day = said.get("month") or said.get("month2"), said.get("date") or said.get("date2")
    if month is None or day is None:
        return None
    year = int(said.get("year") or said.get("year2") or today.year)
    number = next(n for n, name in enumerate(MONTHS, start=1) if name.startswith(month[:3]))
    return date(year, number, int(day)).isoformat()


def _span(span: str, turn: int, today: date) -> str:
    if span == "week":
        return week_of(today, turn)
    return month_of(today, turn) if span == "month" else f"{today.year + turn:04d}"


def _away(unit: str, count: int, today: date) -> str:
    if unit == "year":
        return f"{today.year + count:04d}"
    if unit == "month":
        return month_of(today, count)
    return (today + timedelta(days=count * (7 if unit == "week" else 1))).isoformat()


def _count(said: str) -> int:
    if said.isdecimal():
        return int(said)
    number = 1.0 if said in ("a", "an") else english_number(said)
    if number is None:
        raise ValueError(said)
    return int(number)
