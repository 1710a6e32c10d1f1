"""Live one wire's share of a conversation: its legs, what it hears and what we say on it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from domain.audio import GapCause, Leg, Speech
from domain.call import EndReason, Party
from domain.errors import InputError
from domain.events import Event, KeyPressed, LegHeld, LegJoined, LegLeft, LegResumed, PartyNamed
from domain.ids import CallId
from media_gateway.absences import Absences, Away
from media_gateway.codecs import decoded, deinterleaved
from media_gateway.ending import CallOver, Ending
from media_gateway.equipment import Equipment
from media_gateway.far_side import FarSide
from media_gateway.first_sound import FirstSound
from media_gateway.fork import Fork
from media_gateway.hearing import Hearing
from media_gateway.offer import CallOffer
from media_gateway.playback import Playback

log = logging.getLogger(__name__)

WATCH_S = 1.0


class Company(Protocol):
    """What a line needs of the conversation it belongs to."""

    @property
    def call_id(self) -> CallId: ...

    @property
    def now_ms(self) -> int: ...

    def post(self, fact: Event) -> None: ...


Read = Callable[["Line"], Awaitable[Ending]]


class Line:
    """One wire. Its reader calls ``hear``, ``miss``, ``press`` and so on, all of which return at once.

    ``forks`` are the seats of its legs in the order of the wire's channels; ``joined_at_ms`` is the conversation's
    time at its first sample.
    """

    def __init__(
        self,
        *,
        company: Company,
        offer: CallOffer,
        forks: tuple[Fork, ...],
        far_side: FarSide,
        equipment: Equipment,
        joined_at_ms: int = 0,
    ) -> None:
        self.offer = offer
        self.legs = tuple(fork.leg for fork in forks)
        self.joined_at_ms = joined_at_ms
        self.far_side = far_side
        self._company = company
        self._kit = equipment
        self._hearing = Hearing(
            call_id=company.call_id,
            forks=forks,
            settings=equipment.settings,
            clock=equipment.clock,
            counters=equipment.counters,
            encoding=offer.encoding,
            separate=offer.separate,
            in_real_time=offer.in_real_time,
        )
        self._playback = Playback(
            call_id=company.call_id,
            far_side=far_side,
            sample_rate_hz=offer.sample_rate_hz,
            voice=self._hearing,
            clock=equipment.clock,
            grace_ms=equipment.settings.play_grace_ms,
        )
        self._overheard: Callable[[Leg, bytes], None] | None = None
        self._seats = dict(zip(offer.legs, self.legs, strict=True))
        self._absences = Absences(self.legs)
        self._first_sound = FirstSound(
            forks=(forks if offer.separate else forks[:1]) if offer.in_real_time else (),
            joined_at_ms=joined_at_ms,
            clock=equipment.clock,
        )
        self.ending: Ending | None = None
        self._over = asyncio.Event()

    @property
    def call_id(self) -> CallId:
        return self._company.call_id

    @property
    def now_ms(self) -> int:
        """The line's own time: what was heard on it, in milliseconds."""
        return self._hearing.now_ms

    @property
    def time_ms(self) -> int:
        """The conversation's time, as far as this line has come."""
        return self.joined_at_ms + self.now_ms

    @property
    def is_held_by_us(self) -> bool:
        return self._absences.has(self.legs[0], Away.WE_HOLD)

    @property
    def backlog_ms(self) -> int:
        """How far the slowest listener is behind: a source that can wait should."""
        return self._hearing.backlog_ms

    @property
    def forks(self) -> tuple[Fork, ...]:
        return self._hearing.forks

    def hear(self, sound: bytes, stream: int = 0) -> None:
        """Sound came. Raises InputError when it cannot be sound, CallOver when it floods."""
        if self._first_sound.is_due(stream):
            self._begin(stream)
        self._hearing.take(sound, stream)
        if self._overheard is not None:
            self._let_overhear(sound, stream)

    def miss(self, samples: int, cause: GapCause, stream: int = 0) -> None:
        """The wire knows that samples are missing here: the same length of gap, so that later times stay true."""
        self._hearing.miss(samples, cause, stream)

    def note_text(self) -> None:
        """A text came. Raises CallOver when they flood."""
        self._hearing.take_text()

    def press(self, key: str, leg: Leg | None = None) -> None:
        """A telephone key was pressed, on the leg of the wire's first channel if it does not say."""
        self._kit.counters.keys += 1
        self._company.post(
            KeyPressed(
                call_id=self.call_id,
                leg=self._seat(leg) if leg is not None else self.legs[0],
                key=key,
                pressed_at_ms=self.time_ms,
            )
        )

    def played(self, play_id: str | None) -> None:
        """The far side has heard what we played."""
        self._playback.heard(play_id)

    def hold(
        self, leg: Leg, cause: GapCause = GapCause.HELD, *, why: Away = Away.THEY_HOLD
    ) -> None:
        """A leg was put on hold, or its fork was paused; twice is once."""
        leg = self._seat(leg)
        if self._absences.begin(leg, why):
            self._hearing.mute(leg, cause)
            self._company.post(
                LegHeld(call_id=self.call_id, leg=leg, held_at_ms=self.time_ms, cause=cause)
            )

    def resume(self, leg: Leg, *, why: Away = Away.THEY_HOLD) -> None:
        """Whoever held a leg lets it go: it can be heard again, unless somebody else holds it."""
        leg = self._seat(leg)
        if self._absences.end(leg, why):
            self._hearing.unmute(leg)
            self._company.post(
                LegResumed(call_id=self.call_id, leg=leg, resumed_at_ms=self.time_ms)
            )

    def leave(self, leg: Leg) -> None:
        """Who sat on a leg went, and the wire goes on."""
        leg = self._seat(leg)
        if not self._absences.has(leg, Away.LEFT):
            self._absences.begin(leg, Away.LEFT)
            self.keep_up()
            self._hearing.mute(leg, GapCause.ABSENT)
            self._company.post(LegLeft(call_id=self.call_id, leg=leg, left_at_ms=self.time_ms))

    def rejoin(self, leg: Leg) -> None:
        """Somebody sits on a leg that was left."""
        leg = self._seat(leg)
        if self._absences.has(leg, Away.LEFT):
            self._absences.forget(leg)
            self._hearing.unmute(leg)
            self._company.post(self.joined(leg, at_ms=self.time_ms))

    def keep_up(self) -> None:
        """Let legs on hold that bring nothing come up to our clock: somebody wants to know how late it is."""
        self._hearing.pass_quiet_time(at_least_ms=0)

    def rename(self, leg: Leg, party: Party) -> None:
        """It is known, or it changed, who sits on a leg."""
        self._company.post(
            PartyNamed(
                call_id=self.call_id, leg=self._seat(leg), party=party, named_at_ms=self.time_ms
            )
        )

    def joined(self, leg: Leg, *, at_ms: int) -> LegJoined:
        return LegJoined(
            call_id=self.call_id,
            leg=leg,
            sample_rate_hz=self.offer.sample_rate_hz,
            joined_at_ms=at_ms,
        )

    def join_voice(self) -> Fork | None:
        """Begin the leg of what we say; None when it has begun."""
        return self._hearing.join_voice()

    async def play(self, speech: Speech) -> None:
        """Let the far side hear it; returns when it was played or stopped. Raises NotFound when nobody hears us."""
        await self._playback.play(speech)

    async def stop_playing(self) -> None:
        await self._playback.stop()

    async def hang_up(self) -> None:
        try:
            await self.far_side.hang_up()
        finally:
            self.end(Ending(reason=EndReason.WE_HUNG_UP))

    def let_overhear(self, listener: Callable[[Leg, bytes], None] | None) -> None:
        """Hand each message's 16-bit samples on at once: a bridge cannot wait for blocks."""
        self._overheard = listener

    def end(self, ending: Ending) -> None:
        """End the line; the first reason stands."""
        if self.ending is None:
            self.ending = ending
            self._over.set()

    async def live(self, read: Read) -> Ending:
        """Let ``read`` drain the wire until the line ends, say goodbye, and return why it ended."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read(read))
            watching = group.create_task(self._watch())
            await self._over.wait()
            watching.cancel()
            reading.cancel()
        ending = self.ending or Ending(reason=EndReason.FAILED)
        self._playback.end()
        self._overheard = None
        await self.far_side.close(ending)
        self._hearing.end()
        return ending

    def _seat(self, leg: Leg) -> Leg:
        """Wires call a leg as they offered it; it may have got another seat of its kind."""
        return self._seats.get(leg, leg)

    def _begin(self, stream: int) -> None:
        missed = self._first_sound.missed(stream, self._company.now_ms)
        for each, samples in missed.items():
            self._hearing.miss(samples, GapCause.ABSENT, each)

    def _let_overhear(self, sound: bytes, stream: int) -> None:
        legs = (self.legs[stream],) if self.offer.separate else self.legs
        channels = deinterleaved(decoded(sound, self.offer.encoding), len(legs))
        for leg, pcm in zip(legs, channels, strict=True):
            if self._overheard is not None and not self._absences.is_away(leg):
                self._overheard(leg, pcm)

    async def _read(self, read: Read) -> None:
        try:
            self.end(await read(self))
        except CallOver as over:
            self.end(over.ending)
        except InputError as error:
            self.end(Ending(reason=EndReason.BAD_WIRE, detail=error.message))
        except Exception:
            log.exception("reading a wire failed", extra={"call_id": self.call_id})
            self.end(Ending(reason=EndReason.FAILED, detail="the gateway failed; its log says how"))

    async def _watch(self) -> None:
        """End the line when nothing has come for too long, unless its wire watches over that itself."""
        stall_ms = self._kit.settings.stall_ms
        while self.ending is None:
            self._hearing.pass_quiet_time()
            silent_ms = 0 if self.offer.watches_itself else self._hearing.silent_for_ms()
            left_ms = stall_ms - silent_ms
            if left_ms <= 0:
                detail = f"nothing arrived for {stall_ms} ms"
                self.end(Ending(reason=EndReason.STALLED, detail=detail))
            await asyncio.sleep(min(max(left_ms, 0) / 1000, WATCH_S))
