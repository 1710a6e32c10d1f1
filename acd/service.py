"""Listen for facts, decide, and publish the decision when it changes."""

from dataclasses import replace

from acd.decide import decide
from acd.facts import RoutingFacts
from acd.policy import Policy
from bus.port import EventBus, Start
from domain.audio import Leg
from domain.events import (
    CallEnded,
    CallRouted,
    CallStarted,
    Event,
    KeyPressed,
    LanguageGuessed,
    UtteranceUnderstood,
)
from domain.ids import CallId
from domain.routing import RoutingDecision
from domain.understanding import Urgency

HEARD = (CallStarted, LanguageGuessed, UtteranceUnderstood, KeyPressed, CallEnded)


class RoutingService:
    """One snapshot per live call; all decisions of one process come from here, in the order of the facts."""

    def __init__(self, bus: EventBus, policy: Policy) -> None:
        self._bus = bus
        self._policy = policy
        self._facts: dict[CallId, RoutingFacts] = {}
        self._decided: dict[CallId, RoutingDecision] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with self._bus.subscribe(*HEARD, name="acd", start=Start.NOW) as heard:
            async for envelope in heard:
                await self._hear(envelope.event)

    async def _hear(self, event: Event) -> None:
        if isinstance(event, CallEnded):
            self._facts.pop(event.call_id, None)
            self._decided.pop(event.call_id, None)
            return
        known = self._facts.get(event.call_id)
        told = _tell(known, event)
        if told is None or told == known:
            return
        self._facts[event.call_id] = told
        await self._announce(event, told)

    async def _announce(self, event: Event, facts: RoutingFacts) -> None:
        decision = decide(facts, self._policy)
        before = self._decided.get(event.call_id)
        self._decided[event.call_id] = decision
        if before is None or before.rule_id != decision.rule_id:
            await self._bus.publish(
                CallRouted(
                    call_id=event.call_id, decision=decision, decided_at_ms=_moment_ms(event)
                )
            )


def _tell(facts: RoutingFacts | None, event: Event) -> RoutingFacts | None:
    """Put one event's fact on the table; None while the call's beginning was never heard."""
    if isinstance(event, CallStarted):
        return RoutingFacts(
            direction=event.info.direction, dialled_number=event.info.dialled_number
        )
    if facts is None:
        return None
    if isinstance(event, KeyPressed) and event.leg is Leg.CALLER:
        return replace(facts, key=event.key)
    if isinstance(event, LanguageGuessed) and event.leg is Leg.CALLER:
        return replace(
            facts,
            language=event.guess.language,
            language_percent=int(event.guess.probability * 100),
        )
    if isinstance(event, UtteranceUnderstood) and event.segment.leg is Leg.CALLER:
        return _with_understanding(facts, event)
    return facts


def _with_understanding(facts: RoutingFacts, event: UtteranceUnderstood) -> RoutingFacts:
    """An urgency once heard stays; a matter is replaced by a later one, never by silence."""
    urgency, category = facts.urgency, facts.category
    if event.urgency is not None and urgency != Urgency.URGENT:
        urgency = event.urgency.urgency.value
    if event.intent is not None:
        category = event.intent.topic_id.split(".")[0]
    return replace(facts, urgency=urgency, category=category)


def _moment_ms(event: Event) -> int:
    """When in the call the deciding fact was heard, by the leg's samples."""
    if isinstance(event, LanguageGuessed):
        return event.decided_at_ms
    if isinstance(event, UtteranceUnderstood):
        return event.segment.end_ms
    if isinstance(event, KeyPressed):
        return event.pressed_at_ms
    return 0
