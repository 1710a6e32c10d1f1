"""Form an opinion about a leg's language from its utterances, and admit when there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log

from asr.settings import LanguageSettings
from domain.language import HOTLINE_LANGUAGES, LanguageGuess, LanguageTag

_FLOOR = 0.005  # no single utterance may rule a language out for good
_FULL_WEIGHT_MS = 2_000  # measured: 1.5 s name 108 of 111 windows rightly, 3 s 87 of 87

Odds = Mapping[LanguageTag, float]


def among_ours(everything: Mapping[str, float]) -> dict[LanguageTag, float]:
    """Keep the nine hotline languages and let their probabilities sum to one."""
    ours = {tag: everything.get(tag, 0.0) for tag in HOTLINE_LANGUAGES}
    total = sum(ours.values())
    if total <= 0:
        return dict.fromkeys(HOTLINE_LANGUAGES, 1 / len(HOTLINE_LANGUAGES))
    return {tag: probability / total for tag, probability in ours.items()}


def best(odds: Odds) -> tuple[LanguageTag, float]:
    return max(odds.items(), key=lambda item: item[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageOpinion:
    """What one leg's utterances say together. Frozen: ``after`` makes the next opinion.

    ``scores`` are weighted log probabilities that fade with each utterance, so a caller who changes language is
    followed after two utterances and a single odd one changes nothing.
    """

    settings: LanguageSettings
    scores: Mapping[LanguageTag, float] = field(default_factory=dict)
    speech_ms: int = 0
    decided: LanguageTag | None = None

    def after(self, odds: Odds, speech_ms: int) -> "LanguageOpinion":
        """Weigh one more piece of evidence."""
        weight = min(1.0, speech_ms / _FULL_WEIGHT_MS)
        memory = (
            1 - (1 - self.settings.memory) * weight
        )  # a short "yes" hardly fades what was known
        scores = {
            tag: self.scores.get(tag, 0.0) * memory + weight * log(max(probability, _FLOOR))
            for tag, probability in odds.items()
        }
        return replace(self, scores=scores, speech_ms=self.speech_ms + speech_ms)._settled()

    @property
    def odds(self) -> dict[LanguageTag, float]:
        """The pooled probabilities, empty before any evidence."""
        if not self.scores:
            return {}
        top = max(self.scores.values())
        raised = {tag: exp(score - top) for tag, score in self.scores.items()}
        total = sum(raised.values())
        return {tag: value / total for tag, value in raised.items()}

    @property
    def guess(self) -> LanguageGuess:
        ranked = sorted(self.odds.items(), key=lambda item: -item[1])
        told = ranked[0][1] if ranked else 0.0
        if self.decided is not None:
            told = self.odds[self.decided]
        return LanguageGuess(language=self.decided, probability=told, candidates=tuple(ranked[:3]))

    def language_for(self, odds: Odds, speech_ms: int) -> tuple[LanguageTag, bool]:
        """Choose what to read an utterance as, and say whether that is sure.

        The leg's decided language holds, unless this utterance alone is long and overwhelming: a reader that is
        forced to the wrong language translates instead of transcribing.
        """
        language, probability = best(odds)
        long_enough = speech_ms >= self.settings.overwhelming_speech_ms
        if long_enough and probability >= self.settings.overwhelming_at:
            return language, True
        if self.decided is not None:
            return self.decided, True
        pooled, _ = best(self.after(odds, speech_ms).odds)
        return pooled, False

    def _settled(self) -> "LanguageOpinion":
        language, probability = best(self.odds)
        if self.decided is None:
            enough = self.speech_ms >= self.settings.min_speech_ms
            sure = enough and probability >= self.settings.decide_at
            return replace(self, decided=language if sure else None)
        if language != self.decided and probability >= self.settings.switch_at:
            return replace(self, decided=language)
        if self.odds[self.decided] < self.settings.doubt_at:
            return replace(self, decided=None)
        return self
