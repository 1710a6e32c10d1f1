"""Form an opinion about a leg's language from its utterances, and admit when there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log

from asr.language.kin import shares
from asr.language.signs import YUE, Sign, sign_of
from asr.language.turns import Turns
from asr.settings.language import LanguageSettings
from domain.language import HOTLINE_LANGUAGES, LanguageGuess, LanguageTag

OTHER = LanguageTag("other")

_FLOOR = 0.005  # no single utterance may rule a language out for good
# A network is as sure of one word as of a sentence, and less right: of the windows sure enough to decide alone one in
# fifty is wrong with 1 to 2 s of speech, one in two hundred with more. Measured: full weight from 1 s on lets one odd
# utterance turn three times as many legs that were right; from 2 s on it leaves more open for the same errors.
_FULL_WEIGHT_MS = 1_500

# The probabilities of the allowed languages sum to one. OTHER, where it is given, stands beside them: the share of
# the network's belief, 0 to 1, that went to languages that are neither allowed nor their kin.
Odds = Mapping[LanguageTag, float]


def among_ours(
    everything: Mapping[str, float], allowed: tuple[LanguageTag, ...] = HOTLINE_LANGUAGES
) -> dict[LanguageTag, float]:
    """Keep the allowed languages, and say as OTHER how much was believed of none of them.

    ``everything``: the probability of every language that the network knows. One that knows Cantonese is believed,
    allowed or not: hearing it as Mandarin would be worse.
    """
    answers = allowed if YUE in allowed or YUE not in everything else (*allowed, YUE)
    ours = shares(everything, answers)
    total, believed = sum(ours.values()), sum(everything.values())
    if total <= 0:
        return {**dict.fromkeys(answers, 1 / len(answers)), OTHER: 1.0}
    odds = {tag: share / total for tag, share in ours.items()}
    return odds | {OTHER: max(0.0, 1 - total / believed)}


def without_other(odds: Odds) -> dict[LanguageTag, float]:
    return {tag: probability for tag, probability in odds.items() if tag != OTHER}


def best(odds: Odds) -> tuple[LanguageTag, float]:
    """The likeliest of the languages that can be answered."""
    return max(without_other(odds).items(), key=lambda item: item[1])


def _weight(speech_ms: int) -> float:
    return min(1.0, speech_ms / _FULL_WEIGHT_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageOpinion:
    """What one leg's utterances say together. Frozen: ``after`` makes the next opinion.

    ``scores`` are weighted log probabilities that fade with each utterance, so a caller who changes language is
    followed after two utterances and a single odd one changes nothing. ``strangeness`` is the pooled OTHER.
    """

    settings: LanguageSettings
    scores: Mapping[LanguageTag, float] = field(default_factory=dict)
    speech_ms: int = 0
    decided: LanguageTag | None = None
    strangeness: float = 0.0
    weight: float = 0.0
    turns: Turns = field(default_factory=Turns)
    sign: Sign = field(default_factory=Sign)

    def after(self, odds: Odds, speech_ms: int, text: str = "") -> "LanguageOpinion":
        """Weigh one more piece of evidence. ``text`` is what was read of it, if it was: a second witness."""
        weight = _weight(speech_ms)
        memory = (
            1 - (1 - self.settings.memory) * weight
        )  # a short "yes" hardly fades what was known
        ours = without_other(odds)
        scores = {
            tag: self.scores.get(tag, log(_FLOOR) * self.weight) * memory
            + weight * log(max(ours.get(tag, 0.0), _FLOOR))
            for tag in {**self.scores, **ours}
        }
        total = self.weight * memory + weight
        strange = self.strangeness * self.weight * memory + odds.get(OTHER, 0.0) * weight
        language, probability = best(odds)
        return replace(
            self,
            scores=scores,
            speech_ms=self.speech_ms + speech_ms,
            strangeness=strange / total if total else 0.0,
            weight=total,
            turns=self.turns.after(language, probability, speech_ms, text),
            sign=self.sign.after(sign_of(text)) if text else self.sign,
        )._settled()

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
        """What to tell. What is written as Cantonese or Uyghur is that, whatever the network calls it."""
        ranked = _ranked(self.odds)
        told = ranked[0][1] if ranked else 0.0
        if self.decided is not None:
            told = self.odds[self.decided]
        answer, mixed = self.decided, self.turns.mixed
        if answer is not None and answer == self.sign.taken_for:
            answer = self.sign.language if self.sign.is_firm else None
        if self.sign.taken_for in mixed:
            mixed = ()
        return LanguageGuess(language=answer, probability=told, candidates=ranked, mixed=mixed)

    def language_for(self, odds: Odds, speech_ms: int) -> tuple[LanguageTag, bool]:
        """Choose what to read an utterance as, and say whether that is sure.

        The leg's decided language holds, unless this utterance alone is long and overwhelming: a reader that is
        forced to the wrong language translates instead of transcribing.
        """
        language, probability = best(odds)
        long_enough = speech_ms >= self.settings.overwhelming_speech_ms
        if long_enough and probability >= self._overwhelming(language):
            return language, odds.get(OTHER, 0.0) < self.settings.stranger_at
        if self.decided is not None:
            return self.decided, True
        pooled, _ = best(self.after(odds, speech_ms).odds)
        return pooled, False

    def _overwhelming(self, language: LanguageTag) -> float:
        """A language that this caller goes to and fro with needs less proof."""
        return (
            self.settings.decide_at
            if language in self.turns.mixed
            else self.settings.overwhelming_at
        )

    def _settled(self) -> "LanguageOpinion":
        language, probability = best(self.odds)
        if self.strangeness >= self.settings.stranger_at:
            return replace(self, decided=None)
        if self.decided is None:
            enough = self.speech_ms >= self.settings.min_speech_ms
            sure = enough and probability >= self.settings.decide_at
            return replace(self, decided=language if sure else None)
        if language != self.decided and probability >= self.settings.switch_at:
            return replace(self, decided=language)
        if self.odds[self.decided] < self.settings.doubt_at:
            return replace(self, decided=None)
        return self


def _ranked(odds: Mapping[LanguageTag, float]) -> tuple[tuple[LanguageTag, float], ...]:
    return tuple(sorted(odds.items(), key=lambda item: -item[1])[:3])
