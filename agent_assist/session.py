"""Listen to what was found and put the few things worth it on the agent's desk."""

import asyncio
from contextlib import suppress

from agent_assist.desks import Desks
from agent_assist.settings import AssistSettings
from agent_assist.suggestions import card_from, offer
from agent_assist.triggers import consider, release, release_at_ms
from bus.port import EventBus
from domain.envelope import Envelope
from domain.events import CallEnded, CallStarted, KnowledgeFound
from domain.ids import CallId
from domain.ports import Clock

LISTENER = "agent_assist"


class AssistService:
    """All calls in one loop, and a second loop that gives held cards their turn.

    A desk changes without waiting in between, so the two loops never see half a change.
    """

    def __init__(
        self, *, bus: EventBus, clock: Clock, settings: AssistSettings | None = None
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._settings = settings or AssistSettings()
        self._desks = Desks(self._settings)
        self._something_held = asyncio.Event()

    @property
    def calls(self) -> int:
        """How many calls are remembered."""
        return len(self._desks)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as room:
            room.create_task(self._listen(), name="agent_assist.listen")
            room.create_task(self._give_turns(), name="agent_assist.give_turns")

    async def _listen(self) -> None:
        kinds = (CallStarted, KnowledgeFound, CallEnded)
        async with self._bus.subscribe(*kinds, name=LISTENER) as envelopes:
            async for envelope in envelopes:
                await self.hear(envelope)

    async def hear(self, envelope: Envelope) -> None:
        """Take in one fact; public so that a test can speak it."""
        now_ms = self._clock.monotonic_ms()
        self._desks.forget_past(now_ms)
        match envelope.event:
            case CallStarted(call_id=call_id, info=info):
                bot = info.campaign_contact is not None
                self._desks.start(call_id, now_ms, machine_speaks=bot)
            case CallEnded(call_id=call_id):
                self._desks.end(call_id, now_ms)
            case KnowledgeFound() as found:
                await self._consider(found, now_ms)
            case _:
                pass

    async def release_due(self) -> None:
        """Show every held card whose turn has come; drop those that grew old."""
        for call_id in self._desks:
            await self._release(call_id, self._clock.monotonic_ms())

    async def _release(self, call_id: CallId, now_ms: int) -> None:
        desk = self._desks.peek(call_id)
        if desk is None:
            return
        changed, card = release(desk, now_ms, self._settings)
        self._desks.put(call_id, changed)
        if card is not None:
            await self._bus.publish(offer(call_id, card, now_ms))

    async def _consider(self, found: KnowledgeFound, now_ms: int) -> None:
        await self._release(found.call_id, now_ms)  # who waited longer goes first
        desk = self._desks.get(found.call_id, now_ms)
        card = card_from(found, now_ms, self._settings)
        if desk is None or card is None:
            return
        changed, shown = consider(desk, card, now_ms, self._settings)
        self._desks.put(found.call_id, changed)
        if changed.held is not None:
            self._something_held.set()
        if shown is not None:
            await self._bus.publish(offer(found.call_id, shown, now_ms))

    async def _give_turns(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_to_next_turn()):
                    await self._something_held.wait()
            self._something_held.clear()
            await self.release_due()

    def _seconds_to_next_turn(self) -> float | None:
        desks = (self._desks.peek(call_id) for call_id in self._desks)
        turns = [release_at_ms(desk, self._settings) for desk in desks if desk is not None]
        due = min((turn for turn in turns if turn is not None), default=None)
        return None if due is None else max(0.0, (due - self._clock.monotonic_ms()) / 1000)
