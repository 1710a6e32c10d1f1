"""Each language is read by the engine that was named for it, and by the next one when that is lost."""

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pytest

from asr.desk.language_routing import LanguageRouting
from asr.desk.machine import NO_MACHINE
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.desk.reading_desk import UNREADABLE
from asr.ear.tape import Waveform
from asr.language.identification import LanguageOpinion, Odds
from asr.settings import LanguageSettings
from domain.errors import EngineError
from domain.language import EN, ZH, LanguageTag
from tests.fakes.clock import FakeClock

KO = LanguageTag("ko")
LOST = EngineError("asr.remote", "the server cannot be reached", retryable=True)


@dataclass
class ScriptedDesk:
    engine: str
    heard_as: LanguageTag = ZH
    is_lost: bool = False
    is_busy: bool = False
    loss: EngineError = LOST
    strain: float = 0.0
    languages: tuple[LanguageTag, ...] = (ZH, EN, KO)
    identifies_language: bool = True
    asked: list[str] = field(default_factory=list)

    async def odds(self, waveform: Waveform) -> Odds:
        self.asked.append("odds")
        if self.is_busy:
            raise TimeoutError
        return {self.heard_as: 0.9, EN: 0.1}

    async def sketch(self, ask: SketchAsk) -> str | None:
        self.asked.append("sketch")
        if self.is_lost:
            raise self.loss
        return f"{self.engine}…"

    async def read(self, ask: ReadAsk) -> Reading:
        self.asked.append("read")
        if self.is_lost:
            raise self.loss
        language, is_sure = ask.choose({ZH: 0.5, EN: 0.5})
        return Reading(
            text=self.engine,
            language=language,
            is_sure_of_language=is_sure,
            odds={},
            engine=self.engine,
        )


def an_ask() -> ReadAsk:
    return ReadAsk(
        utterance="one",
        waveform=np.zeros(80_000, np.float32),
        speech_ms=5_000,
        choose=lambda odds: (max(odds, key=lambda tag: odds[tag]) if odds else ZH, True),
    )


def a_glimpse(language: LanguageTag | None) -> SketchAsk:
    return SketchAsk(
        utterance="one", waveform=np.zeros(8_000, np.float32), speech_ms=500, language=language
    )


def routing(
    whisper: ScriptedDesk, clock: FakeClock, **orders: list[ScriptedDesk]
) -> LanguageRouting:
    return LanguageRouting(
        identifier=whisper,
        orders={LanguageTag(tag): order for tag, order in orders.items()},
        clock=clock,
        rest_ms=30_000,
    )


async def test_a_language_goes_to_its_engine_and_keeps_the_odds_it_was_chosen_by() -> None:
    whisper, vosk = ScriptedDesk("whisper", heard_as=KO), ScriptedDesk("vosk")

    reading = await routing(whisper, FakeClock(), ko=[vosk, whisper]).read(an_ask())

    assert (reading.engine, reading.language, reading.odds) == ("vosk", KO, {KO: 0.9, EN: 0.1})
    assert whisper.asked == ["odds"]


async def test_a_language_nobody_was_named_for_is_read_by_the_one_who_identifies() -> None:
    whisper, vosk = ScriptedDesk("whisper"), ScriptedDesk("vosk")

    reading = await routing(whisper, FakeClock(), ko=[vosk]).read(an_ask())

    assert (reading.engine, vosk.asked) == ("whisper", [])


async def test_the_next_engine_reads_when_the_first_is_lost_which_then_rests() -> None:
    clock = FakeClock()
    whisper, remote = ScriptedDesk("whisper"), ScriptedDesk("remote", is_lost=True)
    desk = routing(whisper, clock, zh=[remote, whisper])

    assert [(await desk.read(an_ask())).engine for _ in range(3)] == ["whisper"] * 3
    assert remote.asked == ["read"]

    clock.advance(30_001)
    remote.is_lost = False
    assert (await desk.read(an_ask())).engine == "remote"


async def test_who_rests_is_asked_before_an_utterance_is_given_up() -> None:
    vosk, remote = ScriptedDesk("vosk"), ScriptedDesk("remote", is_lost=True)
    desk = routing(ScriptedDesk("whisper"), FakeClock(), zh=[remote, vosk])

    await desk.read(an_ask())
    vosk.is_lost, remote.is_lost = True, False

    assert (await desk.read(an_ask())).engine == "remote"


async def test_when_all_are_lost_that_is_told_and_all_are_asked_again_next_time() -> None:
    remote, vosk = ScriptedDesk("remote", is_lost=True), ScriptedDesk("vosk", is_lost=True)
    desk = routing(ScriptedDesk("whisper"), FakeClock(), zh=[remote, vosk])

    for _ in range(2):
        with pytest.raises(EngineError, match="cannot be reached"):
            await desk.read(an_ask())
    assert (remote.asked, vosk.asked) == (["read"] * 2,) * 2


async def test_the_loss_of_one_languages_machine_concerns_its_utterances_and_not_the_leg() -> None:
    vosk = ScriptedDesk("vosk", is_lost=True)
    vosk.loss = EngineError(NO_MACHINE, "no recogniser can be had", retryable=True)

    with pytest.raises(EngineError, match="nobody can read zh now; no recogniser") as lost:
        await routing(ScriptedDesk("whisper"), FakeClock(), zh=[vosk]).read(an_ask())

    assert lost.value.code == UNREADABLE


async def test_two_machines_of_one_name_do_not_rest_for_each_other() -> None:
    one, other = ScriptedDesk("model", is_lost=True), ScriptedDesk("model")
    desk = routing(ScriptedDesk("whisper"), FakeClock(), zh=[one, other, ScriptedDesk("last")])

    assert [(await desk.read(an_ask())).engine for _ in range(2)] == ["model"] * 2
    assert other.asked == ["read"] * 2


async def test_a_leg_of_a_known_language_keeps_its_reader_when_there_is_no_time_for_a_look() -> (
    None
):
    whisper, vosk = ScriptedDesk("whisper", is_busy=True), ScriptedDesk("vosk")
    known = LanguageOpinion(settings=LanguageSettings(), decided=KO)
    ask = replace(an_ask(), choose=partial(known.language_for, speech_ms=5_000))

    reading = await routing(whisper, FakeClock(), ko=[vosk]).read(ask)

    assert (reading.engine, reading.language, whisper.asked) == ("vosk", KO, ["odds"])


async def test_an_unknown_leg_is_read_by_who_identifies_when_there_is_no_time_for_a_look() -> None:
    whisper, vosk = ScriptedDesk("whisper", is_busy=True), ScriptedDesk("vosk")
    unknown = LanguageOpinion(settings=LanguageSettings())
    ask = replace(an_ask(), choose=partial(unknown.language_for, speech_ms=5_000))

    await routing(whisper, FakeClock(), ko=[vosk]).read(ask)

    assert (whisper.asked, vosk.asked) == (["odds", "read"], [])


async def test_sketches_follow_the_same_order() -> None:
    whisper, remote = ScriptedDesk("whisper"), ScriptedDesk("remote", is_lost=True)
    desk = routing(whisper, FakeClock(), zh=[remote, whisper])

    assert await desk.sketch(a_glimpse(ZH)) == "whisper…"
    assert await desk.sketch(a_glimpse(None)) == "whisper…"
    assert remote.asked == ["sketch"]


def test_the_strain_is_that_of_the_busiest() -> None:
    whisper, remote = ScriptedDesk("whisper", strain=0.2), ScriptedDesk("remote", strain=1.5)

    assert routing(whisper, FakeClock(), zh=[remote]).strain == 1.5
