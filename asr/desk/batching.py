"""Serve one line of asks with machines: the most urgent first, together what fits, and no more partials than there is time for."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil
from typing import cast

from asr.desk.line import Ask, Line, Ticket
from asr.desk.machine import NO_MACHINE, ReadingMachine
from asr.desk.reading import ReadAsk, Reading, SketchAsk
from asr.desk.reading_desk import UNREADABLE
from asr.desk.staff import beside
from asr.ear.tape import Waveform
from asr.language.identification import Odds
from asr.settings import WorkshopSettings
from domain.errors import EngineError
from domain.ports import Clock
from models.pool import Priority

log = logging.getLogger(__name__)

_TRIES = 2
_LOOK_WITHIN_S = 2.0  # a leg stands still while it waits, and is to be named within three seconds
_SUSPECTS = 256


@dataclass(slots=True, kw_only=True)
class DeskCounters:
    """What the desk did since it opened. ``waited_ms`` sums the time that ``asks_served`` stood in the line."""

    asks_served: int = 0
    batches: int = 0
    largest_batch: int = 0
    waited_ms: int = 0
    longest_wait_ms: int = 0
    partials_refused: int = 0
    partials_superseded: int = 0
    looks_refused: int = 0
    reads_retried: int = 0
    reads_unreadable: int = 0


class BatchingDesk:
    """A `ReadingDesk` before one `ReadingMachine`. It belongs to one event loop; `open_desk` makes it work.

    An idle machine starts at once with whoever asks; while it is busy the line grows, and with it the next batch. A
    batch that breaks is read again one by one, and an utterance that breaks the machine twice is told
    EngineError("asr.unreadable"), so that it cannot fail the others. Nothing but full readings is worth a second
    try, or the loss of a leg: a look that fails is told TimeoutError, a sketch None.
    """

    def __init__(
        self, machine: ReadingMachine, *, clock: Clock, settings: WorkshopSettings
    ) -> None:
        self._machine = machine
        self.engine = machine.engine
        self.languages = machine.languages
        self.identifies_language = machine.identifies_language
        self._clock = clock
        self._waiting_most = settings.partials_waiting
        self._most = {
            Priority.FINAL: settings.finals_together,
            Priority.LANGUAGE: settings.finals_together,
            Priority.PARTIAL: settings.partials_together,
        }
        self._line = Line(alike=settings.alike)
        self._bell = asyncio.Event()
        self._busy = 0
        self._is_open = True
        self._suspects: dict[str, None] = {}  # open utterances that were in a sketch that broke
        self.counters = DeskCounters()

    @property
    def waiting(self) -> int:
        """Asks in the line; those being worked on are not in it."""
        return len(self._line)

    @property
    def strain(self) -> float:
        """Workers at work and finals that wait, for each worker: 0 idle, 1 all busy, above 1 finals wait."""
        return (self._busy + self._line.count(Priority.FINAL)) / self._machine.workers

    async def odds(self, waveform: Waveform) -> Odds:
        """Raises TimeoutError when finals wait, when nobody answers in time, and when the machine breaks at it."""
        try:
            if self._line.count(Priority.FINAL) and self._is_full:
                raise _no_look()
            async with asyncio.timeout(_LOOK_WITHIN_S):
                return cast(Odds, await self._answer(Priority.LANGUAGE, waveform))
        except TimeoutError:
            self.counters.looks_refused += 1
            raise

    async def sketch(self, ask: SketchAsk) -> str | None:
        """A newer ask takes the place of one of the same utterance that still waits, which is answered None."""
        self._supersede(ask.utterance)
        if self._has_no_time_for(ask):
            self.counters.partials_refused += 1
            return None
        return cast("str | None", await self._answer(Priority.PARTIAL, ask))

    async def read(self, ask: ReadAsk) -> Reading:
        self._supersede(ask.utterance)
        try:
            return cast(Reading, await self._answer(Priority.FINAL, ask))
        finally:
            self._suspects.pop(ask.utterance, None)

    async def serve(self) -> None:
        """One worker's day, until cancelled."""
        while True:
            while not len(self._line):
                self._bell.clear()
                await self._bell.wait()
            batch = self._line.take(self._share())
            self._note(batch)
            self._busy += 1
            try:
                await self._work(batch)
            finally:
                self._busy -= 1

    def close(self) -> None:
        """Refuse who waits and who comes."""
        self._is_open = False
        while batch := self._line.take(self._most):
            for ticket in batch:
                _fail(ticket, _closed())

    async def _answer(self, urgency: Priority, ask: Ask) -> object:
        if not self._is_open:
            raise _closed()
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        ticket = Ticket(
            urgency=urgency, ask=ask, answer=answer, since_ms=self._clock.monotonic_ms()
        )
        self._line.join(ticket)
        self._bell.set()
        try:
            return await answer
        finally:
            self._line.leave(ticket)

    def _share(self) -> dict[Priority, int]:
        """How many of a kind one worker takes: no idle colleague goes without."""
        idle = self._machine.workers - self._busy
        return {
            kind: min(most, max(1, ceil(self._line.count(kind) / idle)))
            for kind, most in self._most.items()
        }

    @property
    def _is_full(self) -> bool:
        return self._busy >= self._machine.workers

    def _has_no_time_for(self, ask: SketchAsk) -> bool:
        if ask.utterance in self._suspects:
            return True
        partials, finals = self._line.count(Priority.PARTIAL), self._line.count(Priority.FINAL)
        return self._is_full and (finals > 0 or partials >= self._waiting_most)

    def _supersede(self, utterance: str) -> None:
        for ticket in self._line.sketches_of(utterance):
            self.counters.partials_superseded += 1
            self._line.leave(ticket)
            _give(ticket, None)

    async def _work(self, batch: Sequence[Ticket]) -> None:
        try:
            for ticket, answer in zip(batch, await self._ask_machine(batch), strict=True):
                _give(ticket, answer)
        except asyncio.CancelledError:
            for ticket in batch:
                _fail(ticket, _closed())
            raise
        except EngineError as failure:
            self._take_back(batch, failure)
        except Exception as bug:
            log.exception("a machine failed on a batch")
            self._take_back(batch, _failed(bug))

    async def _ask_machine(self, batch: Sequence[Ticket]) -> Sequence[object]:
        asks = [ticket.ask for ticket in batch]
        match batch[0].urgency:
            case Priority.FINAL:
                return await self._machine.read(cast("list[ReadAsk]", asks))
            case Priority.LANGUAGE:
                return await self._machine.odds(cast("list[Waveform]", asks))
            case _:
                return await self._machine.sketch(cast("list[SketchAsk]", asks))

    def _take_back(self, batch: Sequence[Ticket], failure: EngineError) -> None:
        """The batch broke: what is worth it is read again alone."""
        for ticket in batch:
            if ticket.urgency == Priority.LANGUAGE:
                _fail(ticket, _no_look())
            elif ticket.urgency == Priority.PARTIAL:
                self._suspect(ticket)
                _give(ticket, None)
            elif failure.code == NO_MACHINE:
                _fail(ticket, failure)
            else:
                self._try_again(ticket, failure)

    def _try_again(self, ticket: Ticket, failure: EngineError) -> None:
        ticket.failures += 1
        if ticket.answer.done():  # nobody waits for it any more
            return
        if ticket.failures < _TRIES:
            self.counters.reads_retried += 1
            self._line.rejoin(ticket)
            return
        self.counters.reads_unreadable += 1
        log.error("an utterance cannot be read", extra={"utterance": ticket.utterance})
        _fail(ticket, _unreadable(failure))

    def _suspect(self, ticket: Ticket) -> None:
        """Sketch this utterance no more: it may be what breaks the machine, and its final will tell."""
        if ticket.utterance is not None:
            self._suspects[ticket.utterance] = None
        while len(self._suspects) > _SUSPECTS:
            del self._suspects[next(iter(self._suspects))]

    def _note(self, batch: Sequence[Ticket]) -> None:
        counters, now_ms = self.counters, self._clock.monotonic_ms()
        waits_ms = [now_ms - ticket.since_ms for ticket in batch]
        counters.batches += 1
        counters.asks_served += len(batch)
        counters.largest_batch = max(counters.largest_batch, len(batch))
        counters.waited_ms += sum(waits_ms)
        counters.longest_wait_ms = max(counters.longest_wait_ms, *waits_ms)


