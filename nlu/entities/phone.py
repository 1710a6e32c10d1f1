"""Find telephone numbers, spoken or written."""

import re
from collections.abc import Iterator

import phonenumbers

from domain.understanding import EntityKind
from nlu.entities.mention import Mention
from nlu.entities.numerals import Digits, candidates, digit_chunks

HOME = "CN"
_MOBILE = re.compile(r"(?:86)?1[3-9]\d{9}")
_AREA_OR_SERVICE = re.compile(r"0\d{9,11}|[48]00\d{7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_CUE = re.compile(r"电话|座机|号码|联系方式|phone|telephone|number|call", re.IGNORECASE)
_PLUS = re.compile(r"[++]\s?$")
_GOES_ON = re.compile(r"-\d")
_CAME_FROM = re.compile(r"\d-$")
CUE_REACH = 10


def find_phones(text: str) -> Iterator[Mention]:
    """Values are E.164; a local number without its area code keeps its bare digits."""
    for run in digit_chunks(text):
        taken_until = 0
        for said in sorted(_numbers(text, run), key=lambda mention: mention.start_char):
            if said.start_char >= taken_until:
                taken_until = said.end_char
                yield said


def _numbers(text: str, run: list[Digits]) -> Iterator[Mention]:
    found: list[Mention] = []
    for candidate in candidates(run):
        mention = _number(text, candidate)
        if mention is not None and not any(mention.overlaps(longer) for longer in found):
            found.append(mention)
    yield from found


def _number(text: str, said: Digits) -> Mention | None:
    plus = _PLUS.search(text, max(0, said.start_char - 2), said.start_char)
    value = _international(said.digits) if plus else _domestic(text, said)
    if value is None or _is_torn_out(text, said):
        return None
    return Mention(
        kind=EntityKind.PHONE,
        value=value,
        start_char=plus.start() if plus else said.start_char,
        end_char=said.end_char,
    )


def _is_torn_out(text: str, said: Digits) -> bool:
    """Hyphens say "one number": eleven digits out of thirteen are a misheard number, not a telephone."""
    before = _CAME_FROM.search(text, max(0, said.start_char - 2), said.start_char)
    return before is not None or _GOES_ON.match(text, said.end_char) is not None


def _international(digits: str) -> str | None:
    return _e164(f"+{digits}", None)


def _domestic(text: str, said: Digits) -> str | None:
    digits = said.digits
    if _MOBILE.fullmatch(digits):
        return _e164(f"+86{digits[-11:]}", None)
    if digits.startswith("00"):
        return _international(digits[2:])
    if _AREA_OR_SERVICE.fullmatch(digits):
        return _e164(digits, HOME)
    if _LOCAL.fullmatch(digits) and _CUE.search(
        text, max(0, said.start_char - CUE_REACH), said.start_char
    ):
        return digits
    return None


def _e164(number: str, region: str | None) -> str | None:
    """None unless the numbering plan could give it out (some mobile prefixes are newer than the library)."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
