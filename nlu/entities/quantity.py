"""Turn a number said in words into a number."""

import re

import cn2an

CHINESE_NUMBER = r"(?:[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二两三四五六七八九]+[万亿]?)?)"
_UNITS = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "k": 1_000}
_WORD = "|".join(sorted((*_UNITS, *_SCALES, "and"), key=len, reverse=True))
ENGLISH_NUMBER = rf"(?:\b(?:{_WORD})(?:[\s-]+(?:{_WORD}))*\b)"


def chinese_number(said: str) -> float | None:
    """As in "三万五千", "3.5万" or "12,000"; None when it is no number."""
    try:
        return float(cn2an.cn2an(re.sub(r"[,,\s]", "", said), "smart"))
    except ValueError:
        return None


def english_number(said: str) -> float | None:
    """As in "two thousand five hundred"; None when it is no number."""
    total, part, heard = 0, 0, False
    for word in re.split(r"[\s-]+", said.lower()):
        if word in _UNITS:
            part, heard = part + _UNITS[word], heard or word not in ("a", "an")
        elif word in _SCALES:
            part, heard = max(part, 1) * _SCALES[word], True
            if _SCALES[word] >= 1_000:
                total, part = total + part, 0
    return float(total + part) if heard else None


def plainly(number: float) -> str:
    """Without exponent or needless zeros."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
