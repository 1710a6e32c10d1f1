"""Judge whether a reading can be what was said."""

import zlib
from dataclasses import dataclass
from enum import StrEnum

from asr.belief.phantoms import Phantoms, plain
from asr.leg.stabiliser import tokens
from asr.settings import GuardSettings


class Fault(StrEnum):
    """Why a reading is not believed."""

    EMPTY = "empty"
    REPEATS = "repeats"
    COMPRESSES = "compresses"
    TOO_DENSE = "too_dense"
    TOO_SPARSE = "too_sparse"
    CUT_OFF = "cut_off"
    LOW_SCORE = "low_score"
    HOPELESS = "hopeless"
    NO_SPEECH = "no_speech"
    PHANTOM = "phantom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a machine says it heard, with its own doubts. ``speech_ms`` is what the detector took for speech.

    ``is_cut_off``: it was stopped in the middle because it wrote more than a mouth can say.
    """

    text: str
    speech_ms: int
    log_probability: float
    no_speech_probability: float
    is_cut_off: bool = False


# Letters a second that nobody exceeds: fast Mandarin is 7 syllables, fast English 22 letters.
_MAX_WIDE_PER_S = 10.0
_MAX_NARROW_PER_S = 24.0
_GRACE_MS = 400  # the detector may miss the edges of a word
_SHORT_TEXT = 12  # too short for compression to say anything
_DIGITS = frozenset("0123456789零〇一二三四五六七八九幺")


def second_look(claim: Claim, settings: GuardSettings) -> Fault | None:
    """Name the reason to read the utterance again with full context."""
    shape = misshapen(claim, settings)
    if shape is not None:
        return shape
    if claim.is_cut_off:
        return Fault.CUT_OFF
    if is_too_sparse(claim, settings):
        return Fault.TOO_SPARSE
    doubtful = claim.log_probability < settings.second_look_log_probability
    return Fault.LOW_SCORE if doubtful else None


def worth_showing(claim: Claim, settings: GuardSettings, phantoms: Phantoms) -> bool:
    """Whether an unfinished reading may be shown; few words, or a reading that was stopped, are no fault there."""
    if claim.log_probability < settings.sketch_log_probability:
        return False
    return disbelief(claim, settings, phantoms) is None


def without_loop(text: str) -> str:
    """A text that is nothing but one phrase again and again, cut after the first.

    A network that hears the beginning of a sentence in a short context says it until the sound is filled.
    """
    words = tokens(text)
    plain_words = [plain(word) for word in words]
    for size in range(1, len(words) // 2 + 1):
        if all(plain_words[at] == plain_words[at - size] for at in range(size, len(words))):
            return "".join(words[:size]).strip()
    return text


def disbelief(claim: Claim, settings: GuardSettings, phantoms: Phantoms) -> Fault | None:
    """Name the reason to drop the reading for good."""
    if not plain(claim.text):
        return Fault.EMPTY
    if phantoms.is_never_said(claim.text):
        return Fault.PHANTOM
    if claim.log_probability < settings.hopeless_log_probability:
        return Fault.HOPELESS
    doubtful = claim.log_probability < settings.min_log_probability
    silent = claim.no_speech_probability > settings.no_speech_at
    if silent and doubtful:
        return Fault.NO_SPEECH
    shaky = silent or claim.log_probability < settings.shaky_log_probability
    if shaky and phantoms.is_seldom_meant(claim.text):
        return Fault.PHANTOM
    return misshapen(claim, settings)


def misshapen(claim: Claim, settings: GuardSettings) -> Fault | None:
    """Name what is wrong with the text itself, whatever the machine thinks of it."""
    if _longest_run(claim.text) > settings.max_repeats:
        return Fault.REPEATS
    if _compression(claim.text) > settings.max_compression:
        return Fault.COMPRESSES
    return Fault.TOO_DENSE if _is_too_dense(claim) else None


def _is_too_dense(claim: Claim) -> bool:
    wide, narrow = _letters(claim.text)
    seconds = (claim.speech_ms + _GRACE_MS) / 1000
    return wide / _MAX_WIDE_PER_S + narrow / _MAX_NARROW_PER_S > seconds


def is_too_sparse(claim: Claim, settings: GuardSettings) -> bool:
    """Much was spoken and little written: words were lost."""
    if claim.speech_ms < settings.sparse_after_ms:
        return False
    wide, narrow = _letters(claim.text)
    figures = sum(c.isdigit() for c in claim.text)  # a figure takes as long to say as a syllable
    wide, narrow = wide + figures, narrow - figures
    seconds = claim.speech_ms / 1000
    return wide / settings.min_wide_per_s + narrow / settings.min_narrow_per_s < seconds


def _letters(text: str) -> tuple[int, int]:
    """How many fill a square, as Chinese does, and how many do not."""
    letters = plain(text)
    wide = sum(c >= "\u2e80" for c in letters)
    return wide, len(letters) - wide


def _compression(text: str) -> float:
    letters = plain(text)
    if len(letters) < _SHORT_TEXT:
        return 1.0
    raw = letters.encode()
    return len(raw) / len(zlib.compress(raw))


def _longest_run(text: str) -> int:
    """How often the most repeated phrase of one to six words follows itself; spoken numbers may repeat."""
    words = [plain(word) for word in tokens(text)]
    words = [word for word in words if word and not set(word) <= _DIGITS]
    return max((_run(words, size) for size in range(1, 7)), default=0)


def _run(words: list[str], size: int) -> int:
    longest = matched = 0
    for at in range(size, len(words)):
        matched = matched + 1 if words[at] == words[at - size] else 0
        longest = max(longest, matched)
    return 1 + longest // size
