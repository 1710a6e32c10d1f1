"""Read and say Chinese numerals: 一百二十三 is 123, 幺二三 is 1 2 3."""

from decimal import Decimal

SAID_DIGITS = {
    "零": "0", "〇": "0", "○": "0", "幺": "1", "一": "1", "二": "2", "两": "2", "三": "3", "四": "4",
    "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
}  # fmt: skip
SMALL_UNITS = {"十": 10, "百": 100, "千": 1_000}
BIG_UNITS = {"万": 10_000, "亿": 100_000_000}
UNITS = (*SMALL_UNITS, *BIG_UNITS)
NAMES = "零一二三四五六七八九"
NUMERALS = "".join((*SAID_DIGITS, *SMALL_UNITS, *BIG_UNITS))
_MOST_DIGITS = 16  # 9999 万亿; longer ones are said digit by digit


def digits_of(said: str) -> str:
    """Digits said one by one, as figures; figures stay. Raises KeyError on anything else."""
    return "".join(c if c in "0123456789" else SAID_DIGITS[c] for c in said)


def is_digit_by_digit(said: str) -> bool:
    return bool(said) and all(c in SAID_DIGITS or c in "0123456789" for c in said)


def number_of(said: str) -> int | None:
    """The whole number that a numeral with units names; None where the units make no sense (二三十, 百).

    Figures may stand in it (3万5千). 一百五 is 150 and 一万二 is 12000, as people say them.
    """
    reader = _Reader()
    place = 0
    while place < len(said):
        length = _figures_at(said, place) or 1
        if said[place] == "两" and said[place + 1 : place + 2] not in UNITS and len(said) > 1:
            return None  # 三百两 is three hundred taels
        if not reader.take(said[place : place + length]):
            return None
        place += length
    return reader.total()


def say_number(number: int) -> str:
    """A whole number with its units: 305 is 三百零五, 12000 is 一万二千. Negative numbers begin with 负."""
    if number < 0:
        return "负" + say_number(-number)
    figures = str(number)
    if len(figures) > _MOST_DIGITS:
        return say_digits(figures)
    said = _say_big(number)
    return said[1:] if said.startswith("一十") else said


def say_decimal(figures: str) -> str:
    """``figures`` is like 3.14 or -0.5; the part behind the point is said digit by digit."""
    whole, _, part = figures.partition(".")
    sign = "负" if whole.startswith("-") else ""
    said = sign + say_number(int(whole.lstrip("+-") or "0"))
    return f"{said}点{say_digits(part, one='一')}" if part else said


def say_digits(figures: str, *, one: str = "幺") -> str:
    """Digit by digit; 1 is 幺 in numbers that name something, 一 in years and behind a point."""
    return "".join(one if c == "1" else NAMES[int(c)] for c in figures)


def plain_decimal(number: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


class _Reader:
    """Adds up a numeral from the left; a unit must be smaller than the one before it in its section."""

    def __init__(self) -> None:
        self._whole = 0
        self._section = 0
        self._digit: int | None = None
        self._smallest: int | None = None  # unit of this section so far
        self._last_unit: int | None = None
        self._last_big: int | None = None
        self._after_zero = False

    def take(self, part: str) -> bool:
        if part in SMALL_UNITS:
            return self._take_small(SMALL_UNITS[part])
        if part in BIG_UNITS:
            return self._take_big(BIG_UNITS[part])
        figure = int(digits_of(part))
        if figure == 0 and part in "零〇○":
            return self._take_zero()
        if self._digit is not None:
            return False
        self._digit = figure
        return True

    def total(self) -> int | None:
        if self._digit is None:
            return None if self._after_zero else self._whole + self._section
        if self._last_unit is not None and self._last_unit >= 100 and not self._after_zero:
            if self._digit > 9:
                return None
            return self._whole + self._section + self._digit * self._last_unit // 10
        return self._whole + self._section + self._digit

    def _take_zero(self) -> bool:
        if self._digit is not None or self._last_unit is None or self._after_zero:
            return False
        self._after_zero = True
        return True

    def _take_small(self, unit: int) -> bool:
        if self._smallest is not None and unit >= self._smallest:
            return False
        if self._digit is None:
            if unit != 10 or self._digit == 0:
                return False
            self._digit = 1
        self._section += self._digit * unit
        self._digit, self._smallest, self._last_unit, self._after_zero = None, unit, unit, False
        return True

    def _take_big(self, unit: int) -> bool:
        amount = self._section + (self._digit or 0)
        if self._last_big is not None and unit >= self._last_big:
            if not (unit == BIG_UNITS["亿"] and self._last_big == BIG_UNITS["万"]):
                return False
            self._whole = (self._whole + amount) * unit
        elif amount == 0:
            return False
        else:
            self._whole += amount * unit
        self._section, self._digit, self._smallest, self._after_zero = 0, None, None, False
        self._last_unit = self._last_big = unit
        return True


def _figures_at(said: str, place: int) -> int:
    end = place
    while end < len(said) and said[end] in "0123456789":
        end += 1
    return end - place


def _say_big(number: int) -> str:
    for name, unit in (("亿", BIG_UNITS["亿"]), ("万", BIG_UNITS["万"])):
        if number >= unit:
            above, rest = divmod(number, unit)
            gap = "零" if rest and rest < unit // 10 else ""
            return _say_big(above) + name + gap + (_say_big(rest) if rest else "")
    return _say_section(number)


def _say_section(number: int) -> str:
    if number < 10:
        return NAMES[number]
    said, gap = "", False
    for name, unit in (("千", 1_000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, unit)
        if digit:
            said += ("零" if gap and said else "") + NAMES[digit] + name
            gap = False
        else:
            gap = True
    return said
