import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.audio import Leg
from domain.errors import EngineError
from domain.events import KnowledgeFound, UtteranceUnderstood
from domain.ids import CallId, SegmentId
from domain.knowledge import Hit
from domain.language import EN, LanguageTag
from domain.transcript import TranscriptSegment
from domain.understanding import Intent
from kb_retrieval.session import KnowledgeService
from tests.fakes.bus import FakeBus
from tests.fakes.knowledge import a_hit

CALL = CallId("call-1")


class ScriptedSearch:
    """Finds the lost card for everything but "nothing", and breaks on "break"."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, LanguageTag | None, str | None]] = []

    async def search(
        self,
        question: str,
        *,
        language: LanguageTag | None = None,
        topic_id: str | None = None,
        limit: int = 5,
    ) -> list[Hit]:
        self.asked.append((question, language, topic_id))
        if question == "break":
            raise EngineError("kb_retrieval.lost", "gone", retryable=True)
        return [] if question == "nothing" else [a_hit()]


def understood(question: str | None, *, topic_id: str | None = None) -> UtteranceUnderstood:
    return UtteranceUnderstood(
        call_id=CALL,
        segment=TranscriptSegment(
            call_id=CALL,
            leg=Leg.CALLER,
            segment_id=SegmentId("s1"),
            revision=2,
            is_final=True,
            start_ms=0,
            end_ms=900,
            text="I lost my card",
            language=EN,
            engine="fake",
        ),
        intent=Intent(topic_id=topic_id, title_zh="", title_en="", confidence=0.8)
        if topic_id
        else None,
        urgency=None,
        entities=(),
        question=question,
        heard_at_ms=1_234,
    )


@asynccontextmanager
async def at_work(bus: FakeBus, search: ScriptedSearch) -> AsyncIterator[None]:
    service = KnowledgeService(bus=bus, search=search)  # type: ignore[arg-type]
    with suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as room:
            task = room.create_task(service.run())
            await asyncio.sleep(0.01)
            yield
            task.cancel()


async def test_a_question_is_answered_with_what_was_found() -> None:
    bus, search = FakeBus(), ScriptedSearch()

    async with at_work(bus, search):
        await bus.publish(understood("lost card", topic_id="social_security.card_lost"))
        (found,) = await bus.until(KnowledgeFound)

    assert search.asked == [("lost card", EN, "social_security.card_lost")]
    assert found.segment_id == "s1"
    assert found.question == "lost card"
    assert found.hits == (a_hit(),)


async def test_the_moment_the_caller_was_heard_is_carried_on() -> None:
    bus = FakeBus()

    async with at_work(bus, ScriptedSearch()):
        await bus.publish(understood("lost card"))
        (found,) = await bus.until(KnowledgeFound)

    assert found.heard_at_ms == 1_234


async def test_an_utterance_without_a_question_is_not_looked_up() -> None:
    bus, search = FakeBus(), ScriptedSearch()

    async with at_work(bus, search):
        await bus.publish(understood(None))
        await bus.publish(understood("nothing"))
        await bus.publish(understood("lost card"))
        found = await bus.until(KnowledgeFound)

    assert [question for question, _, _ in search.asked] == ["nothing", "lost card"]
    assert len(found) == 1


async def test_a_lost_embedder_costs_one_answer_and_not_the_room() -> None:
    bus = FakeBus()

    async with at_work(bus, ScriptedSearch()):
        await bus.publish(understood("break"))
        await bus.publish(understood("lost card"))
        (found,) = await bus.until(KnowledgeFound)

    assert found.question == "lost card"
