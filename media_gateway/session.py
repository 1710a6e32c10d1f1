"""Live one conversation's media life: from its first sample to the last word of its listeners.

A conversation is not a wire: lines join and leave it, and it keeps one id, one transcript and one recording per leg
through all of it. It ends when its last line has gone, or when somebody ends it.

Order of the end: the sound ends → each wire is told goodbye → recordings are complete (``LegRecorded``) → ``CallEnded``,
all within moments. Listeners finish what they heard after that, within ``listener_flush_ms``: their finals follow
``CallEnded``, and consumers fold by call. We ourselves add nothing after it, but for the mark on a listener that was cut off.
"""

import asyncio
import logging

from domain.audio import Leg, Speech
from domain.call import CallInfo, EndReason, Party
from domain.errors import NotFound
from domain.events import CallEnded, CallStarted, Event, LegLeft
from domain.ids import CallId
from media_gateway.audience import Audience
from media_gateway.conference import Conference, Standing
from media_gateway.ending import Ending
from media_gateway.equipment import Equipment
from media_gateway.far_side import FarSide
from media_gateway.fork import Fork
from media_gateway.line import Line, Read
from media_gateway.offer import CallOffer
from media_gateway.outbox import Outbox
from media_gateway.seats import Seats

log = logging.getLogger(__name__)

GOOD_ENDS = frozenset({EndReason.HUNG_UP, EndReason.WE_HUNG_UP, EndReason.DRAINED})


