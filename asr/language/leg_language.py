"""Keep one leg's opinion about its language, and tell it only when the label changes."""

from asr.language.identification import LanguageOpinion, Odds
from asr.settings import LanguageSettings
from domain.language import LanguageGuess, LanguageTag
from domain.ports import LanguageHeard


class LegLanguage:
    """What the leg's firm words say, and what was told of it; early looks are told and weigh nothing for good."""

    def __init__(self, settings: LanguageSettings) -> None:
        self._settings = settings
        self.opinion = LanguageOpinion(settings=settings)
        self._told: LanguageGuess | None = None
        self._latest = self.opinion

    @property
    def shown(self) -> LanguageTag | None:
        """The label the desk shows."""
        return self._told.language if self._told else None

    @property
    def read_as(self) -> LanguageTag | None:
        """What unfinished words are read as: a kin of the label where the machine has no name for it."""
        return self._latest.decided

    @property
    def wants_looks(self) -> bool:
        """Whether an early look could tell anything new."""
        return self.opinion.decided is None and len(self._settings.allowed) > 1

    def glimpse(self, odds: Odds, speech_ms: int, at_ms: int) -> list[LanguageHeard]:
        """An early look in the middle of an utterance; its end weighs the same speech for good."""
        return self._tell(self.opinion.after(odds, speech_ms), at_ms)

    def weigh(self, odds: Odds, speech_ms: int, text: str, at_ms: int) -> list[LanguageHeard]:
        """Evidence that counts from now on, and the words that were read."""
        self.opinion = self.opinion.after(odds, speech_ms, text)
        return self._tell(self.opinion, at_ms)

    def label(self, language: LanguageTag, *, is_sure: bool) -> LanguageTag | None:
        """How a line read as this language is marked, once it was weighed. None: not sure."""
        if language == self.opinion.decided:
            return self.opinion.guess.language  # its kin, or unknown, where the words say so
        return language if is_sure else None

    def _tell(self, opinion: LanguageOpinion, at_ms: int) -> list[LanguageHeard]:
        """A label does not flicker with every figure."""
        guess, told = opinion.guess, self._told
        self._told, self._latest = guess, opinion
        if told is not None and (told.language, told.mixed) == (guess.language, guess.mixed):
            return []
        return [LanguageHeard(guess=guess, decided_at_ms=at_ms)]
