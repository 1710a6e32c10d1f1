"""Write spoken Chinese numbers in figures where people write figures."""

import re
from functools import cache

from spoken_text.numerals import digits_of, is_digit_by_digit, number_of
from spoken_text.rules import Rules, read_rules

_SEPARATORS = re.compile(r"[ ,，、\-—杠]")
_SPOKEN_X = re.compile(r"[xX叉]|艾克斯|埃克斯")
_BIRTH_CENTURIES = ("19", "20")
_PLATE = re.compile(r"(.)([A-Z])([0-9A-HJ-NP-Z]{4,5}[0-9A-HJ-NP-Z警学挂港澳])")


def write_numbers(text: str) -> str:
    """Simplified Chinese in and out; 幺二三四五 becomes 12345, 一个 stays."""
    return writing_rules().apply(text)


@cache
def writing_rules() -> Rules:
    """Read the table once."""
    return read_rules(
        "zh_written.toml",
        {
            "amount": _amount,
            "big": lambda said: _number(said, least=10),
            "big_amount": lambda said: _amount(said) if _number(said, least=10) else None,
            "big_hour": lambda said: _number(said, least=10, most=24),
            "count": _count,
            "day": lambda said: _number(said, most=31),
            "decimal": _decimal,
            "digit": digits_of,
            "digits": digits_of,
            "hour": lambda said: _number(said, least=0, most=24),
            "identity": _identity,
            "joined": lambda said: digits_of(_SEPARATORS.sub("", said)),
            "minute": _minute,
            "month": lambda said: _number(said, most=12),
            "no_clock": _no_clock,
            "number": _number,
            "plate": _plate,
            "short_year": _short_year,
        },
    )


def _number(said: str, least: int = 0, most: int | None = None) -> str | None:
    if said.isascii():
        return said
    number = 0 if said == "零" else number_of(said)
    if number is None or number < least or (most is not None and number > most):
        return None
    return str(number)


def _count(said: str) -> str | None:
    """In addresses; 三四 is three or four unless a 零 or 幺 says that digits are meant."""
    if not is_digit_by_digit(said):
        return _number(said)
    return None if len(said) == 2 and not set(said) & set("零〇幺") else digits_of(said)


def _amount(said: str) -> str | None:
    """Figures, with the last 万 or 亿 left as people leave it: 370万, 1亿2000万."""
    if number_of(said) is None:
        return _number(said)
    if said[-1] not in "万亿":
        return _number(said)
    if said[-1] == "万" and "亿" in said:
        above, _, rest = said.rpartition("亿")
        head, tail = _amount(above + "亿"), _amount(rest.lstrip("零"))
        return None if head is None or tail is None else head + tail
    head = _amount(said[:-1]) if said[-2] in "万亿" else _number(said[:-1])
    return None if head is None else head + said[-1]


def _decimal(said: str) -> str | None:
    if said == "百":
        return "100"
    whole, point, part = said.partition("点")
    number = _number(whole) if not whole[:1].isdigit() else whole
    return number and (f"{number}.{digits_of(part)}" if point else number)


def _no_clock(said: str) -> str | None:
    """三点一五 may be a quarter past three: only what cannot be read on a clock is a decimal."""
    whole, _, part = said.partition("点")
    number = _number(whole)
    if number is None or (len(part) < 3 and int(number) <= 24):
        return None
    return f"{number}.{digits_of(part)}"


def _minute(said: str) -> str | None:
    if said[0] in "零〇":
        return digits_of(said)
    return _number(said, most=59)


def _short_year(said: str) -> str | None:
    """七八年 is mostly seven or eight years."""
    figures = digits_of(said)
    return None if int(figures[1]) == int(figures[0]) + 1 and figures[0] != "0" else figures


def _identity(said: str) -> str | None:
    joined = _SEPARATORS.sub("", said)
    ends_in_x = _SPOKEN_X.search(joined) is not None
    figures = digits_of(_SPOKEN_X.sub("", joined)) + ("X" if ends_in_x else "")
    return figures if figures[6:8] in _BIRTH_CENTURIES and figures[0] != "0" else None


def _plate(said: str) -> str | None:
    joined = re.sub(r"[ ·•・.]", "", said).upper()
    figures = "".join(digits_of(c) if is_digit_by_digit(c) else c for c in joined)
    match = _PLATE.fullmatch(figures)
    if match is None or not any(c.isdigit() for c in match[3]):
        return None
    return f"{match[1]}{match[2]}·{match[3]}"
