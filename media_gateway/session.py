"""Live one call's media life: from its first sample to the last word of its listeners.

Order of the end: the sound ends → the wire is told goodbye → recordings are complete (``LegRecorded``) → ``CallEnded``,
all within moments. Listeners finish what they heard after that, within ``listener_flush_ms``: their finals follow
``CallEnded``, and consumers fold by call. We ourselves add nothing after it, but for the mark on a listener that was cut off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from domain.audio import Leg, Speech
from domain.call import CallInfo, EndReason
from domain.errors import InputError, NotFound
from domain.events import CallEnded, CallStarted, Event, KeyPressed, LegJoined
from domain.ids import CallId
from media_gateway.audience import Audience
from media_gateway.ending import CallOver, Ending
from media_gateway.equipment import Equipment
from media_gateway.far_side import FarSide
from media_gateway.fork import Fork
from media_gateway.hearing import Hearing
from media_gateway.outbox import Outbox
from media_gateway.playback import Playback

log = logging.getLogger(__name__)


class CallSession:
    """One call. The wire's reader calls ``hear``, ``note_text``, ``press`` and ``played``; wishes call the rest.

    ``legs`` are in the order of the wire's channels. With ``bot_speaks`` what we play is a leg from the first sample
    on; else that leg joins when something is first played.
    """

    def __init__(
        self,
        *,
        info: CallInfo,
        legs: tuple[Leg, ...],
        sample_rate_hz: int,
        far_side: FarSide,
        equipment: Equipment,
        bot_speaks: bool = False,
    ) -> None:
        self.info = info
        self._far_side = far_side
        self._kit = equipment
        self._legs = legs
        self._hearing = Hearing(
            call_id=info.call_id,
            legs=legs,
            sample_rate_hz=sample_rate_hz,
            settings=equipment.settings,
            clock=equipment.clock,
            counters=equipment.counters,
        )
        if bot_speaks:
            self._hearing.join_voice()
        self._playback = Playback(
            call_id=info.call_id,
            far_side=far_side,
            sample_rate_hz=sample_rate_hz,
            voice=self._hearing,
            clock=equipment.clock,
            grace_ms=equipment.settings.play_grace_ms,
        )
        self._outbox = Outbox(
            bus=equipment.bus,
            waiting=equipment.settings.facts_waiting,
            counters=equipment.counters,
        )
        self._audience = Audience(call_id=info.call_id, equipment=equipment, post=self._post)
        self._ending: Ending | None = None
        self._over = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None

    @property
    def call_id(self) -> CallId:
        return self.info.call_id

    @property
    def is_over(self) -> bool:
        return self._ending is not None

    def hear(self, message: bytes) -> None:
        """Sound came. Raises InputError when it cannot be sound, CallOver when it floods."""
        self._hearing.take(message)

    def note_text(self) -> None:
        """A text came. Raises CallOver when they flood."""
        self._hearing.take_text()

    def press(self, key: str) -> None:
        """A telephone key was pressed, on the leg of the wire's first channel."""
        self._kit.counters.keys += 1
        at_ms = self._hearing.now_ms
        self._post(
            KeyPressed(call_id=self.call_id, leg=self._legs[0], key=key, pressed_at_ms=at_ms)
        )

    def played(self, play_id: str | None) -> None:
        """The far side has heard what we played."""
        self._playback.heard(play_id)

    async def play(self, speech: Speech) -> None:
        """Let the far side hear it; returns when it was played or stopped. Raises NotFound when the call is over."""
        if self._group is None or self._ending is not None:
            raise NotFound("media_gateway.call_ended", f"call {self.call_id} has ended")
        self._join_voice(self._group)
        await self._playback.play(speech)

    async def stop_playing(self) -> None:
        await self._playback.stop()

    async def hang_up(self) -> None:
        try:
            await self._far_side.hang_up()
        finally:
            self.end(Ending(reason=EndReason.WE_HUNG_UP))

    def end(self, ending: Ending) -> None:
        """End the call; the first reason stands."""
        if self._ending is None:
            self._ending = ending
            self._over.set()

    async def run(self, read: Callable[[], Awaitable[Ending]]) -> None:
        """Live the call: ``read`` drains the wire until it ends. Raises StorageError when it cannot even begin."""
        async with asyncio.TaskGroup() as call:
            reading = call.create_task(self._read(read))
            watching = call.create_task(self._watch())
            await self._begin(call)
            posting = call.create_task(self._outbox.run())
            await self._over.wait()
            watching.cancel()
            reading.cancel()
            await self._finish(posting)

    async def _begin(self, call: asyncio.TaskGroup) -> None:
        """Post the beginning, then let the listeners in; the sound of the meantime waits at their seats."""
        forks = self._hearing.forks
        for fork in forks:
            self._audience.seat(fork)
        await self._kit.bus.publish(CallStarted(call_id=self.call_id, info=self.info))
        self._kit.counters.calls_started += 1
        self._kit.counters.calls_live += 1
        for fork in forks:
            self._post(self._leg_joined(fork, at_ms=0))
        self._audience.start(call)
        self._group = call

    async def _read(self, read: Callable[[], Awaitable[Ending]]) -> None:
        try:
            self.end(await read())
        except CallOver as over:
            self.end(over.ending)
        except InputError as error:
            self.end(Ending(reason=EndReason.BAD_WIRE, detail=error.message))
        except Exception:
            log.exception("reading a wire failed", extra={"call_id": self.call_id})
            self.end(Ending(reason=EndReason.FAILED, detail="the gateway failed; its log says how"))

    async def _watch(self) -> None:
        """End the call when nothing has come for too long: even a silent telephone sends samples."""
        stall_ms = self._kit.settings.stall_ms
        while not self.is_over:
            left_ms = stall_ms - self._hearing.silent_for_ms()
            if left_ms <= 0:
                detail = f"nothing arrived for {stall_ms} ms"
                self.end(Ending(reason=EndReason.STALLED, detail=detail))
            await asyncio.sleep(max(left_ms, 0) / 1000)

    async def _finish(self, posting: asyncio.Task[None]) -> None:
        ending = self._ending or Ending(reason=EndReason.FAILED)
        self._playback.end()
        self._kit.counters.calls_live -= 1
        self._kit.counters.ended(ending.reason)
        await self._far_side.close(ending)
        self._hearing.end()
        await self._audience.finish_recordings()
        self._post(
            CallEnded(
                call_id=self.call_id,
                reason=ending.reason,
                duration_ms=self._hearing.now_ms,
                detail=ending.detail,
            )
        )
        await self._audience.finish_listening()
        await self._flush_facts(posting)

    async def _flush_facts(self, posting: asyncio.Task[None]) -> None:
        try:
            async with asyncio.timeout(self._kit.settings.facts_flush_ms / 1000):
                await self._outbox.close()
                await posting
        except TimeoutError:
            log.error(
                "the end of a call could not be logged; check the database",
                extra={"call_id": self.call_id},
            )

    def _join_voice(self, call: asyncio.TaskGroup) -> None:
        at_ms = self._hearing.now_ms
        fork = self._hearing.join_voice()
        if fork is not None:
            self._audience.seat(fork)
            self._post(self._leg_joined(fork, at_ms=at_ms))
            self._audience.start(call)

    def _leg_joined(self, fork: Fork, *, at_ms: int) -> LegJoined:
        return LegJoined(
            call_id=self.call_id,
            leg=fork.leg,
            sample_rate_hz=fork.sample_rate_hz,
            joined_at_ms=at_ms,
        )

    def _post(self, fact: Event) -> None:
        if not self._outbox.post(fact):
            detail = "the event log takes no facts; check the database"
            self.end(Ending(reason=EndReason.FAILED, detail=detail))
