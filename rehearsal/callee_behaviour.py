"""Read how the simulated people behave when they are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import yaml

from domain.errors import NotFound
from domain.language import ZH, LanguageTag

HANG_UP = "hang_up"
KEY = "key:"
BUSY = "sim:busy"
NO_ANSWER = "sim:noanswer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One person: their language, their voice and what they do at each new question."""

    language: LanguageTag
    voice: str
    replies: tuple[str, ...]


class Behaviours:
    """Everybody who can be called, by number: ``sim:no`` speaks Mandarin, ``sim:no.en`` English."""

    def __init__(
        self,
        replies: Mapping[str, Mapping[str, list[str]]],
        voices: Mapping[str, str],
    ) -> None:
        self._replies = replies
        self._voices = voices

    @classmethod
    def load(cls) -> "Behaviours":
        """Read the people who come with the rehearsal."""
        file = resources.files("rehearsal").joinpath("data/survey/callee.yaml")
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return cls(data["behaviours"], data["voices"])

    def of(self, number: str) -> Behaviour:
        """Raises NotFound when nobody has this number."""
        name, _, tag = number.removeprefix("sim:").partition(".")
        language = tag or ZH
        replies = self._replies.get(name, {}).get(language)
        if replies is None or not number.startswith("sim:"):
            raise NotFound(
                "rehearsal.number", "expected a rehearsal number such as sim:yes or sim:no.en"
            )
        return Behaviour(
            language=LanguageTag(language), voice=self._voices[language], replies=tuple(replies)
        )
