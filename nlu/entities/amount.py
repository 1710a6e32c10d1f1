"""Find sums of money."""

import re
from collections.abc import Iterator

from domain.understanding import EntityKind
from nlu.entities.mention import Mention
from nlu.entities.quantity import (
    CHINESE_NUMBER,
    ENGLISH_NUMBER,
    chinese_number,
    english_number,
    plainly,
)

CURRENCIES = {
    "CNY": r"块钱|块|元钱|元|圆|人民币|yuan|rmb|cny|kuai|renminbi|¥|¥|юан\w*|위안",
    "USD": r"美元|美金|us\s?dollars?|dollars?|bucks|usd|us\$|\$|dólares|доллар\w*|달러",
    "EUR": r"欧元|euros?|eur|€|евро|유로",
    "GBP": r"英镑|pounds?|gbp|£",
    "JPY": r"日元|日圆|yen|jpy|円|엔",
    "HKD": r"港币|港元|hkd",
    "RUB": r"卢布|rubles?|roubles?|рубл\w*",
    "KRW": r"韩元|won|krw",
}
# Longer names first, so that 美元 is never read as 元.
_NAMES = sorted(
    ((name, code) for code, names in CURRENCIES.items() for name in names.split("|")),
    key=lambda pair: len(pair[0]),
    reverse=True,
)
_UNIT = "(?:" + "|".join(name for name, _ in _NAMES) + r")(?![a-z])"
_FIGURES = r"\d[\d,,]*(?:\.\d+)?"
_BEHIND = re.compile(
    rf"(?<![几数好第\d.])(?P<zh>{_FIGURES}\s?[十百千]?[万亿]?|{CHINESE_NUMBER})(?P<more>多|来)?\s*(?P<unit>{_UNIT})"
    r"(?:(?P<tenths>[一二两三四五六七八九])(?![一二三四五六七八九十百千万个点\d]))?"
    rf"|(?P<en>(?:{_FIGURES}\s*)?{ENGLISH_NUMBER})\s+(?P<en_unit>{_UNIT})",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?P<unit>us\$|[$€£¥¥]|\b(?:usd|rmb|cny|eur)\b)\s*(?P<number>{_FIGURES})(?:\s*(?P<scale>thousand|million|k\b|万))?",
    re.IGNORECASE,
)
_SCALES = {"thousand": 1_000, "k": 1_000, "million": 1_000_000, "万": 10_000}
_TOGETHER = "一块"  # "together" unless money is named


def find_amounts(text: str) -> Iterator[Mention]:
    """Values read ``"3500 CNY"``."""
    for match in _BEFORE.finditer(text):
        number = float(_bare(match["number"])) * _SCALES.get((match["scale"] or "").lower(), 1)
        yield _mention(match, number, match["unit"])
    for match in _BEHIND.finditer(text):
        number_or_none = _number(match)
        if number_or_none is not None and match.group() != _TOGETHER:
            yield _mention(match, number_or_none, match["unit"] or match["en_unit"])


def _number(match: re.Match[str]) -> float | None:
    if match["en"] is not None:
        return _english(match["en"])
    number = chinese_number(match["zh"])
    if number is None or match["tenths"] is None:
        return number
    tenths = chinese_number(match["tenths"])
    return None if tenths is None else number + tenths / 10


def _english(said: str) -> float | None:
    figures = re.match(_FIGURES, said)
    if figures is None:
        return english_number(said)
    scale = english_number(said[figures.end() :].strip())
    return None if scale is None else float(_bare(figures.group())) * scale


def _bare(figures: str) -> str:
    return re.sub(r"[,,]", "", figures)


def _mention(match: re.Match[str], number: float, unit: str) -> Mention:
    code = next(c for name, c in _NAMES if re.fullmatch(name, unit, re.IGNORECASE))
    return Mention(
        kind=EntityKind.AMOUNT,
        value=f"{plainly(number)} {code}",
        start_char=match.start(),
        end_char=match.end(),
    )
