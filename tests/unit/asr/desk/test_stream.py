"""A streaming machine hears each sample of an utterance once, whatever it is asked."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from asr.belief.phantoms import read_phantoms
from asr.desk.reading import Choose, ReadAsk, SketchAsk
from asr.desk.stream import Heard, StreamingReader
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import GuardSettings
from domain.errors import EngineError
from domain.language import EN, ZH, LanguageTag

SECOND = 16_000


@dataclass
class CountingStream:
    """Says how many seconds it has heard."""

    fed: list[int] = field(default_factory=list)
    is_closed: bool = False

    def feed(self, waveform: Waveform) -> str:
        self.fed.append(len(waveform))
        return f"听了{sum(self.fed) / SECOND:g}秒"

    def finish(self) -> Heard:
        self.is_closed = True
        return Heard(text=f"一共{sum(self.fed) / SECOND:g}秒", confidence=0.9)

    def close(self) -> None:
        self.is_closed = True


@dataclass
class CountingMachine:
    languages: tuple[LanguageTag, ...] = (ZH,)
    engine: str = "counting"
    next_stream: CountingStream | None = None
    streams: list[CountingStream] = field(default_factory=list)
    opened_for: list[tuple[LanguageTag, tuple[str, ...]]] = field(default_factory=list)

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> CountingStream:
        self.opened_for.append((language, hotwords))
        self.streams.append(self.next_stream or CountingStream())
        self.next_stream = None
        return self.streams[-1]


def a_reader(machine: CountingMachine) -> StreamingReader:
    return StreamingReader(machine, guards=GuardSettings(), phantoms=read_phantoms())


def glimpse(
    seconds: float, *, utterance: str = "one", language: LanguageTag | None = ZH
) -> SketchAsk:
    return SketchAsk(
        utterance=utterance,
        waveform=np.zeros(int(seconds * SECOND), np.float32),
        speech_ms=int(seconds * 1000),
        language=language,
        hotwords=("社保",),
    )


def whole(seconds: float, choose: Choose | None = None) -> ReadAsk:
    return ReadAsk(
        utterance="one",
        waveform=np.zeros(int(seconds * SECOND), np.float32),
        speech_ms=int(seconds * 1000),
        choose=choose or (lambda odds: (ZH, True)),
    )


def test_only_what_is_new_is_fed() -> None:
    machine = CountingMachine()
    reader = a_reader(machine)

    shown = [reader.sketch([glimpse(seconds)])[0] for seconds in (1, 1.5, 1.5, 3)]
    [reading] = reader.read([whole(4)])

    assert shown == ["听了1秒", "听了1.5秒", "听了1.5秒", "听了3秒"]
    assert machine.streams[0].fed == [SECOND, SECOND // 2, SECOND * 3 // 2, SECOND]
    assert (reading.text, reading.confidence, reading.engine) == ("一共4秒", 0.9, "counting")
    assert [stream.is_closed for stream in machine.streams] == [True]


def test_an_utterance_cut_before_what_was_heard_is_heard_again() -> None:
    machine = CountingMachine()
    reader = a_reader(machine)

    reader.sketch([glimpse(5)])
    [reading] = reader.read([whole(3)])

    assert reading.text == "一共3秒"
    assert [stream.is_closed for stream in machine.streams] == [True, True]


def test_utterances_do_not_mix() -> None:
    reader = a_reader(CountingMachine())

    shown = reader.sketch([glimpse(1), glimpse(2, utterance="two"), glimpse(2)])

    assert shown == ["听了1秒", "听了2秒", "听了2秒"]


def test_utterances_that_never_end_are_forgotten_the_oldest_first() -> None:
    machine = CountingMachine()
    reader = a_reader(machine)

    reader.sketch([glimpse(1, utterance=str(number)) for number in range(300)])

    assert [stream.is_closed for stream in machine.streams] == [True] * 44 + [False] * 256


def test_an_utterance_nobody_asks_about_any_more_is_forgotten_after_a_minute() -> None:
    machine, now_s = CountingMachine(), 0.0
    reader = StreamingReader(
        machine, guards=GuardSettings(), phantoms=read_phantoms(), now_s=lambda: now_s
    )

    for now_s in (0, 50, 61):
        reader.sketch([glimpse(1 + now_s), glimpse(1, utterance=f"hung up at {now_s}")])
    still_open = [not stream.is_closed for stream in machine.streams]

    assert still_open == [True, False, True, True]


def test_a_final_in_another_language_than_its_sketches_is_heard_from_the_beginning() -> None:
    machine = CountingMachine(languages=(ZH, EN))
    reader = a_reader(machine)

    reader.sketch([glimpse(1, language=ZH)])
    [reading] = reader.read([whole(2, lambda odds: (EN, True))])

    assert [language for language, _ in machine.opened_for] == [ZH, EN]
    assert (reading.language, reading.text) == (EN, "一共2秒")
    assert [stream.is_closed for stream in machine.streams] == [True, True]


def test_a_language_without_a_model_is_refused_by_name() -> None:
    with pytest.raises(EngineError, match="counting has models for zh, none for en"):
        a_reader(CountingMachine()).read([whole(2, lambda odds: (EN, True))])


def test_a_stream_that_breaks_is_closed_and_the_next_ask_begins_afresh() -> None:
    class Breaking(CountingStream):
        def feed(self, waveform: Waveform) -> str:
            raise EngineError("asr.remote", "the server went", retryable=True)

    machine = CountingMachine()
    machine.next_stream = Breaking()
    reader = a_reader(machine)

    with pytest.raises(EngineError, match="the server went"):
        reader.sketch([glimpse(1)])

    assert machine.streams[0].is_closed
    assert reader.read([whole(2)])[0].text == "一共2秒"


def test_an_utterance_without_a_sample_is_read_as_nothing() -> None:
    class Silent(CountingStream):
        def finish(self) -> Heard:
            return Heard(text="")

    machine = CountingMachine()
    machine.next_stream = Silent()

    [reading] = a_reader(machine).read([whole(0)])

    assert (reading.text, reading.fault, machine.streams[0].fed) == ("", "empty", [])


def test_a_machine_that_believes_nothing_of_what_it_heard_is_not_taken_for_one_that_cannot_tell() -> (
    None
):
    class Doubting(CountingStream):
        def finish(self) -> Heard:
            return Heard(text="谢谢大家", confidence=0.0)

    machine = CountingMachine()
    machine.next_stream = Doubting()

    [reading] = a_reader(machine).read([whole(2)])

    assert (reading.text, reading.fault) == ("", "hopeless")


def test_hotwords_and_language_reach_the_machine() -> None:
    machine = CountingMachine()

    a_reader(machine).sketch([glimpse(1)])

    assert machine.opened_for == [(ZH, ("社保",))]


def test_with_several_languages_nothing_is_shown_before_one_is_known() -> None:
    machine = CountingMachine(languages=(ZH, EN))
    reader = a_reader(machine)

    assert reader.sketch([glimpse(1, language=None)]) == [""]
    assert machine.streams == []


def test_it_has_no_opinion_about_the_language() -> None:
    seen: list[Odds] = []

    def choose(odds: Odds) -> tuple[LanguageTag, bool]:
        seen.append(odds)
        return EN, False

    [reading] = a_reader(CountingMachine(languages=(ZH, EN))).read([whole(1, choose)])

    assert seen == [{ZH: 0.5, EN: 0.5}]
    assert (reading.language, reading.is_sure_of_language) == (EN, False)


def test_words_that_cannot_have_been_said_are_dropped_with_the_reason() -> None:
    class Loop(CountingStream):
        def finish(self) -> Heard:
            return Heard(text="谢谢你的关注" * 20, confidence=0.9)

    machine = CountingMachine()
    machine.next_stream = Loop()

    [reading] = a_reader(machine).read([whole(2)])

    assert reading.text == ""
    assert reading.fault in ("repeats", "compresses", "too_dense")


def test_what_a_stream_hears_is_written_as_people_write_it() -> None:
    machine = CountingMachine()
    reader = StreamingReader(
        machine,
        guards=GuardSettings(),
        phantoms=read_phantoms(),
        write=lambda text, language: f"{text} ({language})",
    )

    (shown,) = reader.sketch([glimpse(1.0)])
    (reading,) = reader.read([whole(2.0)])

    assert (shown, reading.text) == ("听了1秒 (zh)", "一共2秒 (zh)")
