"""A streaming machine hears each sample of an utterance once, whatever it is asked."""

from dataclasses import dataclass, field

import numpy as np

from asr.belief.phantoms import read_phantoms
from asr.desk.reading import Choose, ReadAsk, SketchAsk
from asr.desk.stream import Heard, StreamingReader
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import GuardSettings
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
    streams: list[CountingStream] = field(default_factory=list)
    opened_for: list[tuple[LanguageTag, tuple[str, ...]]] = field(default_factory=list)

    def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> CountingStream:
        self.opened_for.append((language, hotwords))
        self.streams.append(CountingStream())
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
    assert (len(machine.streams), reader.open_utterances) == (1, 0)


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

    assert reader.open_utterances == 256
    assert [stream.is_closed for stream in machine.streams[:45]] == [True] * 44 + [False]


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

    class LoopingMachine(CountingMachine):
        def open(self, language: LanguageTag, hotwords: tuple[str, ...]) -> CountingStream:
            return Loop()

    [reading] = a_reader(LoopingMachine()).read([whole(2)])

    assert reading.text == ""
    assert reading.fault in ("repeats", "compresses", "too_dense")
