"""Hand each wire the words of its own call as they are recognised, from one ear at the corridor for all of them."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from bus.port import EventBus, Lag
from domain.events import Event, LegTranscribed, TranscriptFinalised, TranscriptRevised
from domain.ids import CallId

log = logging.getLogger(__name__)

RETRY_S = 1.0

TranscriptFact = TranscriptRevised | TranscriptFinalised | LegTranscribed
TakeFact = Callable[[TranscriptFact], None]


class TranscriptSource(Protocol):
    """Where a wire that sends words back gets them."""

    def follow(self, call_id: CallId, take: TakeFact) -> AbstractContextManager[None]:
        """Call ``take`` with every revision, final and leg's end of one call; it must return at once and not raise."""
        ...


class BusTranscripts:
    """A ``TranscriptSource`` with one subscription for every call of the process."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._followers: dict[CallId, list[TakeFact]] = {}

    @contextmanager
    def follow(self, call_id: CallId, take: TakeFact) -> Iterator[None]:
        followers = self._followers.setdefault(call_id, [])
        followers.append(take)
        try:
            yield
        finally:
            followers.remove(take)
            if not followers:
                self._followers.pop(call_id, None)

    async def run(self) -> None:
        """Listen until cancelled; a corridor that fails is tried again, and calls only miss words meanwhile."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 — supervisor
                log.error("transcripts could not be followed", extra={"error": str(error)})
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        kinds = (TranscriptRevised, TranscriptFinalised, LegTranscribed)
        async with self._bus.subscribe(*kinds, name=None, lag=Lag.LATEST_PER_KEY) as said:
            async for envelope in said:
                self._hand_on(envelope.event)

    def _hand_on(self, event: Event) -> None:
        if not isinstance(event, TranscriptRevised | TranscriptFinalised | LegTranscribed):
            return
        for take in tuple(self._followers.get(event.call_id, ())):
            take(event)
