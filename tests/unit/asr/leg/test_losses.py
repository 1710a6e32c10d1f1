"""A leg outlives its machines; what nobody could read is marked."""

import pytest

from asr.desk.machine import NO_MACHINE
from asr.desk.reading import ReadAsk, Reading
from asr.ear.tape import Waveform
from domain.audio import Leg
from domain.errors import EngineError
from domain.passage import PassageKind
from domain.ports import PassageHeard, SegmentHeard
from tests.fakes.recognition import recogniser_over
from tests.fakes.sound import CALL, frames_of, silence
from tests.fakes.utterance_reader import ScriptedReader
from tests.fakes.voiced import voiced

PAUSE = silence(1_000)
SENTENCE = PAUSE + voiced(2_000) + PAUSE
WORDS = {440: "我的社保卡丢了怎么补办"}


class AwayReader(ScriptedReader):
    """Is not to be had for the first phrase, neither in its pause nor at its end."""

    away = 2

    def read_one(self, ask: ReadAsk) -> Reading:
        self.away -= 1
        if self.away >= 0:
            raise EngineError(NO_MACHINE, "no recogniser can be had", retryable=True)
        return super().read_one(ask)


class DeafDetection:
    def start(self) -> "DeafDetection":
        return self

    def probabilities(self, windows: Waveform) -> list[float]:
        raise EngineError("asr.vad_lost", "the speech detector failed on a window", retryable=True)


async def test_a_leg_outlives_its_machine_and_is_read_on_when_one_is_back() -> None:
    sound = frames_of(SENTENCE * 2 + silence(8_000))

    async with recogniser_over(AwayReader(WORDS)) as recogniser:
        heard = [item async for item in recogniser.listen(CALL, Leg.CALLER, sound)]

    (marked,) = [item for item in heard if isinstance(item, PassageHeard)]
    finals = [item.segment for item in heard if isinstance(item, SegmentHeard)]
    (final,) = [segment for segment in finals if segment.is_final and segment.text]
    assert marked.kind is PassageKind.UNREADABLE
    assert marked.start_ms < marked.end_ms < 4_000 < final.start_ms


async def test_what_breaks_a_leg_is_told_to_whoever_listens_and_leaves_the_rest_to_others() -> None:
    sound = frames_of(SENTENCE * 3)

    async with recogniser_over(ScriptedReader(WORDS), detection=DeafDetection()) as recogniser:
        with pytest.raises(EngineError) as lost:
            async for _ in recogniser.listen(CALL, Leg.CALLER, sound):
                pass

    assert lost.value.code == "asr.vad_lost"
    assert [piece async for piece in sound]
