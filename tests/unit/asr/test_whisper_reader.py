"""A reading that looks wrong is read again with full context, and dropped when it still does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest

from asr.engines.whisper_decoder import FULL_CONTEXT_S, Decoded, Encoded, WhisperDecoder
from asr.engines.whisper_reader import WhisperReader
from asr.language_id import Odds
from asr.phantoms import read_phantoms
from asr.reading import Choose, ReadAsk, SketchAsk
from asr.settings import AsrSettings
from asr.tape import Waveform
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag

THREE_SECONDS = np.zeros(48_000, np.float32)
LOOP = "谢谢你的关注" * 8


@dataclass
class ScriptedDecoder:
    """Says one text with a short context and another with the full one."""

    short: str
    full: str = "不应该读到这里"
    log_probability: float = -0.4
    odds: Mapping[str, float] = field(default_factory=lambda: {"zh": 0.9, "en": 0.1})
    contexts_s: list[float] = field(default_factory=list)
    beams: list[int] = field(default_factory=list)

    def encode(self, waveform: Waveform, context_s: float) -> Encoded:
        self.contexts_s.append(context_s)
        return Encoded(view=None)

    def languages(self, encoded: Encoded) -> Mapping[str, float]:
        return self.odds

    def decode(
        self, encoded: Encoded, *, language: LanguageTag, beam: int, max_tokens: int
    ) -> Decoded:
        self.beams.append(beam)
        text = self.full if self.contexts_s[-1] == FULL_CONTEXT_S else self.short
        return Decoded(text=text, log_probability=self.log_probability, no_speech_probability=0.1)


def a_reader(decoder: ScriptedDecoder) -> WhisperReader:
    return WhisperReader(
        engine="whisper-base",
        decoder=cast(WhisperDecoder, decoder),
        settings=AsrSettings(),
        phantoms=read_phantoms(),
    )


def asked(choose: Choose) -> ReadAsk:
    return ReadAsk(utterance="one", waveform=THREE_SECONDS, speech_ms=2_500, choose=choose)


def glimpse(language: LanguageTag | None) -> SketchAsk:
    return SketchAsk(utterance="one", waveform=THREE_SECONDS, speech_ms=2_500, language=language)


def as_mandarin(odds: Odds) -> tuple[LanguageTag, bool]:
    return ZH, True


def test_a_good_reading_costs_one_short_look() -> None:
    decoder = ScriptedDecoder("我的社保卡丢了")

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert reading.text == "我的社保卡丢了"
    assert reading.confidence == pytest.approx(0.67, abs=0.01)
    assert decoder.contexts_s == [8]


def test_a_reading_that_goes_round_in_circles_is_read_again_with_full_context() -> None:
    decoder = ScriptedDecoder(LOOP, full="谢谢你的关注")

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert reading.text == "谢谢你的关注"
    assert decoder.contexts_s == [8, FULL_CONTEXT_S]


def test_a_reading_that_is_wrong_both_times_is_dropped() -> None:
    reading = a_reader(ScriptedDecoder(LOOP, full=LOOP)).read([asked(as_mandarin)])[0]

    assert (reading.text, reading.confidence) == ("", None)


def test_traditional_characters_become_simplified_and_only_in_mandarin() -> None:
    reader = a_reader(ScriptedDecoder("請問怎麼補辦"))

    assert reader.read([asked(as_mandarin)])[0].text == "请问怎么补办"
    japanese = reader.read([asked(lambda _: (LanguageTag("ja"), True))])[0]
    assert japanese.text == "請問怎麼補辦"


def test_a_sketch_is_quick_and_never_looks_twice() -> None:
    decoder = ScriptedDecoder(LOOP)

    assert a_reader(decoder).sketch([glimpse(ZH)])[0] == ""
    assert (decoder.contexts_s, decoder.beams) == ([5], [1])


def test_a_sketch_in_a_doubtful_language_is_not_shown() -> None:
    decoder = ScriptedDecoder("hello", odds={"en": 0.4, "de": 0.35, "fr": 0.25})

    assert a_reader(decoder).sketch([glimpse(None)])[0] == ""
    assert a_reader(decoder).sketch([glimpse(EN)])[0] == "hello"


def test_odds_cover_the_hotline_languages_and_nothing_else() -> None:
    decoder = ScriptedDecoder("", odds={"zh": 0.4, "yue": 0.5, "en": 0.1})

    odds = a_reader(decoder).odds([THREE_SECONDS])[0]

    assert set(odds) == set(HOTLINE_LANGUAGES)
    assert odds[ZH] == pytest.approx(0.8)
    assert decoder.contexts_s == [4]
