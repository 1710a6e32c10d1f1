"""Ask the Whisper network which language is spoken: at a glance, and where that leaves doubt by trying to write it down."""

import zlib
from collections.abc import Sequence
from math import exp, log

import ctranslate2
import numpy as np

from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from asr.engines.whisper_decoder import Decoded, Encoded, Search, WhisperDecoder, Wish
from asr.language.identification import OTHER, Odds, among_ours, best, without_other
from asr.language.witness import TextWitness
from asr.settings.language import LanguageSettings
from domain.language import LanguageTag

# Measured on 534 human windows of up to 3 s after G.711: 5, 6 and 30 s of context are no better than 4, just the
# window's length is worse; telling it twice, raising its level, changing its speed or its tilt, or averaging several
# of these does not help. What the telephone costs is the band above 4 kHz, not the code: 95 windows in 100 are right
# where 97 are at 16 kHz. That half of the spectrum guessed from the lower one (mirrored, held, a regression) makes as
# many new mistakes as it mends, and a prior of each language does not carry over to other recordings.
_CONTEXT_S = 4.0
_CANDIDATES = 5
# Measured: nine tokens tell as much as twenty-two and as forty, in half the
# time; what comes later is more often a loop.
_SEARCH = Search(beam=1, max_tokens=9)

# How much each witness counts: one logistic regression, the same four weights for all languages. Leaving any
# one set of recordings out of it moves none of them by more than 0.15.
_GLANCE, _FLUENCY, _LOOP, _TEXT = 0.8, 1.75, 0.6, 0.55
_LEAST_FLUENT = -2.5
_LOOPS_FROM = 1.6  # bytes per compressed byte
_SHORT_TEXT = 12
_UNLIKELY = 0.02


class WhisperLanguages:
    """Safe to call from several threads, remembers nothing between calls."""

    def __init__(
        self, decoder: WhisperDecoder, settings: LanguageSettings, witness: TextWitness
    ) -> None:
        self._decoder = decoder
        self._settings = settings
        self._witness = witness

    def odds(self, waveforms: Sequence[Waveform]) -> list[Odds]:
        """How likely each allowed language is, one answer a sound; only its first four seconds are heard."""
        if not waveforms:
            return []
        encoded = self._decoder.encode_batch([_filled(w) for w in waveforms], _CONTEXT_S)
        allowed = self._settings.allowed
        glances: list[Odds] = [among_ours(e, allowed) for e in self._decoder.languages(encoded)]
        doubtful = [row for row, odds in enumerate(glances) if self._is_doubtful(odds)]
        for row, odds in zip(doubtful, self._tried(encoded, doubtful, glances), strict=True):
            glances[row] = odds
        return glances

    def _is_doubtful(self, odds: Odds) -> bool:
        """A stranger is one however it is written down."""
        if odds[OTHER] >= self._settings.stranger_at or len(self._candidates(odds)) < 2:
            return False
        return best(odds)[1] < self._settings.second_look_below

    def _candidates(self, odds: Odds) -> list[LanguageTag]:
        """The likeliest languages that can be written, best first."""
        known = {tag: p for tag, p in odds.items() if tag in self._decoder.known_languages}
        return sorted(known, key=lambda tag: -known[tag])[:_CANDIDATES]

    def _tried(
        self, encoded: Encoded, doubtful: Sequence[int], glances: Sequence[Odds]
    ) -> list[Odds]:
        """Write each doubtful sound in each of its candidates, all in one go, and hear the witnesses."""
        if not doubtful:
            return []
        tries = [(row, tag) for row in doubtful for tag in self._candidates(glances[row])]
        written = self._decoder.decode(
            _rows(encoded, [row for row, _ in tries]),
            [Wish(language=tag) for _, tag in tries],
            _SEARCH,
        )
        claims = dict(zip(tries, written, strict=True))
        return [self._weighed(row, glances[row], claims) for row in doubtful]

    def _weighed(
        self, row: int, glance: Odds, claims: dict[tuple[int, LanguageTag], Decoded]
    ) -> Odds:
        scores = {
            tag: _GLANCE * log(max(glance[tag], 1e-6)) + self._testimony(tag, claims[row, tag])
            for tag in self._candidates(glance)
        }
        top = max(scores.values())
        raised = {tag: exp(score - top) for tag, score in scores.items()}
        total = sum(raised.values())
        others = dict.fromkeys(without_other(glance), 0.0)
        return {**others, **{t: r / total for t, r in raised.items()}, OTHER: glance[OTHER]}

    def _testimony(self, language: LanguageTag, written: Decoded) -> float:
        """How fluent the words are, whether they go in circles, and whether they look like the language."""
        fluency = max(written.log_probability, _LEAST_FLUENT)
        likeness = self._witness.odds(written.text).get(language, 0.0)
        return _FLUENCY * fluency - _LOOP * _loops(written.text) + _TEXT * log(likeness + _UNLIKELY)


def _loops(text: str) -> bool:
    raw = text.encode()
    return len(text) >= _SHORT_TEXT and len(raw) / len(zlib.compress(raw)) > _LOOPS_FROM


def _filled(waveform: Waveform) -> Waveform:
    """Silence up to the context, as the network knows it from its lessons: better than an empty spectrum."""
    samples = round(_CONTEXT_S * RATE_HZ)
    heard = waveform[:samples]
    return np.pad(heard, (0, samples - len(heard)))


def _rows(encoded: Encoded, rows: Sequence[int]) -> Encoded:
    """Some rows of an encoding, in this order; a row may come more than once."""
    states = np.array(
        encoded.view.to_device(ctranslate2.Device.cpu).to(ctranslate2.DataType.float32)
    )
    view = ctranslate2.StorageView.from_array(np.ascontiguousarray(states[list(rows)]))
    return Encoded(view=view, rows=len(rows))
