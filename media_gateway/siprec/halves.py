"""Bring the two halves of a call that is recorded as two into one conversation."""

import asyncio
import logging
from dataclasses import dataclass, field

from domain.audio import Leg
from domain.ids import CallId
from media_gateway.siprec.forks import ForkHalf

log = logging.getLogger(__name__)

BEGIN_S = 2.0  # from the first half's answer to its conversation; the second half usually comes in between
MOST = 10_000


@dataclass(slots=True)
class _Pair:
    """A conversation whose other half may come. ``legs`` are those it has."""

    legs: list[Leg] = field(default_factory=list)
    call_id: CallId | None = None
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """What a half is to be: its leg, and the conversation it goes into, None when it begins one."""

    leg: Leg
    joins: CallId | None = None


class Halves:
    """Halves that are live now, by what joins them."""

    def __init__(self) -> None:
        self._pairs: dict[str, _Pair] = {}

    async def match(self, half: ForkHalf, leg: Leg) -> Joining | None:
        """None when this half can be no part of a pair: both legs are there, or there are far too many pairs."""
        pair = self._pairs.get(half.key)
        if pair is None:
            if len(self._pairs) < MOST:
                self._pairs[half.key] = _Pair(legs=[half.leg or leg])
            return Joining(leg=half.leg or leg)
        taken = half.leg or _other(pair.legs[0])
        if taken in pair.legs:
            return None
        pair.legs.append(taken)
        try:
            async with asyncio.timeout(BEGIN_S):
                await pair.has_begun.wait()
        except TimeoutError:
            log.warning("a recording's other half never began; this half is a call of its own")
        return Joining(leg=taken, joins=pair.call_id)

    def begun(self, half: ForkHalf, call_id: CallId) -> None:
        pair = self._pairs.get(half.key)
        if pair is not None and pair.call_id is None:
            pair.call_id = call_id
            pair.has_begun.set()

    def over(self, half: ForkHalf, leg: Leg) -> None:
        """A half has ended; the pair is forgotten with its last."""
        pair = self._pairs.get(half.key)
        if pair is None:
            return
        if leg in pair.legs:
            pair.legs.remove(leg)
        if not pair.legs:
            pair.has_begun.set()
            del self._pairs[half.key]


def _other(leg: Leg) -> Leg:
    return Leg.AGENT if leg is Leg.CALLER else Leg.CALLER
