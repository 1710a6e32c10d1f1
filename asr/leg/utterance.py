"""Hold what has been shown of one utterance, phrase by phrase, and when more is due."""

from dataclasses import dataclass, field

from asr.leg.stabiliser import StableText, joined
from asr.settings import LanguageSettings, PartialSettings
from domain.ids import SegmentId
from domain.language import LanguageTag

_CALM = 0.4  # strain below which nothing is thinned out
_THINNING = 3.0  # how much longer everything waits for each whole worker's work beyond it


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseWords:
    """What a careful reading made of a phrase; ``text`` is empty where nothing was believed."""

    text: str
    speech_ms: int
    language: LanguageTag | None = None
    confidence: float | None = None
    engine: str | None = None


@dataclass(slots=True, kw_only=True)
class OpenUtterance:
    """An utterance from its first speech to its final. What it counts is speech, not time.

    ``firm`` are the phrases read for good; ``parted`` is how many the ear has cut off so far, some of them perhaps
    still being read; ``stable`` are the words of the phrase after those.
    """

    segment_id: SegmentId
    onset_sample: int
    onset_heard_ms: int
    firm: list[PhraseWords] = field(default_factory=list)
    parted: int = 0
    stable: StableText = field(default_factory=StableText)
    stable_until: int = 0
    revision: int = 0
    shown: str = ""
    first_partial_ms: int | None = None
    sketched_at_ms: int = 0
    is_being_sketched: bool = False
    is_strange: bool = False  # the last sketch found no words in the leg's language
    looks_taken: int = 0
    is_written: bool = False

    @property
    def firm_text(self) -> str:
        text = ""
        for words in self.firm:
            text = joined(text, words.text)
        return text

    @property
    def text(self) -> str | None:
        """What can be shown now; None while a phrase that was cut off is still being read."""
        if len(self.firm) < self.parted or (self.firm and not self.stable.text):
            return None
        return joined(self.firm_text, self.stable.text)

    @property
    def engine(self) -> str | None:
        """Who read most of the speech; None where nothing was believed."""
        believed = self._believed()
        return max(believed, key=lambda words: words.speech_ms).engine if believed else None

    @property
    def language(self) -> LanguageTag | None:
        """That of the phrase with most speech."""
        return max(self._believed(), key=lambda words: words.speech_ms).language

    @property
    def confidence(self) -> float | None:
        """The mean over the phrases, by speech; None where one does not tell."""
        known = [(w.confidence, w.speech_ms) for w in self._believed() if w.confidence is not None]
        total = sum(speech_ms for _, speech_ms in known)
        if len(known) < len(self._believed()) or not total:
            return None
        return sum(confidence * speech_ms for confidence, speech_ms in known) / total

    def part(self) -> None:
        """The ear has cut a phrase off: sketches start afresh behind it."""
        self.parted += 1
        self.stable = StableText()
        self.stable_until = self.sketched_at_ms = 0

    def is_sketch_due(self, speech_ms: int, settings: PartialSettings, strain: float) -> bool:
        if self.is_being_sketched:
            return False
        thinning = 1 + _THINNING * max(0.0, strain - _CALM)
        return speech_ms - self.sketched_at_ms >= self._wait_ms(speech_ms, settings) * thinning

    def is_look_due(self, speech_ms: int, settings: LanguageSettings) -> bool:
        looks = settings.early_looks_ms
        return self.looks_taken < len(looks) and speech_ms >= looks[self.looks_taken]

    def _wait_ms(self, speech_ms: int, settings: PartialSettings) -> float:
        if self.stable.newest:
            return max(settings.every_ms, settings.share * speech_ms)
        return settings.retry_ms if self.sketched_at_ms else settings.first_ms

    def _believed(self) -> list[PhraseWords]:
        return [words for words in self.firm if words.text]
