"""Keep the search index in step with what was said."""

from bus.port import EventBus, Start
from domain.events import TranscriptFinalised
from domain.ports import TranscriptIndex


class IndexingService:
    """Adding a line twice leaves one, so a restart may repeat the last fact."""

    def __init__(self, *, bus: EventBus, index: TranscriptIndex) -> None:
        self._bus = bus
        self._index = index

    async def run(self) -> None:
        """Until cancelled. Begins with the first fact ever, so that a new index fills itself."""
        async with self._bus.subscribe(
            TranscriptFinalised, name="quality", start=Start.BEGINNING
        ) as facts:
            async for envelope in facts:
                if isinstance(envelope.event, TranscriptFinalised):
                    await self._index.add(envelope.event.segment, envelope.occurred_at)
