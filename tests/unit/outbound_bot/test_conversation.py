"""The transcript of the bot holds what was really played."""

import asyncio

from domain.audio import Leg, Speech
from domain.events import TranscriptFinalised
from domain.ids import CallId, CampaignId, ContactId
from domain.language import ZH
from domain.survey import DialOutcome, SurveyAnswer
from outbound_bot.answer_reader import AnswerReader
from outbound_bot.conversation import Conversation, Talk
from outbound_bot.dialogue import Dialogue
from outbound_bot.ear import EAR_HEARS
from outbound_bot.script import Script
from outbound_bot.settings import OutboundSettings
from tests.fakes.bus import FakeBus
from tests.fakes.called_people import HANG_UP, CalledPeople
from tests.fakes.clock import FakeClock
from tests.fakes.voice import FakeVoice

CALL = CallId("call-1")
NUMBER = "sim:x"
QUICK = OutboundSettings(silence_ms=30, settle_ms=10, words_wait_ms=50, goodbye_wait_ms=100)


class TimedPeople(CalledPeople):
    """Playing takes as long as the speech, on the test's clock; ``cut`` ends one text half-way by talking into it."""

    def __init__(self, *, clock: FakeClock, cut: str | None, **more: object) -> None:
        super().__init__(clock=clock, **more)  # type: ignore[arg-type]  # passed on as they came
        self.time = clock
        self.cut = cut

    async def play(self, call_id: CallId, speech: Speech) -> None:
        text = self._voice.text_of(speech)
        if text == self.cut:
            self.cut = None
            self.time.advance(speech.duration_ms // 2)
            await self.say(call_id, "可以可以")
            await asyncio.sleep(0.005)
            return
        await super().play(call_id, speech)
        self.time.advance(speech.duration_ms)


async def hold(
    script: Script, reader: AnswerReader, *replies: str, cut: str | None = None
) -> tuple[DialOutcome, list[TranscriptFinalised], list[SurveyAnswer]]:
    clock = FakeClock()
    bus = FakeBus(clock=clock)
    voice = FakeVoice(ms_per_character=10)
    people = TimedPeople(clock=clock, cut=cut, bus=bus, voice=voice, replies={NUMBER: replies})
    kept: list[SurveyAnswer] = []

    async def keep(answer: SurveyAnswer) -> None:
        kept.append(answer)

    conversation = Conversation(
        talk=Talk(
            call_id=CALL,
            campaign_id=CampaignId("k"),
            contact_id=ContactId("c"),
            language=ZH,
        ),
        dialogue=Dialogue(script, ZH, reader),
        bus=bus,
        live_calls=people,
        voice=voice,
        clock=clock,
        settings=QUICK,
        keep_answer=keep,
    )
    people.expect(CALL)
    async with bus.subscribe(*EAR_HEARS, name=None) as envelopes, asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(people.run())
        outcome = await conversation.hold(
            envelopes, lambda: people.place_call(CALL, NUMBER, campaign_contact="k/c")
        )
        answering.cancel()
    spoken = [event for event in bus.of(TranscriptFinalised) if event.segment.leg is Leg.BOT]
    return outcome, spoken, kept


async def test_every_line_played_is_in_the_transcript_where_it_was_played(
    script: Script, reader: AnswerReader
) -> None:
    outcome, spoken, kept = await hold(script, reader, "可以", "联系过", "解决了", "满意")

    assert outcome is DialOutcome.COMPLETED
    assert [event.segment.text for event in spoken][:2] == [
        script.prompts.disclosure[ZH],
        script.prompts.consent[ZH],
    ]
    assert {(event.segment.engine, event.stages) for event in spoken} == {("script", None)}
    first, second = (event.segment for event in spoken[:2])
    assert (first.start_ms, first.end_ms) == (0, 10 * len(first.text))
    assert second.start_ms >= first.end_ms
    assert [answer.value for answer in kept] == ["yes", "yes", "yes"]


async def test_a_line_that_was_talked_into_is_in_the_transcript_up_to_there(
    script: Script, reader: AnswerReader
) -> None:
    consent = script.prompts.consent[ZH]

    outcome, spoken, _ = await hold(script, reader, "联系过", "解决了", "满意", cut=consent)

    assert outcome is DialOutcome.COMPLETED
    heard = spoken[1].segment.text
    assert consent.startswith(heard)
    assert len(heard) == len(consent) // 2


async def test_who_hangs_up_during_a_prompt_has_not_been_told_the_rest(
    script: Script, reader: AnswerReader
) -> None:
    outcome, spoken, kept = await hold(script, reader, HANG_UP)

    assert outcome is DialOutcome.HUNG_UP
    assert script.prompts.closing[ZH] not in [event.segment.text for event in spoken]
    assert kept == []
