"""Every final utterance of a person is understood once, in order, and a finished call is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.audio import Leg
from domain.call import CallInfo, Direction, EndReason
from domain.events import (
    CallEnded,
    CallStarted,
    LegTranscribed,
    TranscriptFinalised,
    UtteranceUnderstood,
)
from domain.ids import CallId, SegmentId
from domain.language import ZH
from domain.stages import Stages
from domain.transcript import TranscriptSegment
from domain.understanding import EntityKind, Urgency
from nlu import NluSettings, UnderstandingService, load_taxonomy
from nlu.urgency import load_urgency_signs
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.intent_reader import KeywordIntentReader

CALL = CallId("call-1")
SETTINGS = NluSettings(remembered_calls=2)
STAGES = Stages(onset_heard_ms=10, speech_end_heard_ms=1_500, first_partial_ms=None, final_ms=1_900)
WORDS = {
    "社保卡": "social_security.card_apply",
    "丢了": "social_security.card_lost",
    "你好": "talk.greeting",
    "着火": "emergency.fire",
    "那个卡 在车上丢啦": "social_security.card_lost",
}


class House:
    """A bus, the service on it, and a way to speak."""

    def __init__(self) -> None:
        self.clock = FakeClock(datetime(2026, 11, 21, 16, 30, tzinfo=UTC))  # the 22nd in Beijing
        self.bus = FakeBus(clock=self.clock)
        taxonomy = load_taxonomy(SETTINGS.taxonomy)
        self.reader = KeywordIntentReader(taxonomy, WORDS)
        signs = load_urgency_signs(SETTINGS.urgency_signs)
        self.service = UnderstandingService(self.bus, self.reader, signs, SETTINGS)
        self.spoken = 0
        self.answered = 0

    def segment(
        self, text: str, *, leg: Leg = Leg.CALLER, call_id: CallId = CALL
    ) -> TranscriptSegment:
        self.spoken += 1
        return TranscriptSegment(
            call_id=call_id,
            leg=leg,
            segment_id=SegmentId(f"{call_id}-{leg}-{self.spoken}"),
            revision=1,
            is_final=True,
            start_ms=self.spoken * 2_000,
            end_ms=self.spoken * 2_000 + 1_500,
            text=text,
            language=ZH,
            engine="test",
        )

    async def say(
        self, text: str, *, leg: Leg = Leg.CALLER, call_id: CallId = CALL
    ) -> UtteranceUnderstood:
        segment = self.segment(text, leg=leg, call_id=call_id)
        await self.bus.publish(TranscriptFinalised(call_id=call_id, segment=segment, stages=STAGES))
        self.answered += 1
        return (await self.bus.until(UtteranceUnderstood, count=self.answered))[-1]


@asynccontextmanager
async def living() -> AsyncIterator[House]:
    house = House()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(house.service.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        yield house
        task.cancel()


async def test_a_matter_is_named_and_becomes_the_question() -> None:
    async with living() as house:
        understood = await house.say("我想办社保卡")

    assert understood.intent is not None
    assert understood.intent.topic_id == "social_security.card_apply"
    assert understood.intent.title_zh == "社保卡申领"
    assert understood.question == "我想办社保卡"
    assert understood.heard_at_ms == STAGES.speech_end_heard_ms


async def test_a_matter_broken_over_two_breaths_is_read_in_the_window() -> None:
    async with living() as house:
        await house.say("怎么我那个卡")
        understood = await house.say("在车上丢啦")

    assert understood.intent is not None
    assert understood.intent.topic_id == "social_security.card_lost"
    assert understood.question == "怎么我那个卡 在车上丢啦"


async def test_an_answer_to_our_survey_is_no_new_matter() -> None:
    survey = CallInfo(
        call_id=CALL, direction=Direction.OUTBOUND, wire="jambonz", campaign_contact="campaign/c1"
    )
    async with living() as house:
        await house.bus.publish(CallStarted(call_id=CALL, info=survey))
        understood = await house.say("社保卡丢了,还没有解决")

    assert (understood.intent, understood.question) == (None, None)


async def test_a_greeting_is_neither_a_matter_nor_a_question() -> None:
    async with living() as house:
        understood = await house.say("你好 可以咨询吗")

    assert (understood.intent, understood.question) == (None, None)


async def test_a_backchannel_never_reaches_the_machine() -> None:
    async with living() as house:
        understood = await house.say("嗯嗯")

        assert house.reader.texts_seen == []
    assert (understood.intent, understood.question) == (None, None)


async def test_an_agents_words_give_entities_and_nothing_else() -> None:
    async with living() as house:
        understood = await house.say("您的社保卡着火了吗 电话是13800138000对吗", leg=Leg.AGENT)

    assert [e.kind for e in understood.entities] == [EntityKind.PHONE]
    assert (understood.intent, understood.urgency, understood.question) == (None, None, None)


async def test_the_bot_is_not_understood_because_it_is_not_a_person() -> None:
    async with living() as house:
        bot = house.segment("您的社保卡问题解决了吗", leg=Leg.BOT)
        await house.bus.publish(TranscriptFinalised(call_id=CALL, segment=bot))
        await house.say("解决了")

    assert [u.segment.leg for u in house.bus.of(UtteranceUnderstood)] == [Leg.CALLER]


async def test_urgency_and_entities_carry_their_words() -> None:
    async with living() as house:
        understood = await house.say("昨天社保卡丢了 很急 打13800138000")

    text = understood.segment.text
    assert understood.urgency is not None
    assert understood.urgency.urgency is Urgency.PRESSING
    assert all(text[e.start_char : e.end_char] == e.text for e in understood.entities)
    assert {e.kind: e.value for e in understood.entities} == {
        EntityKind.TIME: "2026-11-21",  # the day before the caller's day, not before the server's
        EntityKind.PHONE: "+8613800138000",
    }


async def test_a_lost_machine_still_lets_numbers_and_urgency_through() -> None:
    async with living() as house:
        house.reader.lost = True
        understood = await house.say("着火了 电话13800138000")

    assert understood.intent is None
    assert understood.urgency is not None
    assert len(understood.entities) == 1


async def test_the_order_of_words_is_the_order_of_understandings() -> None:
    async with living() as house:
        said = [house.segment(f"我想办社保卡 第{n}次") for n in range(5)]
        for segment in said:
            await house.bus.publish(TranscriptFinalised(call_id=CALL, segment=segment))
        await house.bus.until(UtteranceUnderstood, count=5)

    assert [u.segment.segment_id for u in house.bus.of(UtteranceUnderstood)] == [
        s.segment_id for s in said
    ]


async def test_two_callers_never_share_a_window() -> None:
    async with living() as house:
        await house.say("我那个社保卡")
        await house.say("怎么办", call_id=CallId("call-2"))

    assert "我那个社保卡 怎么办" not in house.reader.texts_seen


@pytest.mark.parametrize("ended_first", [True, False])
async def test_a_call_is_forgotten_when_it_is_over_and_all_words_are_in(ended_first: bool) -> None:
    ended = CallEnded(call_id=CALL, reason=EndReason.HUNG_UP, duration_ms=9_000)
    transcribed = LegTranscribed(call_id=CALL, leg=Leg.CALLER, speech_ms=1_500)
    first, second = (ended, transcribed) if ended_first else (transcribed, ended)
    async with living() as house:
        await house.say("我想办社保卡")
        await house.bus.publish(first)
        await house.say("还有一句", leg=Leg.AGENT)
        assert house.service.remembered_calls == 1
        await house.bus.publish(second)
        await house.say("完了", leg=Leg.AGENT)

        assert house.service.remembered_calls == 0


async def test_lost_endings_cannot_fill_the_memory() -> None:
    async with living() as house:
        for n in range(5):
            await house.say("我想办社保卡", call_id=CallId(f"call-{n}"))

        assert house.service.remembered_calls == SETTINGS.remembered_calls


async def test_the_same_words_twice_are_one_piece_of_the_window() -> None:
    async with living() as house:
        segment = house.segment("我那个社保卡")
        for _ in range(2):
            await house.bus.publish(TranscriptFinalised(call_id=CALL, segment=segment))
        await house.bus.until(UtteranceUnderstood, count=2)

    assert set(house.reader.texts_seen) == {"我那个社保卡"}


async def test_an_empty_final_says_nothing() -> None:
    async with living() as house:
        empty = replace(house.segment("x"), text="  ")
        await house.bus.publish(TranscriptFinalised(call_id=CALL, segment=empty))
        understood = await house.say("我想办社保卡")

    assert house.bus.of(UtteranceUnderstood) == [understood]


async def test_an_emergency_that_is_denied_is_none() -> None:
    async with living() as house:
        denied = await house.say("我家没有着火")
        assert house.service.remembered_calls == 0
        real = await house.say("我家着火了")

    assert (denied.intent, denied.urgency) == (None, None)
    assert real.intent is not None
    assert real.intent.topic_id == "emergency.fire"
