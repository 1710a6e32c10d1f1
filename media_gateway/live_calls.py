"""Carry wishes to calls in progress, and know which calls we announced ourselves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from domain.audio import Leg, Speech
from domain.errors import NotFound
from domain.ids import CallId
from media_gateway.conference import Standing
from media_gateway.ending import Ending
from media_gateway.hold_tone import hold_tone
from media_gateway.session import CallSession

# A dialler that announces calls which never come must not fill the memory.
EXPECTED_AT_MOST = 10_000
# For how many of the last calls the telephone system's own name can be asked.
NAMED_AT_MOST = 10_000


class Switchboard:
    """The port ``LiveCalls``: every call in progress by its id."""

    def __init__(self) -> None:
        self._calls: dict[CallId, CallSession] = {}
        self._expected: dict[CallId, None] = {}
        self._named: dict[tuple[str, str], CallId] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    async def play(self, call_id: CallId, speech: Speech) -> None:
        await self._find(call_id).play(speech)

    async def stop_playing(self, call_id: CallId) -> None:
        await self._find(call_id).stop_playing()

    async def hang_up(self, call_id: CallId) -> None:
        await self._find(call_id).hang_up()

    def hold(self, call_id: CallId, leg: Leg, music: Speech | None = None) -> None:
        """Put a leg's line on hold: it hears music, and nobody hears it.

        Raises NotFound when the call or the leg is not there, Refused when the line cannot be bridged.
        """
        session = self._find(call_id)
        session.line_of(leg)
        session.conference.hold(leg, music or hold_tone())

    def resume(self, call_id: CallId, leg: Leg) -> None:
        """Let a line that we held hear and be heard again. Raises NotFound, Refused."""
        session = self._find(call_id)
        session.line_of(leg)
        session.conference.resume(leg)

    def set_mode(self, call_id: CallId, leg: Leg, mode: str) -> None:
        """How a supervisor takes part: listen, whisper or barge. Raises NotFound, Refused, InputError."""
        session = self._find(call_id)
        session.line_of(leg)
        session.conference.set_mode(leg, mode)

    async def leave(self, call_id: CallId, leg: Leg) -> None:
        """End one line; the conversation goes on with the others, and ends with the last. Raises NotFound."""
        line = self._find(call_id).line_of(leg)
        with suppress(NotFound):  # it has gone by itself: then it has left
            await line.hang_up()

    def standings(self, call_id: CallId) -> tuple[Standing, ...]:
        """Every line of a call as it is now. Raises NotFound."""
        return self._find(call_id).standings

    def expect(self, call_id: CallId) -> None:
        while len(self._expected) >= EXPECTED_AT_MOST:
            del self._expected[next(iter(self._expected))]
        self._expected[call_id] = None

    def claim(self, call_id: CallId) -> bool:
        """Whether we announced this call; each announcement is good for one wire."""
        if call_id not in self._expected:
            return False
        del self._expected[call_id]
        return True

    def name(self, wire: str, wire_call_id: str, call_id: CallId) -> None:
        """Remember what the telephone system calls a call; the newest of that name counts."""
        self._named.pop((wire, wire_call_id), None)
        while len(self._named) >= NAMED_AT_MOST:
            del self._named[next(iter(self._named))]
        self._named[wire, wire_call_id] = call_id

    def named(self, wire: str, wire_call_id: str) -> CallId | None:
        """Our id of a call, live or lately ended, that came on this wire under that name."""
        return self._named.get((wire, wire_call_id))

    def live(self, call_id: CallId) -> CallSession | None:
        """The conversation with this id while it can still be joined."""
        session = self._calls.get(call_id)
        return None if session is None or session.is_over else session

    @contextmanager
    def during(self, session: CallSession) -> Iterator[None]:
        """Reach a call while its session runs."""
        self._calls[session.call_id] = session
        self._empty.clear()
        try:
            yield
        finally:
            del self._calls[session.call_id]
            if not self._calls:
                self._empty.set()

    async def drain(self, ending: Ending) -> None:
        """End every call and wait until the last listener has finished."""
        for session in tuple(self._calls.values()):
            session.end(ending)
        await self._empty.wait()

    def _find(self, call_id: CallId) -> CallSession:
        session = self.live(call_id)
        if session is None:
            raise NotFound("media_gateway.no_such_call", f"no call {call_id} is in progress")
        return session
