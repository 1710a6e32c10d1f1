"""The process that recognises speech is stopped in the middle of calls: its calls go on from what was kept of their sound."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.clock import SystemClock
from asr import LegTranscriber
from asr.desk.batching import open_desk
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, WorkshopSettings
from asr.workshop.workshop import Workshop, open_workshop
from bus.port import EventBus
from domain.audio import Leg
from domain.call import EndReason
from domain.envelope import Envelope
from domain.events import Event, RecordingGapMarked, TranscriptFinalised
from domain.ids import CallId
from tests.fakes.bus import FakeBus
from tests.fakes.sound import frames_of, silence
from tests.fakes.troubled_reader import WORDS, load_troubled
from tests.fakes.utterance_reader import LoudnessDetection
from tests.fakes.voiced import voiced
from tests.faults.house import fault_house
from tests.faults.talks import talking, undisturbed
from tests.faults.wires import AUDIO_FORK

QUICK = WorkshopSettings(still_s=0, deadline_s=1.0, deadline_per_sound=0.1, pause_s=0.01)
PAUSE = silence(1_200)
TALK = PAUSE + PAUSE.join(voiced(1_000, hz=hz) for hz in WORDS) + PAUSE
LEGS = [(CallId("one"), Leg.CALLER), (CallId("one"), Leg.AGENT), (CallId("two"), Leg.CALLER)]


@asynccontextmanager
async def recognition(bus: EventBus) -> AsyncIterator[tuple[LegTranscriber, Workshop]]:
    clock = SystemClock()
    async with (
        open_workshop(load_troubled, workers=1, threads=1, clock=clock, settings=QUICK) as workshop,
        open_desk(workshop, clock=clock, settings=QUICK) as desk,
    ):
        equipment = Equipment(
            desk=desk, detection=LoudnessDetection(), clock=clock, settings=AsrSettings()
        )
        yield LegTranscriber(recogniser=UtteranceRecogniser(equipment), bus=bus), workshop


class StoppingBus(FakeBus):
    """Stops the machine at the first final."""

    workshop: Workshop | None = None

    async def publish(self, event: Event, /) -> Envelope:
        if isinstance(event, TranscriptFinalised) and self.workshop is not None:
            os.kill(self.workshop.pids[0], signal.SIGSTOP)
            self.workshop = None
        return await super().publish(event)


async def test_a_stopped_machine_costs_no_leg_a_single_utterance() -> None:
    bus = StoppingBus()

    async with recognition(bus) as (transcriber, workshop), asyncio.TaskGroup() as legs:
        bus.workshop = workshop
        for call_id, leg in LEGS:
            sound = frames_of(TALK, call_id=call_id, leg=leg)
            legs.create_task(transcriber.listen(call_id, leg, sound))

    finals = bus.of(TranscriptFinalised)
    for call_id, leg in LEGS:
        own = [f.segment for f in finals if (f.call_id, f.segment.leg) == (call_id, leg)]
        assert [segment.text for segment in own] == [*WORDS.values()]
    assert workshop.counters.hung == 1
    assert bus.of(RecordingGapMarked) == []


async def test_a_call_does_not_notice_that_the_machine_is_stopped() -> None:
    bus = FakeBus(clock=SystemClock())

    async with (
        recognition(bus) as (transcriber, workshop),
        fault_house(listeners={"asr": transcriber}, bus=bus) as house,
    ):
        async with undisturbed(house), talking(house, AUDIO_FORK) as talk:
            os.kill(workshop.pids[0], signal.SIGSTOP)
            await talk.is_heard()
        ended = await talk.ended()

    assert (ended.reason, ended.detail) == (EndReason.HUNG_UP, None)
    assert talk.kept() == talk.sound
    assert house.gaps(talk.call_id, "asr") == []
