"""Listen for questions and say which passages were found for them."""

import logging

from bus.port import EventBus
from domain.errors import EngineError
from domain.events import KnowledgeFound, UtteranceUnderstood
from kb_retrieval.search import Search

log = logging.getLogger(__name__)

LISTENER = "kb_retrieval"


class KnowledgeService:
    """One loop for all calls: a search takes tens of milliseconds, and facts wait in the log meanwhile."""

    def __init__(self, *, bus: EventBus, search: Search, limit: int = 5) -> None:
        self._bus = bus
        self._search = search
        self._limit = limit

    async def run(self) -> None:
        """Until cancelled. A question that comes twice is answered twice; its hits are the same."""
        async with self._bus.subscribe(UtteranceUnderstood, name=LISTENER) as envelopes:
            async for envelope in envelopes:
                if isinstance(envelope.event, UtteranceUnderstood):
                    await self._answer(envelope.event)

    async def _answer(self, understood: UtteranceUnderstood) -> None:
        if understood.question is None:
            return
        try:
            hits = await self._search.search(
                understood.question,
                language=understood.segment.language,
                topic_id=understood.intent.topic_id if understood.intent else None,
                limit=self._limit,
            )
        except EngineError as lost:
            log.error(
                "no knowledge for this utterance: the embedder failed",
                extra={"code": lost.code, "call_id": understood.call_id},
            )
            return
        if hits:
            await self._bus.publish(
                KnowledgeFound(
                    call_id=understood.call_id,
                    segment_id=understood.segment.segment_id,
                    question=understood.question,
                    hits=tuple(hits),
                    heard_at_ms=understood.heard_at_ms,
                )
            )