@asynccontextmanager
async def open_desk(
    machine: ReadingMachine, *, clock: Clock, settings: WorkshopSettings
) -> AsyncIterator[BatchingDesk]:
    """A desk at work with as many workers as its machine has. What waits at the end is refused."""
    desk = BatchingDesk(machine, clock=clock, settings=settings)
    async with beside(*[desk.serve] * machine.workers):
        try:
            yield desk
        finally:
            desk.close()


def _give(ticket: Ticket, answer: object) -> None:
    if not ticket.answer.done():  # its caller may have been cancelled meanwhile
        ticket.answer.set_result(answer)


def _fail(ticket: Ticket, failure: Exception) -> None:
    if not ticket.answer.done():
        ticket.answer.set_exception(failure)


def _no_look() -> TimeoutError:
    return TimeoutError("no time to look for the language; the end of the utterance will tell")


def _closed() -> EngineError:
    return EngineError(
        "asr.desk_closed", "the recogniser's desk is closed; nothing is read there", retryable=False
    )


def _failed(bug: Exception) -> EngineError:
    return EngineError(
        "asr.machine_failed", f"the recogniser failed with {type(bug).__name__}", retryable=True
    )


def _unreadable(failure: EngineError) -> EngineError:
    return EngineError(
        UNREADABLE,
        f"expected words of an utterance, got a broken machine {_TRIES} times; the last time: {failure.message}",
        retryable=False,
    )
