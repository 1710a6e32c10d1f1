"""Let calls in, one session each, and keep every one's trouble its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from domain.audio import Leg
from domain.call import CallInfo, Direction, EndReason
from domain.errors import ContactCentreError, Refused, StorageError
from domain.ids import CallId
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.counters import GatewayCounters
from media_gateway.ending import Ending
from media_gateway.equipment import Equipment
from media_gateway.far_side import FarSide
from media_gateway.line import Read
from media_gateway.live_calls import Switchboard
from media_gateway.metronome import Metronome
from media_gateway.offer import CallOffer
from media_gateway.session import CallSession
from media_gateway.settings import GatewaySettings

log = logging.getLogger(__name__)

NO_CALL = "media_gateway.no_call"  # the reason code where the sentence says all there is to say


def new_call_id() -> CallId:
    return CallId(uuid4().hex)


class MediaGateway:
    """The room's front: wires come here with a call and a way to read it."""

    def __init__(
        self,
        *,
        equipment: Equipment,
        switchboard: Switchboard,
        new_call_id: Callable[[], CallId] = new_call_id,
    ) -> None:
        self._kit = equipment
        self._switchboard = switchboard
        self._new_call_id = new_call_id
        self._places_taken = 0
        self._draining = False

    @property
    def settings(self) -> GatewaySettings:
        return self._kit.settings

    @property
    def switchboard(self) -> Switchboard:
        """Where wishes reach calls in progress."""
        return self._switchboard

    @property
    def bridge_counters(self) -> BridgeCounters:
        return self._kit.bridge_counters

    @property
    def metronome(self) -> Metronome:
        """The beat that wires speak to."""
        return self._kit.metronome

    @property
    def counters(self) -> GatewayCounters:
        return self._kit.counters

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one wire. Raises Refused when the house is full or closing."""
        if self._draining or self._places_taken >= self._kit.settings.max_calls:
            self._kit.counters.calls_refused += 1
            raise Refused(
                "media_gateway.full",
                f"all {self._kit.settings.max_calls} places are taken; try again later",
            )
        self._places_taken += 1
        try:
            yield
        finally:
            self._places_taken -= 1

    def note_refusal(self, wire: str, why: str | ContactCentreError) -> None:
        """A wire came with nothing that could become a call."""
        self._kit.counters.calls_refused += 1
        if isinstance(why, ContactCentreError):
            code, sentence = why.code, why.message
        else:
            code, sentence = NO_CALL, why
        log.warning("a wire brought no call", extra={"wire": wire, "code": code, "why": sentence})

    def find(self, wire: str, wire_call_id: str) -> CallId | None:
        """Our id of a call that came on a wire, live or lately ended, by the telephone system's own."""
        return self._switchboard.named(wire, wire_call_id)

    async def take(self, offer: CallOffer, far_side: FarSide, read: Read) -> None:
        """Live one line to its end, and with it the conversation that it begins or joins. Never raises because of the call."""
        joined = self._switchboard.live(offer.joins) if offer.joins is not None else None
        if joined is not None:
            self._remember(offer, far_side, joined.call_id)
            await self._join(joined, offer, far_side, read)
            return
        session, bot_speaks = self._session(offer, far_side)
        self._remember(offer, far_side, session.call_id)
        try:
            with self._switchboard.during(session):
                await session.run(offer, far_side, read, bot_speaks=bot_speaks)
        except* StorageError:
            await self._give_up(
                session, far_side, "the call could not be logged; check the database"
            )
        except* Exception:  # noqa: BLE001 — supervisor
            await self._give_up(session, far_side, "the gateway failed; its log says how")

    async def _join(
        self, session: CallSession, offer: CallOffer, far_side: FarSide, read: Read
    ) -> None:
        try:
            await session.join(offer, far_side, read)
        except Refused as refusal:
            self.note_refusal(far_side.wire, refusal)
            await far_side.close(Ending(reason=EndReason.FAILED, detail=refusal.message))
        except Exception:
            log.exception("a line failed; its call goes on", extra={"call_id": session.call_id})
            await far_side.close(Ending(reason=EndReason.FAILED))

    def _remember(self, offer: CallOffer, far_side: FarSide, call_id: CallId) -> None:
        if offer.wire_call_id is not None:
            self._switchboard.name(far_side.wire, offer.wire_call_id, call_id)

    async def drain(self) -> None:
        """Take no more calls, end those there are, wait for their last words."""
        self._draining = True
        await self._switchboard.drain(
            Ending(reason=EndReason.DRAINED, detail="the service is closing")
        )

    def _session(self, offer: CallOffer, far_side: FarSide) -> tuple[CallSession, bool]:
        """A new conversation, and whether our bot speaks on it from the first sample."""
        claimed = offer.claimed_call_id
        announced = claimed is not None and self._switchboard.claim(claimed)
        if claimed is not None and not announced:
            log.warning("a wire claimed a call that nobody announced; it gets an id of its own")
        call_id = claimed if claimed is not None and announced else self._new_call_id()
        log.info(
            "call",
            extra={"call_id": call_id, "wire_call_id": offer.wire_call_id, "wire": far_side.wire},
        )
        info = CallInfo(
            call_id=call_id,
            direction=Direction.OUTBOUND if announced else offer.direction,
            wire=far_side.wire,
            caller_number=offer.caller_number,
            dialled_number=offer.dialled_number,
            title=offer.title,
            synthetic=offer.synthetic,
            campaign_contact=offer.campaign_contact if announced else None,
            wire_call_id=offer.wire_call_id,
        )
        session = CallSession(info=info, equipment=self._kit)
        return session, announced and offer.legs == (Leg.CALLER,)

    async def _give_up(self, session: CallSession, far_side: FarSide, detail: str) -> None:
        log.error("a call was given up", extra={"call_id": session.call_id, "why": detail})
        ending = Ending(reason=EndReason.FAILED, detail=detail)
        session.end(ending)
        await far_side.close(ending)
