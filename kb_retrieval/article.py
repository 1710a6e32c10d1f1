"""Hold an article: one question of the public, worded and answered in several languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.ids import ArticleId
from domain.language import EN, ZH, LanguageTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An article in one language; ``answer`` is sentence by sentence, as an agent reads it aloud."""

    title: str
    questions: tuple[str, ...]
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """``departments`` names who signed the wording off, at least in zh and en; ``version`` is what cards show."""

    article_id: ArticleId
    topic_id: str | None
    departments: Mapping[LanguageTag, str]
    version: str
    wordings: Mapping[LanguageTag, Wording]

    def department_in(self, language: LanguageTag) -> str:
        """In the language asked for, or else in English."""
        return self.departments.get(language, self.departments[EN])

    def language_for(self, wanted: LanguageTag) -> LanguageTag:
        """The wanted language if the article has it, or else Chinese, which every article has."""
        return wanted if wanted in self.wordings else ZH
