"""Find addresses: Chinese ones by their parts, English ones by their street word, and places abroad by name."""

import re
from collections.abc import Iterator
from functools import cache

from domain.understanding import EntityKind
from nlu.entities.chinese_name import NAME_CHAR as C
from nlu.entities.mention import Mention
from nlu.entities.place_names import CITIES, DISTRICTS, PLACES_ABROAD, PROVINCES

_N = r"(?:\d{1,5}|[零〇幺一二两三四五六七八九十百]{1,6})"
_STREET_NAMED_AFTER_IT = (
    r"(?!市?[东西南北中]?(?:[一二三四五六]?路|街|大街|大道))"  # 北京路 is not in Beijing
)
_PROVINCE = rf"(?:{'|'.join(PROVINCES)})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?{_STREET_NAMED_AFTER_IT}"
_CITY = rf"(?:(?:{'|'.join(CITIES)})市?{_STREET_NAMED_AFTER_IT}|{C}{{2,4}}市(?!场))"
_DISTRICT = rf"(?:(?:{'|'.join(DISTRICTS)})区?{_STREET_NAMED_AFTER_IT}|{C}{{1,4}}(?:新区|区|县)(?!域|别|分))"
_TOWN = rf"(?:{C}{{1,5}}(?:街道|镇|乡|村))"
_ROAD = rf"(?:{C}{{1,6}}(?:大道|大街|胡同|路|街|巷)(?:[东西南北中]段|[一二三四五六七八九]路)?(?!由|过|上|费|灯|口|道|坊))"
_ESTATE = rf"(?:{C}{{2,8}}(?:小区|社区|花园|家园|新村|新城|大厦|广场|公寓|苑))"
_NUMBER = rf"(?:{_N}(?:[-之]{_N})?(?:号院|号楼|号|弄)(?!线|码))"
_ROOM = rf"(?:\s?{_N}(?:号楼|号|栋|幢|座|单元|楼|层|室|户))"
_CHINESE = re.compile(
    rf"(?P<province>{_PROVINCE})?\s?(?P<city>{_CITY})?\s?(?P<district>{_DISTRICT})?\s?(?P<town>{_TOWN})?\s?"
    rf"(?P<road>{_ROAD})?\s?(?P<number>{_NUMBER})?\s?(?P<estate>{_ESTATE})?(?P<room>{_ROOM}{{0,4}})"
)
_CROSSING = re.compile(
    rf"{_ROAD}[和与跟]?{C}{{1,6}}(?:路|街|大道)(?:交叉口|交汇处|路口|口)|{C}{{1,6}}(?:路|街)口"
)
_ENGLISH = re.compile(
    r"\b(?:(?:no\.?|number)\s*)?\d{1,5}\s+(?:[a-z]+\s+){1,3}?(?:road|street|avenue|lane|rd|ave)\b"
    r"|\b[A-Z][a-z]+(?:\s[A-Z][a-z]+)?\s+(?:District|Road|Street|Avenue)\b"
    r"|\b(?:[a-z]+)\s+district\b",
    re.IGNORECASE,
)
_NO_PLACE = re.compile(r"\b(?:the|this|that|my|our|your|which|every|a)\s+district\b", re.IGNORECASE)


def find_addresses(text: str) -> Iterator[Mention]:
    """Values are the words without spaces. A lone city is no address; a district, road or place abroad is."""
    for match in _CROSSING.finditer(text):
        yield _mention(text, *match.span(), squeeze=True)
    for match in _CHINESE.finditer(text):
        if _says_where(match):
            yield _mention(text, *_trimmed(match), squeeze=True)
    for match in _ENGLISH.finditer(text):
        if _NO_PLACE.fullmatch(match.group()) is None and match.group()[0].isalnum():
            yield _mention(text, *match.span(), squeeze=False)
    for match in _abroad().finditer(text):
        yield _mention(text, *match.span(), squeeze=False)


def _says_where(match: re.Match[str]) -> bool:
    parts = [name for name, value in match.groupdict().items() if value and value.strip()]
    if "road" in parts and ("number" in parts or len(parts) > 1):
        return True
    if "district" in parts and (len(parts) > 1 or _is_known_district(match["district"])):
        return True
    if "town" in parts and len(parts) > 1:
        return True
    return "estate" in parts or ("road" in parts and len(match["road"]) >= 3)


def _is_known_district(said: str) -> bool:
    return said.endswith("区") and said.removesuffix("区") in DISTRICTS


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    said = match.group()
    return match.start() + len(said) - len(said.lstrip()), match.start() + len(said.rstrip())


def _mention(text: str, start: int, end: int, *, squeeze: bool) -> Mention:
    said = text[start:end]
    value = re.sub(r"\s", "", said) if squeeze else " ".join(said.split())
    return Mention(kind=EntityKind.ADDRESS, value=value, start_char=start, end_char=end)


@cache
def _abroad() -> re.Pattern[str]:
    chinese = [name for name in PLACES_ABROAD if not name.isascii()]
    english = [name for name in PLACES_ABROAD if name.isascii()]
    return re.compile(
        "|".join(
            (
                "(?:" + "|".join(sorted(chinese, key=len, reverse=True)) + ")(?!人|语|菜|货)",
                r"\b(?:" + "|".join(sorted(english, key=len, reverse=True)) + r")\b",
            )
        )
    )
