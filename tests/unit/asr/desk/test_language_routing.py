"""Each language is read by the engine that was named for it, and by the next one when that is lost."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from asr.desk.language_routing import LanguageRouting
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.ear.tape import Waveform
from asr.language.identification import Odds
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
    strain: float = 0.0
    languages: tuple[LanguageTag, ...] = (ZH, EN, KO)
    identifies_language: bool = True
    asked: list[str] = field(default_factory=list)

    async def odds(self, waveform: Waveform) -> Odds:
        self.asked.append("odds")
        return {self.heard_as: 0.9, EN: 0.1}

    async def sketch(self, ask: SketchAsk) -> str | None:
        self.asked.append("sketch")
        if self.is_lost:
            raise LOST
        return f"{self.engine}…"

    async def read(self, ask: ReadAsk) -> Reading:
        self.asked.append("read")
        if self.is_lost:
            raise LOST
        language, is_sure = ask.choose({})
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


async def test_the_last_engine_never_rests_and_its_loss_is_told() -> None:
    remote = ScriptedDesk("remote", is_lost=True)
    desk = routing(ScriptedDesk("whisper"), FakeClock(), zh=[remote])

    for _ in range(2):
        with pytest.raises(EngineError, match="cannot be reached"):
            await desk.read(an_ask())
    assert remote.asked == ["read", "read"]


async def test_sketches_follow_the_same_order() -> None:
    whisper, remote = ScriptedDesk("whisper"), ScriptedDesk("remote", is_lost=True)
    desk = routing(whisper, FakeClock(), zh=[remote, whisper])

    assert await desk.sketch(a_glimpse(ZH)) == "whisper…"
    assert await desk.sketch(a_glimpse(None)) == "whisper…"
    assert remote.asked == ["sketch"]


def test_the_strain_is_that_of_the_busiest() -> None:
    whisper, remote = ScriptedDesk("whisper", strain=0.2), ScriptedDesk("remote", strain=1.5)

    assert routing(whisper, FakeClock(), zh=[remote]).strain == 1.5
