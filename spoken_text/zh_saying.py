"""Say Chinese figures as people say them: 12345 is 幺二三四五, 3楼 is 三楼, 9:00 is 九点."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from spoken_text.numerals import say_decimal, say_digits, say_number
from spoken_text.rules import Rules, read_rules

PAUSE = "，"
_FULL_WIDTH = str.maketrans("０１２３４５６７８９％．", "0123456789%.")


def say_numbers(text: str) -> str:
    """Text without figures comes back as it was."""
    return saying_rules().apply(text.translate(_FULL_WIDTH))


def say_groups(figures: str, *sizes: int) -> str:
    """Digit by digit, in groups of ``sizes`` with a pause between them; what is left over is the last group."""
    groups, start = [], 0
    for size in sizes:
        groups.append(figures[start : start + size])
        start += size
    groups.append(figures[start:])
    return PAUSE.join(_spelled(group) for group in groups if group)


@cache
def saying_rules() -> Rules:
    """Read the table once."""
    words = tomllib.loads(files("spoken_text").joinpath("zh_said.toml").read_text("utf-8"))["words"]
    return read_rules(
        "zh_said.toml",
        {
            "clock": _clock,
            "currency": words.get,
            "day": lambda figures: say_number(int(figures)),
            "decimal": say_decimal,
            "degrees": _degrees,
            "digits": say_digits,
            "dotted": lambda dotted: "点".join(say_number(int(n)) for n in dotted.split(".")),
            "hyphened": _hyphened,
            "identity": lambda figures: say_groups(figures, 6, 4, 4),
            "joined": lambda figures: figures.replace(",", ""),
            "land": lambda _: "八六" + PAUSE,
            "landline": _landline,
            "local": lambda figures: say_groups(figures, len(figures) - 4),
            "measured": _measured,
            "minute": _minute,
            "mobile": lambda figures: say_groups(_bare(figures), 3, 4),
            "month": lambda figures: say_number(int(figures)),
            "number": _plain,
            "plain_digits": lambda figures: say_digits(figures, one="一"),
            "plate": lambda plate: _spelled(plate.replace("·", "")),
            "service": lambda figures: say_groups(_bare(figures), 3, 3),
            "signed_decimal": say_decimal,
            "sum": _sum,
            "told": _spelled,
            "unit": words.get,
            "year": lambda figures: say_digits(figures, one="一"),
        },
    )


def _bare(figures: str) -> str:
    return re.sub(r"\D", "", figures)


def _spelled(mixed: str) -> str:
    """Figures digit by digit; letters stay, the X of a resident ID is 叉 as people say it."""
    said = re.sub(r"[0-9]+", lambda match: say_digits(match.group()), mixed)
    return re.sub(r"(?<![A-Za-z])[xX]$", "叉", said)


def _plain(figures: str) -> str:
    leads_with_zero = len(figures) > 1 and figures.startswith("0")
    return say_digits(figures) if leads_with_zero else say_number(int(figures))


def _measured(figures: str) -> str:
    """Two of something is 两."""
    return "两" if figures == "2" else say_decimal(figures)


def _minute(figures: str) -> str:
    return "零" + say_number(int(figures)) if figures.startswith("0") else say_number(int(figures))


def _clock(figures: str) -> str:
    hour, minute, *second = re.split(r"[:\uff1a]", figures)
    said = _measured(str(int(hour))) + "点"
    if int(minute) or second:
        said += _minute(minute) + "分"
    return said + (_minute(second[0]) + "秒" if second else "")


def _sum(figures: str) -> str:
    yuan, fen = figures.split(".")
    whole = _measured(str(int(yuan))) + "元" if int(yuan) or fen == "00" else ""
    jiao = say_number(int(fen[0])) + "角" if fen[0] != "0" else ""
    gap = "零" if whole and not jiao and fen[1] != "0" else ""
    return whole + jiao + gap + (say_number(int(fen[1])) + "分" if fen[1] != "0" else "")


def _degrees(figures: str) -> str:
    below = figures[0] in "-−"
    return ("零下" if below else "") + say_decimal(figures.lstrip("-−"))


def _landline(figures: str) -> str:
    bare = _bare(figures)
    area = 3 if bare[1] in "12" else 4
    return say_groups(bare, area, len(bare) - area - 4)


def _hyphened(figures: str) -> str:
    """Three figures and more are a room, said digit by digit."""
    parts = figures.split("-")
    return "杠".join(say_digits(p) if len(p) > 2 else say_number(int(p)) for p in parts)
