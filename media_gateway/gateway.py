"""Let calls in, one session each, and keep every one's trouble its own."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from domain.audio import Leg
from domain.call import CallInfo, Direction, EndReason
from domain.errors import Refused, StorageError
from domain.ids import CallId
from media_gateway.counters import GatewayCounters
from media_gateway.ending import Ending
from media_gateway.equipment import Equipment
from media_gateway.far_side import FarSide
from media_gateway.live_calls import Switchboard
from media_gateway.offer import CallOffer
from media_gateway.session import CallSession
from media_gateway.settings import GatewaySettings

log = logging.getLogger(__name__)


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

    def note_refusal(self, wire: str, why: str) -> None:
        """A wire came with nothing that could become a call."""
        self._kit.counters.calls_refused += 1
        log.warning("a wire brought no call", extra={"wire": wire, "why": why})

    async def take(
        self,
        offer: CallOffer,
        far_side: FarSide,
        read: Callable[[CallSession], Awaitable[Ending]],
    ) -> None:
        """Live one call to its end. Never raises because of the call."""
        session = self._session(offer, far_side)
        try:
            with self._switchboard.during(session):
                await session.run(lambda: read(session))
        except* StorageError:
            await self._give_up(
                session, far_side, "the call could not be logged; check the database"
            )
        except* Exception:  # noqa: BLE001 — supervisor
            await self._give_up(session, far_side, "the gateway failed; its log says how")

    async def drain(self) -> None:
        """Take no more calls, end those there are, wait for their last words."""
        self._draining = True
        await self._switchboard.drain(
            Ending(reason=EndReason.DRAINED, detail="the service is closing")
        )

    def _session(self, offer: CallOffer, far_side: FarSide) -> CallSession:
        claimed = offer.claimed_call_id
        announced = claimed is not None and self._switchboard.claim(claimed)
        if claimed is not None and not announced:
            log.warning("a wire claimed a call that nobody announced; it gets an id of its own")
        call_id = claimed if claimed is not None and announced else self._new_call_id()
        log.info(
            "call",
            extra={"call_id": call_id, "wire_call_id": offer.wire_call_id, "wire": far_side.wire},
        )
        return CallSession(
            info=CallInfo(
                call_id=call_id,
                direction=Direction.OUTBOUND if announced else offer.direction,
                wire=far_side.wire,
                caller_number=offer.caller_number,
                dialled_number=offer.dialled_number,
                title=offer.title,
                synthetic=offer.synthetic,
                campaign_contact=offer.campaign_contact if announced else None,
            ),
            legs=offer.legs,
            sample_rate_hz=offer.sample_rate_hz,
            far_side=far_side,
            equipment=self._kit,
            bot_speaks=announced and offer.legs == (Leg.CALLER,),
        )

    async def _give_up(self, session: CallSession, far_side: FarSide, detail: str) -> None:
        log.error("a call was given up", extra={"call_id": session.call_id, "why": detail})
        ending = Ending(reason=EndReason.FAILED, detail=detail)
        session.end(ending)
        await far_side.close(ending)
