"""Decide how much of the Whisper network one reading gets."""

from dataclasses import dataclass
from math import ceil

from asr.engines.whisper_decoder import FULL_CONTEXT_S, Search
from asr.settings import WhisperSettings

_TOKENS_PER_S = 14  # fast Mandarin needs 10; a loop is stopped here
_SPARE_TOKENS = 24
_SKETCH_TOKENS_PER_S = (
    7  # a loop is stopped here; more words than that are rare in the first seconds
)
_SKETCH_SPARE_TOKENS = 5
_MAX_TOKENS = 220
_RETRY_STEP_S = 2.0  # there are few of them: let those of one moment share a batch
_WEARY = 1.2  # a word just written becomes a little less likely: ends a loop, changes little else


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What the network is given and may write; utterances of one size can be read in one go."""

    context_s: float
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How a reading is made.

    Sizes grow in steps, so that utterances of about one length share a batch. They depend on the utterance alone:
    whom it was read together with cannot change its words.
    """

    spare_s: float
    min_context_s: float
    beam: int
    step_s: float = 0.5
    tokens_per_s: int = _TOKENS_PER_S
    spare_tokens: int = _SPARE_TOKENS
    timestamps: bool = True
    repetition_penalty: float = 1.0

    def size(self, sound_s: float) -> Size:
        rounded_s = ceil(round(sound_s / self.step_s, 3)) * self.step_s
        return Size(
            context_s=min(max(rounded_s + self.spare_s, self.min_context_s), FULL_CONTEXT_S),
            max_tokens=min(self.spare_tokens + round(rounded_s * self.tokens_per_s), _MAX_TOKENS),
        )

    def search(self, size: Size) -> Search:
        return Search(
            beam=self.beam,
            max_tokens=size.max_tokens,
            timestamps=self.timestamps,
            repetition_penalty=self.repetition_penalty,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Efforts:
    """From the quickest to the last resort."""

    sketch: Effort
    first: Effort
    second: Effort
    last: Effort


def efforts(settings: WhisperSettings) -> Efforts:
    """Timestamps cost two or three steps of the decoder and, once there is silence after the sound, gain nothing.

    Measured on 221 utterances of eight languages against the plain library's errors: 1.01 with them, 0.99 without, at
    0.89 of the cost; a beam of 1 makes 1.17 of the errors of one of 5 at 0.78 of the decoder's cost (2026-11-22). The
    second look has them, because it should not make the same mistake again.
    """
    return Efforts(
        sketch=Effort(
            spare_s=settings.sketch_spare_s,
            min_context_s=settings.sketch_context_s,
            beam=1,
            tokens_per_s=_SKETCH_TOKENS_PER_S,
            spare_tokens=_SKETCH_SPARE_TOKENS,
        ),
        first=Effort(
            spare_s=settings.spare_s,
            min_context_s=settings.min_context_s,
            beam=settings.beam,
            timestamps=False,
        ),
        second=Effort(
            spare_s=settings.second_spare_s,
            min_context_s=settings.second_context_s,
            beam=settings.beam,
            step_s=_RETRY_STEP_S,
        ),
        last=Effort(
            spare_s=FULL_CONTEXT_S,
            min_context_s=FULL_CONTEXT_S,
            beam=settings.beam,
            repetition_penalty=_WEARY,
        ),
    )
