"""Find times as Chinese callers say them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from nlu.entities.iso_moment import (
    AFTERNOON,
    EVENING,
    MORNING,
    NIGHT,
    NOON,
    SMALL_HOURS,
    DayPart,
    moment,
    month_of,
    week_of,
    weekday_of,
)
from nlu.entities.quantity import chinese_number

DAYS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨": -1, "今天": 0, "今日": 0, "今": 0,
    "明天": 1, "明日": 1, "明": 1, "大后天": 3, "后天": 2,
}  # fmt: skip
PARTS = {
    "凌晨": SMALL_HOURS, "清晨": MORNING, "早上": MORNING, "早晨": MORNING, "早": MORNING,
    "上午": MORNING, "中午": NOON, "下午": AFTERNOON, "傍晚": EVENING, "晚上": EVENING, "晚": EVENING,
    "半夜": NIGHT, "夜里": NIGHT, "深夜": NIGHT,
}  # fmt: skip
TURNS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "末": 5, "日": 6, "天": 6}

_N = r"(?:\d{1,4}|[零〇一二两三四五六七八九十]{1,4})"
_DAY = (
    r"(?P<day>大前天|大后天|前天|昨天|昨日|今天|今日|明天|明日|后天|(?:昨|今|明)(?=早|晚))"
    rf"|(?P<turn_month>上上|上|这|本|下下|下)个?月(?:(?P<month_day>{_N})[号日])?"
    r"|(?P<turn>上上|上|这|本|下下|下)?(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    r"|(?P<turn_week>上上|上|这|本|下下|下)个?(?:周|星期|礼拜)"
    rf"|(?:(?P<year>\d{{4}}|[一二三四五六七八九零〇]{{4}})年|(?P<year_word>前年|去年|今年|明年))?"
    rf"(?P<month>{_N})月(?:份|(?P<date>{_N})[号日])"
    r"|(?P<only_year>\d{4}|[一二三四五六七八九零〇]{4})年|(?P<only_year_word>前年|去年|今年|明年)"
    r"|(?P<iso>\d{4}[-/]\d{1,2}[-/]\d{1,2})"
    rf"|(?P<count>{_N}|半)(?P<unit>天|周|个?星期|个?礼拜|个月|年)(?:以|之)?(?P<side>前|后)"
)
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
_PART_ALONE = "|".join(part for part in PARTS if len(part) > 1)  # 早 and 晚 need a day before them
_CLOCK = (
    rf"(?P<hour>{_N})\s?(?:(?:点钟?|时)(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_N})分?|整)?"
    r"|[::](?P<colon>\d{2}))"
)
_MOMENT = re.compile(
    rf"(?:{_DAY})(?:的)?\s?(?:(?P<part>{_PART})\s?)?(?:{_CLOCK})?"
    rf"|(?P<part2>{_PART_ALONE})\s?(?:{_CLOCK.replace('?P<', '?P<p_')})?"
    rf"|(?<![\d::.]){_CLOCK.replace('?P<', '?P<c_')}(?!\d)"
)
_TRAILING = re.compile(r"[\s的]+$")
_SURELY_A_CLOCK = re.compile(r"[::]\d{2}|点(?:钟|半|[一三]刻|整|.+)|时(?:半|.+分)")


def find_chinese_moments(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    for match in _MOMENT.finditer(text):
        value = _value(match, today)
        if value is not None:
            said = _TRAILING.sub("", match.group())
            yield match.start(), match.start() + len(said), value


def _value(match: re.Match[str], today: date) -> str | None:
    try:
        if match["c_hour"] is not None:  # 一点 alone is mostly "a little"
            sure = _SURELY_A_CLOCK.search(match.group()) is not None
            return moment(None, None, _clock(match, "c_")) if sure else None
        if match["part2"] is not None:
            return moment(None, _part(match["part2"]), _clock(match, "p_"))
        return moment(_day(match, today), _part(match["part"]), _clock(match, ""))
    except (ValueError, OverflowError):  # the thirtieth of February, ninety-nine years from now
        return None


def _part(said: str | None) -> DayPart | None:
    return None if said is None else PARTS[said]


def _clock(match: re.Match[str], prefix: str) -> tuple[int, int] | None:
    hour = match[f"{prefix}hour"]
    if hour is None:
        return None
    if match[f"{prefix}half"]:
        return _number(hour), 30
    if match[f"{prefix}quarter"]:
        return _number(hour), 15 * _number(match[f"{prefix}quarter"])
    return _number(hour), _number(match[f"{prefix}minute"] or match[f"{prefix}colon"] or "0")


def _day(match: re.Match[str], today: date) -> str:
    if match["day"]:
        return (today + timedelta(days=DAYS[match["day"]])).isoformat()
    if match["turn_month"]:
        month = month_of(today, TURNS[match["turn_month"]])
        return month if not match["month_day"] else _checked(f"{month}-{_two(match['month_day'])}")
    if match["weekday"]:
        return weekday_of(today, TURNS[match["turn"] or "这"], WEEKDAYS[match["weekday"]])
    if match["turn_week"]:
        return week_of(today, TURNS[match["turn_week"]])
    if match["count"]:
        return _away(match, today)
    return _calendar_day(match, today)


def _calendar_day(match: re.Match[str], today: date) -> str:
    if match["iso"]:
        year, month, day = re.split(r"[-/]", match["iso"])
        return date(int(year), int(month), int(day)).isoformat()
    word = match["year_word"] or match["only_year_word"]
    figures = match["year"] or match["only_year"]
    year_number = _year(figures) if figures else today.year + YEARS[word or "今年"]
    if not match["month"]:
        return f"{year_number:04d}"
    if not match["date"]:
        return _checked(f"{year_number:04d}-{_two(match['month'])}-01")[:7]
    return _checked(f"{year_number:04d}-{_two(match['month'])}-{_two(match['date'])}")


def _away(match: re.Match[str], today: date) -> str:
    sign = -1 if match["side"] == "前" else 1
    unit = match["unit"]
    if match["count"] == "半":
        if unit != "年":
            raise ValueError("half a day is no day")
        return month_of(today, 6 * sign)
    count = sign * _number(match["count"])
    if unit == "年":
        return f"{today.year + count:04d}"
    if unit == "个月":
        return month_of(today, count)
    return (today + timedelta(days=count * (1 if unit == "天" else 7))).isoformat()


def _number(said: str) -> int:
    number = chinese_number(said)
    if number is None:
        raise ValueError(said)
    return int(number)


def _year(figures: str) -> int:
    return int("".join(str(_number(figure)) for figure in figures))


def _two(said: str) -> str:
    return f"{_number(said):02d}"


def _checked(day: str) -> str:
    return date.fromisoformat(day).isoformat()