class CallSession:
    """One conversation. ``run`` lives it with its first line, ``join`` adds another; wishes call the rest.

    With ``bot_speaks`` what we play is a leg from the first sample on; else that leg joins when something is first
    played.
    """

    def __init__(self, *, info: CallInfo, equipment: Equipment) -> None:
        self.info = info
        self._kit = equipment
        self._seats = Seats(call_id=info.call_id)
        self._conference = Conference(equipment.metronome, equipment.bridge_counters)
        self._outbox = Outbox(
            bus=equipment.bus,
            waiting=equipment.settings.facts_waiting,
            counters=equipment.counters,
        )
        self._audience = Audience(call_id=info.call_id, equipment=equipment, post=self.post)
        self._lines: list[Line] = []
        self._began_ms = equipment.clock.monotonic_ms()
        self._ending: Ending | None = None
        self._over = asyncio.Event()
        self._empty = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None

    @property
    def call_id(self) -> CallId:
        return self.info.call_id

    @property
    def is_over(self) -> bool:
        return self._ending is not None

    @property
    def conference(self) -> Conference:
        """Who hears whom."""
        return self._conference

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Each line that is here, in the order they came; one that is being ended is not."""
        lines = (line for line in self._lines if line.ending is None)
        return tuple(self._conference.standing(line) for line in lines)

    @property
    def now_ms(self) -> int:
        """The conversation's time: the furthest any line has come."""
        return max(self._seats.end_ms, *(line.time_ms for line in self._lines), 0)

    def post(self, fact: Event) -> None:
        if not self._outbox.post(fact):
            detail = "the event log takes no facts; check the database"
            self.end(Ending(reason=EndReason.FAILED, detail=detail))

    async def play(self, speech: Speech) -> None:
        """Let the caller hear it; returns when it was played or stopped. Raises NotFound when the call is over."""
        line = self._spoken_to()
        if self._group is None or line is None:
            raise NotFound("media_gateway.call_ended", f"call {self.call_id} has ended")
        self._join_voice(line, self._group)
        await line.play(speech)

    async def stop_playing(self) -> None:
        line = self._spoken_to()
        if line is not None:
            await line.stop_playing()

    async def hang_up(self) -> None:
        """End the call for everybody."""
        try:
            for line in tuple(self._lines):
                await line.far_side.hang_up()
        finally:
            self.end(Ending(reason=EndReason.WE_HUNG_UP))

    def line_of(self, leg: Leg) -> Line:
        """The line a leg is on. Raises NotFound."""
        for line in self._lines:
            if leg in line.legs:
                return line
        raise NotFound("media_gateway.no_such_leg", f"no {leg} is on call {self.call_id}")

    def end(self, ending: Ending) -> None:
        """End the call; the first reason stands."""
        if self._ending is None:
            self._ending = ending
            self._over.set()
            for line in tuple(self._lines):
                line.end(ending)

    async def run(
        self, offer: CallOffer, far_side: FarSide, read: Read, *, bot_speaks: bool = False
    ) -> None:
        """Live the call with its first line. Raises StorageError when it cannot even begin."""
        line = self._new_line(offer, far_side)
        if bot_speaks:
            self._begin_voice(line)
        async with asyncio.TaskGroup() as call:
            living = call.create_task(self._live(line, read))
            await self._begin(line, call)
            posting = call.create_task(self._outbox.run())
            await self._over.wait()
            await self._empty.wait()
            await living
            await self._finish(posting)

    async def join(self, offer: CallOffer, far_side: FarSide, read: Read) -> None:
        """Live a further line until it leaves. Raises Refused when the conversation has no seat for it, or has ended."""
        line = self._new_line(offer, far_side)
        self._seat(line)
        await self._live(line, read)

    def _new_line(self, offer: CallOffer, far_side: FarSide) -> Line:
        for other in self._lines:
            other.keep_up()
        joined_at_ms = self.now_ms
        forks = self._seats.take(offer.legs, offer.sample_rate_hz, now_ms=joined_at_ms)
        line = Line(
            company=self,
            offer=offer,
            forks=forks,
            far_side=far_side,
            equipment=self._kit,
            joined_at_ms=joined_at_ms,
        )
        self._lines.append(line)
        self._empty.clear()
        return line

    async def _begin(self, line: Line, call: asyncio.TaskGroup) -> None:
        """Post the beginning, then let the listeners in; the sound of the meantime waits at their seats."""
        for fork in line.forks:
            self._audience.seat(fork)
        await self._kit.bus.publish(CallStarted(call_id=self.call_id, info=self.info))
        self._kit.counters.calls_started += 1
        self._kit.counters.calls_live += 1
        for fork in line.forks:
            self.post(line.joined(fork.leg, at_ms=0))
        self._audience.start(call)
        self._group = call

    def _seat(self, line: Line) -> None:
        """Let the listeners of new seats in; on a seat that was left they are there already."""
        for fork in line.forks:
            if not self._audience.has_seated(fork):
                self._audience.seat(fork)
            self.post(line.joined(fork.leg, at_ms=line.joined_at_ms))
        if line.offer.caller_number is not None:
            line.rename(line.legs[0], Party(number=line.offer.caller_number))
        if self._group is not None:
            self._audience.start(self._group)

    async def _live(self, line: Line, read: Read) -> None:
        """Live one line to its end; the conversation ends with its last."""
        try:
            self._conference.enter(line)
            ending = await line.live(read)
            self._note_end(line, ending)
        finally:
            self._conference.leave(line)
            self._lines.remove(line)
            self._seats.leave(line.legs)
            if not self._lines:
                self._empty.set()
        if not self._lines:
            self.end(ending)
        elif not self.is_over:
            for leg in line.legs:
                self.post(LegLeft(call_id=self.call_id, leg=leg, left_at_ms=self.now_ms))

    def _note_end(self, line: Line, ending: Ending) -> None:
        """One log line for each line's end; what should not have happened stands out."""
        log.log(
            logging.INFO if ending.reason in GOOD_ENDS else logging.WARNING,
            "a line ended",
            extra={
                "call_id": self.call_id,
                "wire": line.far_side.wire,
                "reason": ending.reason,
                "why": ending.detail,
            },
        )

    async def _finish(self, posting: asyncio.Task[None]) -> None:
        ending = self._ending or Ending(reason=EndReason.FAILED)
        self._kit.counters.calls_live -= 1
        self._kit.counters.ended(ending.reason)
        duration_ms = self.now_ms
        self._seats.close()
        await self._audience.finish_recordings()
        self.post(
            CallEnded(
                call_id=self.call_id,
                reason=ending.reason,
                duration_ms=duration_ms,
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

    def _spoken_to(self) -> Line | None:
        """Whom the bot talks to: the caller, or whoever is there."""
        if self.is_over or not self._lines:
            return None
        return next((ln for ln in self._lines if Leg.CALLER in ln.legs), self._lines[0])

    def _begin_voice(self, line: Line) -> Fork | None:
        if self._seats.is_taken(Leg.BOT):
            return None
        fork = line.join_voice()
        if fork is not None:
            self._seats.add(fork, since_ms=line.joined_at_ms + line.now_ms)
        return fork

    def _join_voice(self, line: Line, call: asyncio.TaskGroup) -> None:
        fork = self._begin_voice(line)
        if fork is not None:
            self._audience.seat(fork)
            self.post(line.joined(fork.leg, at_ms=line.joined_at_ms + line.now_ms))
            self._audience.start(call)
