"""Seat whoever hears a call: the recorder on every leg, the listeners on every leg but our own voice."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.audio import AudioGap, GapCause, Leg, ms_from_samples
from domain.events import Event, LegRecorded, RecordingGapMarked
from domain.ids import CallId
from media_gateway.equipment import Equipment
from media_gateway.fork import Fork
from media_gateway.recorder import Recorder
from media_gateway.tap import Tap

log = logging.getLogger(__name__)

RECORDER = "recorder"


@dataclass(slots=True, kw_only=True)
class _Seat:
    """One listener of one leg. It is taken when the fork is made and begins to listen when the call has begun."""

    name: str
    leg: Leg
    tap: Tap
    attend: Callable[[Tap], Awaitable[None]]
    missed: Callable[[], AudioGap | None]
    is_settled: bool = False
    task: asyncio.Task[None] | None = None


class Audience:
    """All listeners of one call. None of them can delay the sound, end the call or disturb another.

    A listener that is handed a gap makes it known itself, in its own time; we mark what nobody was handed: holes in a
    file, and the rest of a leg whose listener left or was cut off.
    """

    def __init__(
        self, *, call_id: CallId, equipment: Equipment, post: Callable[[Event], None]
    ) -> None:
        self._call_id = call_id
        self._kit = equipment
        self._settings = equipment.settings
        self._counters = equipment.counters
        self._post = post
        self._seats: list[_Seat] = []

    def seat(self, fork: Fork) -> None:
        """Take places on a leg. What is heard from now on waits there, however late the listening starts."""
        self._seats.append(self._recorder_seat(fork))
        if fork.leg is not Leg.BOT:
            self._seats.extend(self._listener_seat(name, fork) for name in self._kit.listeners)

    def has_seated(self, fork: Fork) -> bool:
        return any(seat.leg is fork.leg for seat in self._seats)

    def start(self, call: asyncio.TaskGroup) -> None:
        """Let everybody who has a place begin to listen."""
        for seat in self._seats:
            if seat.task is None:
                seat.task = call.create_task(self._attended(seat))

    async def finish_recordings(self) -> None:
        """After the forks have closed: wait for the files, and mark what is missing in them."""
        await self._finish(self._of_recorder(True), self._settings.recorder_close_ms)
        self._mark_missed()

    async def finish_listening(self) -> None:
        """Wait for the listeners' last words, and mark what somebody was cut off from."""
        await self._finish(self._of_recorder(False), self._settings.listener_flush_ms)
        self._mark_missed()

    def _mark_missed(self) -> None:
        for seat in self._seats:
            if seat.task is None or not seat.task.done() or seat.is_settled:
                continue
            seat.is_settled = True
            missed = seat.missed()
            if missed is not None:
                self._mark(seat.name, missed)

    def _of_recorder(self, wanted: bool) -> list[_Seat]:
        return [seat for seat in self._seats if (seat.name == RECORDER) is wanted]

    async def _finish(self, seats: list[_Seat], wait_ms: int) -> None:
        tasks = {seat.task: seat for seat in seats if seat.task is not None}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=wait_ms / 1000)
        for task in late:
            task.cancel()
            self._note_failure(tasks[task], "a listener was too slow to finish and was cut off")
        if late:
            await asyncio.wait(late)

    async def _attended(self, seat: _Seat) -> None:
        try:
            await seat.attend(seat.tap)
        except Exception:  # noqa: BLE001 — supervisor
            self._note_failure(seat, "a listener failed; the call goes on without it", trace=True)

    def _note_failure(self, seat: _Seat, what: str, *, trace: bool = False) -> None:
        if seat.name == RECORDER:
            self._counters.recording_failures += 1
        else:
            self._counters.listener_failures += 1
        log.error(
            what,
            extra={"call_id": self._call_id, "leg": seat.leg, "listener": seat.name},
            exc_info=trace,
        )

    def _listener_seat(self, name: str, fork: Fork) -> _Seat:
        listener = self._kit.listeners[name]
        tap = fork.tap(
            bound_ms=self._settings.listener_bound_ms,
            block_ms=self._settings.block_ms,
            cause=GapCause.OVERFLOW,
            on_gap=self._count_gap,
        )
        return _Seat(
            name=name,
            leg=fork.leg,
            tap=tap,
            attend=lambda sound: listener.listen(self._call_id, fork.leg, sound),
            missed=lambda: tap.unheard(GapCause.ENGINE),
        )

    def _recorder_seat(self, fork: Fork) -> _Seat:
        tap = fork.tap(
            bound_ms=self._settings.recorder_bound_ms,
            block_ms=self._settings.recorder_block_ms,
            cause=GapCause.DISK,
        )
        recorder = Recorder(
            store=self._kit.recordings,
            call_id=self._call_id,
            leg=fork.leg,
            sample_rate_hz=fork.sample_rate_hz,
            retry_ms=self._settings.recorder_retry_ms,
            close_ms=self._settings.recorder_close_ms,
            on_gap=lambda gap: self._mark(RECORDER, gap),
            on_trouble=self._count_recording_failure,
        )
        return _Seat(
            name=RECORDER,
            leg=fork.leg,
            tap=tap,
            attend=lambda sound: self._record(fork, recorder, sound),
            missed=lambda: recorder.unwritten(fork.samples),
        )

    async def _record(self, fork: Fork, recorder: Recorder, sound: Tap) -> None:
        samples = await recorder.run(sound)
        if samples:
            self._post(
                LegRecorded(
                    call_id=self._call_id,
                    leg=fork.leg,
                    recording=self._kit.recordings.key(self._call_id, fork.leg),
                    duration_ms=ms_from_samples(samples, fork.sample_rate_hz),
                )
            )

    def _count_recording_failure(self) -> None:
        self._counters.recording_failures += 1

    def _count_gap(self, gap: AudioGap) -> None:
        self._counters.gaps += 1
        self._counters.gap_ms += gap.end_ms - gap.start_ms

    def _mark(self, listener: str, gap: AudioGap) -> None:
        self._count_gap(gap)
        self._post(
            RecordingGapMarked(
                call_id=self._call_id,
                leg=gap.leg,
                start_ms=gap.start_ms,
                end_ms=gap.end_ms,
                cause=gap.cause,
                listener=listener,
            )
        )
