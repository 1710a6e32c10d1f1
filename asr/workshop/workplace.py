"""Keep one workplace manned: call a new hand when one hangs, dies or grows too heavy, and rest between vain tries."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from asr.desk.machine import NO_MACHINE
from asr.settings import WorkshopSettings
from asr.workshop.hand import HandLost
from asr.workshop.parcel import Craft
from domain.errors import EngineError
from domain.language import LanguageTag
from domain.ports import Clock

log = logging.getLogger(__name__)

_HOUR_MS = 3_600_000
# A large model weighs more than the limit from its first day; only growth is a leak.
_ABOVE_START = 1.5
_FIRST_IN_VAIN = 2  # the first may have died after hours of silence
_LONGEST_REST_S = 30.0


@dataclass(slots=True, kw_only=True)
class WorkshopCounters:
    """What happened to machines since the start: ``started``, and why they were replaced."""

    started: int = 0
    starts_failed: int = 0
    hung: int = 0
    died: int = 0
    gave_up: int = 0
    too_heavy: int = 0
    too_old: int = 0


class Worker(Protocol):
    """A hand as a workplace sees it."""

    engine: str
    languages: tuple[LanguageTag, ...]
    identifies_language: bool
    rss_mb: int | None
    rss_at_start_mb: int | None

    @property
    def pid(self) -> int: ...

    @property
    def is_there(self) -> bool: ...

    async def do(
        self, craft: Craft, asks: Sequence[object], within_s: float
    ) -> Sequence[object]: ...

    async def leave(self) -> None: ...

    async def end(self) -> None: ...

    def kill(self) -> None: ...


Hire = Callable[[Callable[[], None]], Awaitable[Worker]]


class Workplace:
    """One machine at a time, and its successors. ``tend`` runs beside it as long as it is open.

    A hand that hung or died is replaced before the next batch; one that is too heavy or too old works on until its
    successor is ready. ``lock`` is held by whoever has a batch here.
    """

    def __init__(
        self, hire: Hire, *, clock: Clock, settings: WorkshopSettings, counters: WorkshopCounters
    ) -> None:
        """``hire`` starts a hand, and calls what it is given when that hand ends."""
        self._hire = hire
        self._clock = clock
        self._settings = settings
        self._counters = counters
        self._worker: Worker | None = None
        self._worn: Worker | None = None
        self._gone: list[Worker] = []
        self._since_ms = 0
        self._vain = 0  # hands taken on since the last answer
        self._refusal: str | None = None
        self._retry_at_ms = 0
        self._wanted = asyncio.Event()
        self._told = asyncio.Condition()
        self.lock = asyncio.Lock()

    @property
    def worker(self) -> Worker | None:
        """Who is ready to work or at work here."""
        worker = self._worker
        return worker if worker is not None and worker.is_there else None

    @property
    def is_refusing(self) -> bool:
        """Nobody came, and it is too early to ask again."""
        return self._refusal is not None and self._clock.monotonic_ms() < self._retry_at_ms

    async def open(self) -> None:
        """Raises EngineError when the first hand does not start."""
        self._take_on(await self._hire(self._look_after))

    async def close(self) -> None:
        if self._worker is not None:
            self._drop(self._worker)
        for worker in self._gone:
            await worker.end()

    async def do(self, craft: Craft, asks: Sequence[object], within_s: float) -> Sequence[object]:
        """Raises EngineError: NO_MACHINE, or what concerns this batch alone; it may be handed in again."""
        worker = await self._ready()
        try:
            answers = await worker.do(craft, asks, within_s)
        except HandLost as loss:
            self._lose(worker, loss)
            raise EngineError(
                "asr.machine_lost", f"the recogniser was lost: {loss}", retryable=True
            ) from None
        except asyncio.CancelledError:
            self._drop(worker)  # its answer would be taken for that of the next batch
            worker.kill()
            raise
        self._vain = 0
        self._judge(worker)
        return answers

    async def tend(self) -> None:
        """Until cancelled: hire whenever there is reason to."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self.worker is None or self.worker is self._worn:
                await asyncio.sleep(self._rest_s())
                await self._replace()

    async def _ready(self) -> Worker:
        if self.is_refusing and self._refusal is not None:
            raise _nobody(self._refusal)
        if self.worker is None:
            self._refusal = None
            self._wanted.set()
            async with asyncio.timeout(self._patience_s), self._told:
                await self._told.wait_for(lambda: self.worker or self._refusal)
        if self.worker is None:
            raise _nobody(self._refusal or "it ended as soon as it was there")
        return self.worker

    async def _replace(self) -> None:
        """Bring a successor first; who still works finishes the batch and goes."""
        try:
            successor = await self._hired()
        except EngineError as failure:
            self._refuse(failure)
        else:
            if self._worker is not None:
                self._gone.append(self._worker)
            self._take_on(successor)
            log.info("a machine was replaced", extra={"machine_pid": successor.pid})
        self._worn = None
        async with self._told:
            self._told.notify_all()
        while self._gone:
            await self._gone[0].leave()
            del self._gone[0]

    async def _hired(self) -> Worker:
        """Try as often as it is worth it. Raises the last EngineError."""
        pause_s, tries = self._settings.pause_s, self._settings.start_tries
        while True:
            try:
                return await self._hire(self._look_after)
            except EngineError as failure:
                tries -= 1
                self._counters.starts_failed += 1
                why = {"code": failure.code, "cause": failure.message, "tries_left": tries}
                log.error("a machine did not start", extra=why)
                if not tries or not failure.retryable:
                    raise
            await asyncio.sleep(pause_s)
            pause_s *= 2

    def _take_on(self, worker: Worker) -> None:
        self._worker, self._refusal = worker, None
        self._since_ms = self._clock.monotonic_ms()
        self._counters.started += 1
        self._vain += 1

    def _rest_s(self) -> float:
        """Hands that come and go without one answer are called ever more slowly."""
        if self._vain < _FIRST_IN_VAIN:
            return 0.0
        return min(self._settings.pause_s * 2.0 ** (self._vain - _FIRST_IN_VAIN), _LONGEST_REST_S)

    def _refuse(self, failure: EngineError) -> None:
        self._retry_at_ms = self._clock.monotonic_ms() + round(self._settings.retry_after_s * 1000)
        self._refusal = failure.message if self.worker is None else None

    def _lose(self, worker: Worker, loss: HandLost) -> None:
        if worker.is_there:  # else it died and was looked after when its line broke
            self._counters.hung += loss.is_hung
            self._counters.gave_up += not loss.is_hung
            why = {"machine_pid": worker.pid, "cause": str(loss)}
            log.error("a machine was lost and is replaced", extra=why)
        self._drop(worker)
        worker.kill()
        self._wanted.set()

    def _look_after(self) -> None:
        """Somebody ended; when it is the one at work and nobody sent it away, it died."""
        worker = self._worker
        if worker is not None and not worker.is_there:
            self._counters.died += 1
            log.error("a machine's process ended", extra={"machine_pid": worker.pid})
            self._drop(worker)
            self._wanted.set()

    def _drop(self, worker: Worker) -> None:
        if worker is self._worker:
            self._worker = None
            self._gone.append(worker)

    def _judge(self, worker: Worker) -> None:
        """After each batch: has it grown too heavy or too old?"""
        if worker is not self._worker or self._worn is worker or self._must_rest:
            return
        age_ms = self._clock.monotonic_ms() - self._since_ms
        heavy = _is_heavy(worker, self._settings.max_rss_mb)
        if heavy or age_ms > self._settings.max_hours * _HOUR_MS:
            self._counters.too_heavy += heavy
            self._counters.too_old += not heavy
            figures = {"machine_pid": worker.pid, "rss_mb": worker.rss_mb, "age_ms": age_ms}
            log.warning("a machine gets a successor", extra=figures)
            self._worn = worker
            self._wanted.set()

    @property
    def _patience_s(self) -> float:
        """How long all tries to hire take at most, with a batch of the one before still going on."""
        settings = self._settings
        pauses_s = settings.pause_s * 2.0**settings.start_tries
        return 60 + pauses_s + settings.start_tries * settings.start_within_s

    @property
    def _must_rest(self) -> bool:
        return self._clock.monotonic_ms() < self._retry_at_ms


def _is_heavy(worker: Worker, max_rss_mb: int) -> bool:
    if worker.rss_mb is None:
        return False
    return worker.rss_mb > max(max_rss_mb, _ABOVE_START * (worker.rss_at_start_mb or 0))


def _nobody(why: str) -> EngineError:
    return EngineError(NO_MACHINE, f"no recogniser can be had: {why}", retryable=True)
