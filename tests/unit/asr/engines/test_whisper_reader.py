"""A reading that looks wrong is read again with more context, and dropped when it still does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest

from asr.belief.phantoms import read_phantoms
from asr.desk.reading import Choose, ReadAsk, SketchAsk
from asr.ear.tape import Waveform
from asr.engines.whisper_decoder import (
    FULL_CONTEXT_S,
    Decoded,
    Encoded,
    Search,
    WhisperDecoder,
    Wish,
)
from asr.engines.whisper_effort import efforts
from asr.engines.whisper_reader import WhisperReader
from asr.language.identification import Odds
from asr.settings import AsrSettings, LanguageSettings, WhisperSettings
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageTag

THREE_SECONDS = np.zeros(48_000, np.float32)
TEN_SECONDS = np.zeros(160_000, np.float32)
EFFORTS = efforts(WhisperSettings())
FIRST_S = EFFORTS.first.size(3.0).context_s
SECOND_S = EFFORTS.second.size(3.0).context_s
LOOP = "谢谢你的关注" * 8


@dataclass
class ScriptedDecoder:
    """Says one text at first, another with more context and a last one when it may not repeat itself."""

    short: str
    longer: str = "不应该读到这里"
    last: str = "这也不应该"
    log_probability: float = -0.4
    odds: Mapping[str, float] = field(default_factory=lambda: {"zh": 0.9, "en": 0.1})
    contexts_s: list[float] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    beams: list[int] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    questions: int = 0
    known_languages: tuple[LanguageTag, ...] = HOTLINE_LANGUAGES

    def encode_batch(self, waveforms: Sequence[Waveform], context_s: float) -> Encoded:
        self.contexts_s.append(context_s)
        self.batches.append(len(waveforms))
        return Encoded(view=None, rows=len(waveforms))

    def languages(self, encoded: Encoded) -> list[Mapping[str, float]]:
        self.questions += 1
        return [self.odds] * encoded.rows

    def decode(self, encoded: Encoded, wishes: Sequence[Wish], search: Search) -> list[Decoded]:
        self.beams.append(search.beam)
        self.wishes += wishes
        context_s = self.contexts_s[-1]
        text = self.short if context_s <= FIRST_S else self.longer
        text = self.last if search.repetition_penalty > 1 else text
        decoded = Decoded(
            text=text, log_probability=self.log_probability, no_speech_probability=0.1
        )
        return [decoded] * encoded.rows


def a_reader(decoder: ScriptedDecoder, settings: AsrSettings | None = None) -> WhisperReader:
    return WhisperReader(
        engine="whisper-base",
        decoder=cast(WhisperDecoder, decoder),
        settings=settings or AsrSettings(),
        phantoms=read_phantoms(),
    )


def asked(
    choose: Choose, waveform: Waveform = THREE_SECONDS, hotwords: tuple[str, ...] = ()
) -> ReadAsk:
    return ReadAsk(
        utterance="one", waveform=waveform, speech_ms=2_500, choose=choose, hotwords=hotwords
    )


def glimpse(language: LanguageTag | None) -> SketchAsk:
    return SketchAsk(utterance="one", waveform=THREE_SECONDS, speech_ms=2_500, language=language)


def as_mandarin(odds: Odds) -> tuple[LanguageTag, bool]:
    return ZH, True


def as_english(odds: Odds) -> tuple[LanguageTag, bool]:
    return EN, False


def test_a_good_reading_costs_one_short_look() -> None:
    decoder = ScriptedDecoder("我的社保卡丢了")

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert reading.text == "我的社保卡丢了"
    assert reading.confidence == pytest.approx(0.67, abs=0.01)
    assert decoder.contexts_s == [FIRST_S]


def test_a_reading_that_goes_round_in_circles_is_read_again_with_more_context() -> None:
    decoder = ScriptedDecoder(LOOP, longer="谢谢你的关注")

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert reading.text == "谢谢你的关注"
    assert decoder.contexts_s == [FIRST_S, SECOND_S]


def test_a_loop_that_more_context_does_not_end_is_read_with_all_of_it_and_forbidden_to_repeat() -> (
    None
):
    decoder = ScriptedDecoder(LOOP, longer=LOOP, last="谢谢你的关注")

    assert a_reader(decoder).read([asked(as_mandarin)])[0].text == "谢谢你的关注"
    assert decoder.contexts_s == [FIRST_S, SECOND_S, FULL_CONTEXT_S]


def test_a_reading_that_is_wrong_every_time_is_dropped_and_says_why() -> None:
    decoder = ScriptedDecoder(LOOP, longer=LOOP, last=LOOP)

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert (reading.text, reading.confidence, reading.fault) == ("", None, "repeats")


def test_a_reading_that_scores_low_both_times_stands_without_a_third_look() -> None:
    decoder = ScriptedDecoder("我要投诉楼上装修", longer="我要投诉楼上装修", log_probability=-1.4)

    assert a_reader(decoder).read([asked(as_mandarin)])[0].text == "我要投诉楼上装修"
    assert decoder.contexts_s == [FIRST_S, SECOND_S]


def test_traditional_characters_become_simplified_and_only_in_mandarin() -> None:
    reader = a_reader(ScriptedDecoder("請問怎麼補辦"))

    assert reader.read([asked(as_mandarin)])[0].text == "请问怎么补办"
    japanese = reader.read([asked(lambda _: (LanguageTag("ja"), True))])[0]
    assert japanese.text == "請問怎麼補辦"


def test_utterances_of_one_length_are_read_in_one_go_and_answered_in_order() -> None:
    decoder = ScriptedDecoder("good morning everyone")

    readings = a_reader(decoder).read([asked(as_english), asked(as_english)])

    assert [reading.text for reading in readings] == ["good morning everyone"] * 2
    assert decoder.batches == [2]


def test_a_short_utterance_is_not_padded_to_the_length_of_a_long_one() -> None:
    decoder = ScriptedDecoder("good morning everyone", longer="good morning everyone")

    a_reader(decoder).read([asked(as_english), asked(as_english, TEN_SECONDS), asked(as_english)])

    assert decoder.batches == [2, 1]
    assert decoder.contexts_s[0] == FIRST_S


def test_each_utterance_of_a_batch_is_written_in_its_own_language() -> None:
    decoder = ScriptedDecoder("12345 12345")

    a_reader(decoder).read([asked(as_mandarin), asked(as_english)])

    assert [wish.language for wish in decoder.wishes] == [ZH, EN]


def test_more_utterances_than_one_go_may_hold_are_read_in_several() -> None:
    decoder = ScriptedDecoder("good morning everyone")
    settings = AsrSettings(whisper=WhisperSettings(batch_rows=2))

    a_reader(decoder, settings).read([asked(as_english)] * 5)

    assert decoder.batches == [2, 2, 1]


def test_words_in_letters_of_another_language_are_read_again_in_that_language() -> None:
    decoder = ScriptedDecoder("добрый день", odds={"zh": 0.6, "ru": 0.4})

    reading = a_reader(decoder).read([asked(as_mandarin)])[0]

    assert [wish.language for wish in decoder.wishes] == [ZH, "ru"]
    assert (reading.language, reading.is_sure_of_language) == ("ru", True)


def test_where_one_language_alone_is_allowed_nobody_asks_which_it_is() -> None:
    decoder = ScriptedDecoder("我的社保卡丢了")
    only = AsrSettings(language=LanguageSettings(allowed=(ZH,)))
    reader = a_reader(decoder, only)

    assert reader.read([asked(as_mandarin)])[0].odds == {ZH: 1.0}
    assert reader.odds([THREE_SECONDS]) == [{ZH: 1.0}]
    assert decoder.questions == 0


def test_hotwords_are_told_to_the_network_only_where_that_is_wished() -> None:
    decoder = ScriptedDecoder("我住在徐汇区")
    biased = AsrSettings(whisper=WhisperSettings(hotwords_bias=True))

    a_reader(decoder).read([asked(as_mandarin, hotwords=("徐汇区",))])
    a_reader(decoder, biased).read([asked(as_mandarin, hotwords=("徐汇区",))])

    assert [wish.hotwords for wish in decoder.wishes] == [(), ("徐汇区",)]


def test_a_sketch_is_quick_and_never_looks_twice() -> None:
    decoder = ScriptedDecoder(LOOP)

    assert a_reader(decoder).sketch([glimpse(ZH)])[0] == "谢谢你的关注"
    assert (decoder.contexts_s, decoder.beams) == ([EFFORTS.sketch.size(3.0).context_s], [1])


def test_a_sketch_in_a_doubtful_language_is_neither_made_nor_shown() -> None:
    decoder = ScriptedDecoder("hello and welcome", odds={"en": 0.4, "de": 0.35, "fr": 0.25})

    assert a_reader(decoder).sketch([glimpse(None)])[0] == ""
    assert decoder.wishes == []
    assert a_reader(decoder).sketch([glimpse(EN)])[0] == "hello and welcome"


def test_a_sketch_in_a_known_language_does_not_ask_for_it_again() -> None:
    decoder = ScriptedDecoder("hello and welcome")

    a_reader(decoder).sketch([glimpse(EN)])

    assert decoder.questions == 0


def test_odds_cover_the_hotline_languages_and_take_four_seconds() -> None:
    decoder = ScriptedDecoder("", odds={"zh": 0.4, "en": 0.1})

    odds = a_reader(decoder).odds([THREE_SECONDS])[0]

    assert set(HOTLINE_LANGUAGES) <= set(odds)
    assert odds[ZH] == pytest.approx(0.8)
    assert decoder.contexts_s == [4]
