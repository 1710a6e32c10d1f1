"""Keep the line before the machines: who goes next, and who goes with them."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from asr.desk.reading import ReadAsk, SketchAsk
from asr.ear.resampling import RATE_HZ
from asr.ear.tape import Waveform
from models.pool import Priority

Ask = ReadAsk | SketchAsk | Waveform

_SHORT_SAMPLES = 4 * RATE_HZ  # below this all lengths cost a machine much the same


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One ask in the line. ``failures`` counts the batches that broke with it in them.

    ``turn`` is its place among the legs: the second ask of one leg comes after the first of every other.
    """

    urgency: Priority
    ask: Ask
    answer: "asyncio.Future[object]"
    since_ms: int = 0
    failures: int = 0
    turn: int = field(default=0, init=False)
    arrival: int = field(default=0, init=False)

    @property
    def utterance(self) -> str | None:
        return self.ask.utterance if isinstance(self.ask, ReadAsk | SketchAsk) else None

    @property
    def leg(self) -> str:
        """The part of the utterance's name that all utterances of one leg share; empty when nobody says."""
        return (self.utterance or "").rpartition("-")[0]

    @property
    def samples(self) -> int:
        return len(self.ask.waveform if isinstance(self.ask, ReadAsk | SketchAsk) else self.ask)

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Most urgent first, then what waits for its second try, then leg by leg, then by arrival."""
        return (self.urgency, -self.failures, self.turn, self.arrival)


class Line:
    """Tickets that wait. It belongs to one event loop and never waits itself.

    Legs take turns by start-time fair queueing (Goyal, Vin and Cheng 1996), each ask being one unit of work. The
    utterances of one leg share the part of their name before the last dash.
    """

    def __init__(self, *, alike: float) -> None:
        """``alike``: the least ratio between the shortest and the longest of a batch."""
        self._alike = alike
        self._waiting: list[Ticket] = []
        self._turn = 0
        self._arrivals = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def count(self, urgency: Priority) -> int:
        return sum(ticket.urgency == urgency for ticket in self._waiting)

    def join(self, ticket: Ticket) -> None:
        ticket.turn = max(self._turn, self._next_turn(ticket.leg))
        self._arrivals += 1
        ticket.arrival = self._arrivals
        self._waiting.append(ticket)

    def rejoin(self, ticket: Ticket) -> None:
        """Go back to where it stood: its batch broke."""
        self._waiting.append(ticket)

    def leave(self, ticket: Ticket) -> None:
        if ticket in self._waiting:
            self._waiting.remove(ticket)

    def sketches_of(self, utterance: str) -> list[Ticket]:
        """The unfinished readings of an utterance that wait."""
        return [
            ticket
            for ticket in self._waiting
            if ticket.urgency == Priority.PARTIAL and ticket.utterance == utterance
        ]

    def take(self, most: Mapping[Priority, int]) -> list[Ticket]:
        """The most urgent ask, and with it others of its kind and about its length; empty when nobody waits.

        ``most`` says how many of a kind go together. What broke a batch goes alone.
        """
        ordered = sorted(self._waiting, key=lambda ticket: ticket.place)
        if not ordered:
            return []
        head, *rest = ordered
        batch = [head]
        if not head.failures:
            batch += self._mates(head, rest, most[head.urgency] - 1)
        self._waiting = [ticket for ticket in ordered if ticket not in batch]
        self._turn = max(self._turn, head.turn)
        return batch

    def _mates(self, head: Ticket, rest: list[Ticket], most: int) -> list[Ticket]:
        return list(islice(self._fitting(head, rest), most))

    def _fitting(self, head: Ticket, rest: list[Ticket]) -> Iterator[Ticket]:
        shortest = longest = _cost(head)
        for ticket in rest:
            if ticket.urgency != head.urgency or ticket.failures:
                continue
            low, high = min(shortest, _cost(ticket)), max(longest, _cost(ticket))
            if low >= self._alike * high:
                shortest, longest = low, high
                yield ticket

    def _next_turn(self, leg: str) -> int:
        """One after the last ask of this leg that waits."""
        return max((t.turn + 1 for t in self._waiting if leg and t.leg == leg), default=0)


def _cost(ticket: Ticket) -> int:
    return max(ticket.samples, _SHORT_SAMPLES)
