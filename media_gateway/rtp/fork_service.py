"""Let calls in that come as plain RTP, and know them by their ids while they last."""

import asyncio
import logging

from domain.errors import ContactCentreError, NotFound, Refused
from domain.ids import CallId
from media_gateway.gateway import MediaGateway
from media_gateway.rtp.fork_call import WIRE, ForkCall
from media_gateway.rtp.fork_request import ForkRequest
from media_gateway.rtp.ports import RtpPorts

log = logging.getLogger(__name__)

WAITING = 32
BEGIN_S = 5.0


class RtpWire:
    """A service: ``begin`` opens ports for a call, ``run`` lives the calls."""

    def __init__(self, *, gateway: MediaGateway, ports: RtpPorts) -> None:
        self.gateway = gateway
        self.ports = ports
        self._waiting: asyncio.Queue[ForkCall] = asyncio.Queue(maxsize=WAITING)
        self._calls: dict[CallId, list[ForkCall]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as calls:
            while True:
                call = await self._waiting.get()
                calls.create_task(self._live(call))

    async def begin(self, asked: ForkRequest) -> tuple[CallId, ForkCall]:
        """Return when the call listens. Raises InputError for what we cannot decode, Refused when there is no place."""
        call = ForkCall(asked=asked, gateway=self.gateway, ports=self.ports)
        try:
            self._waiting.put_nowait(call)
            async with asyncio.timeout(BEGIN_S):
                call_id = await call.began
        except (asyncio.QueueFull, TimeoutError):
            call.began.cancel()
            call.discard()
            raise Refused(
                "media_gateway.rtp_busy", "too many calls begin at once; try again later"
            ) from None
        return call_id, call

    def end(self, call_id: CallId) -> None:
        """Raises NotFound when no RTP of such a call comes in."""
        calls = self._calls.get(call_id)
        if not calls:
            raise NotFound("media_gateway.no_such_rtp", f"no RTP comes in for a call {call_id}")
        for call in calls:
            call.leave()

    async def _live(self, call: ForkCall) -> None:
        try:
            if not call.began.cancelled():
                call.began.add_done_callback(lambda began: self._remember(began, call))
                with self.gateway.place():
                    await self.gateway.take(call.offer, call, call.read)
        except ContactCentreError as error:
            if not call.began.done():
                call.began.set_exception(error)
        except Exception:
            log.exception("a call over RTP failed", extra={"wire": WIRE})
        finally:
            call.discard()
            self._forget(call)
            if not call.began.done():
                call.began.set_exception(
                    Refused(
                        "media_gateway.rtp_failed", "the call could not begin; the log says why"
                    )
                )

    def _remember(self, began: asyncio.Future[CallId], call: ForkCall) -> None:
        if not began.cancelled() and began.exception() is None:
            self._calls.setdefault(began.result(), []).append(call)

    def _forget(self, call: ForkCall) -> None:
        for call_id, calls in tuple(self._calls.items()):
            if call in calls:
                calls.remove(call)
            if not calls:
                del self._calls[call_id]
