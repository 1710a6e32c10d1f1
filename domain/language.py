"""Name languages, and admit when we do not know."""

from dataclasses import dataclass
from typing import NewType

LanguageTag = NewType("LanguageTag", str)  # BCP 47 primary tags as whisper names them: zh, en, fr …

ZH = LanguageTag("zh")
EN = LanguageTag("en")
HOTLINE_LANGUAGES: tuple[LanguageTag, ...] = tuple(
    LanguageTag(tag) for tag in ("zh", "en", "fr", "de", "ru", "es", "ar", "ja", "ko")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGuess:
    """A model's guess. ``language`` is None when nothing was sure enough: unknown is an answer.

    ``candidates`` is (language, probability) with the best first and never empty when something was heard.
    ``mixed`` names the languages somebody goes to and fro between (zh and en in one sentence); empty when there is one.
    """

    language: LanguageTag | None
    probability: float
    candidates: tuple[tuple[LanguageTag, float], ...] = ()
    mixed: tuple[LanguageTag, ...] = ()
