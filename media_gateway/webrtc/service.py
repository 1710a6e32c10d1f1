"""Run the WebRTC sessions: let them in while there is room, find them by their id, end them with the house."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from uuid import uuid4

from domain.call import EndReason
from domain.errors import ContactCentreError, NotFound, Refused
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.webrtc.counters import WebRtcCounters
from media_gateway.webrtc.settings import WebRtcSettings
from media_gateway.webrtc.whip_session import Answer, WhipSession
from media_gateway.wires import whip

log = logging.getLogger(__name__)


def new_session_id() -> str:
    return uuid4().hex  # unguessable: who knows it may end the session (RFC 9725 5)


class WebRtcService:
    """All sessions of this process. They live inside ``run``: cancelling it ends them and frees their sockets."""

    def __init__(
        self,
        *,
        gateway: MediaGateway,
        settings: WebRtcSettings,
        new_session_id: Callable[[], str] = new_session_id,
    ) -> None:
        self.settings = settings
        self.counters = WebRtcCounters()
        self._gateway = gateway
        self._new_session_id = new_session_id
        self._sessions: dict[str, WhipSession] = {}
        self._house: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as house:
            self._house = house
            try:
                await asyncio.Event().wait()
            finally:
                self._house = None

    async def admit(self, sdp: str, query: Mapping[str, str]) -> tuple[str, Answer]:
        """Begin a call: its session's id and our answer.

        Raises InputError when offer or query cannot be used, Refused when there is no room, NotFound when the call
        ended at once (the conversation to join is not there).
        """
        session_id = self._new_session_id()
        offer = whip.offer_from_query(query, session_id=session_id)
        whip.read_offer(sdp)
        house = self._room()
        session = WhipSession(
            session_id=session_id,
            offer=offer,
            gateway=self._gateway,
            settings=self.settings,
            counters=self.counters,
        )
        self._sessions[session_id] = session
        house.create_task(self._live(session, sdp))
        return session_id, await session.answered

    def end(self, session_id: str) -> None:
        """The client said goodbye. Raises NotFound when there is no such session."""
        session = self._sessions.get(session_id)
        if session is None or not session.is_open:
            raise NotFound("media_gateway.webrtc_session", "no session of that name is in progress")
        session.end(Ending(reason=EndReason.HUNG_UP))

    def note_refusal(self, why: str | ContactCentreError) -> None:
        self.counters.sessions_refused += 1
        self._gateway.note_refusal("webrtc", why)

    def _room(self) -> asyncio.TaskGroup:
        taken = sum(session.is_open for session in self._sessions.values())
        if self._house is None or taken >= self.settings.max_sessions:
            raise Refused(
                "media_gateway.webrtc_full",
                f"all {self.settings.max_sessions} browser places are taken; try again later",
            )
        return self._house

    async def _live(self, session: WhipSession, sdp: str) -> None:
        self.counters.sessions_started += 1
        self.counters.sessions_live += 1
        try:
            await session.run(sdp)
        finally:
            self.counters.sessions_live -= 1
            del self._sessions[session.session_id]
