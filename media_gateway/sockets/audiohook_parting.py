"""Part with an AudioHook client by the protocol's own steps: who wants to go says so, ``close``, last words, ``closed``."""

import asyncio
from collections.abc import Awaitable

from starlette.types import Message
from starlette.websockets import WebSocket

from domain.call import EndReason
from domain.errors import InputError
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.ending import Ending
from media_gateway.sockets.audiohook_post import AudioHookPost
from media_gateway.sockets.closing import close_with, goodbye
from media_gateway.sockets.reading import drain
from media_gateway.wires.audiohook import AudioHookSession, State
from media_gateway.wires.audiohook_messages import Close, Ping

COMPLETED = (EndReason.WE_HUNG_UP, EndReason.HUNG_UP, EndReason.DRAINED)
PROBE_MS = 10_000
LAST_WORDS_S = 0.1  # from the corridor to us, after the last listener has finished


class AudioHookParting:
    """The end of one session. It runs beside the call's own end, which may take longer than a client waits."""

    def __init__(
        self,
        websocket: WebSocket,
        session: AudioHookSession,
        post: AudioHookPost,
        settings: AudioHookSettings,
        *,
        send_ms: int,
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._post = post
        self._settings = settings
        self._send_ms = send_ms
        self._begun = asyncio.Event()
        self._ending: Ending | None = None
        self._closing = asyncio.Event()
        self._gone = asyncio.Event()
        self._all_heard = asyncio.Event()
        self._words_over: asyncio.Event | None = None

    @property
    def has_begun(self) -> bool:
        return self._begun.is_set()

    def wait_for(self, words_over: asyncio.Event) -> None:
        """Words are sent back: ``closed`` waits for the last of them."""
        self._words_over = words_over

    def nothing_more_comes(self) -> None:
        """Every listener has finished."""
        self._all_heard.set()

    def client_closes(self, reason: str) -> None:
        """A session that reconnects hears the rest in the one that continues it."""
        self._session.state = State.CLOSING
        if reason == "reconnect":
            self._words_over = None
        self._closing.set()

    def understood(self, message: Message) -> Ending:
        """The socket closed."""
        self._gone.set()
        return goodbye(message)

    def begin(self, ending: Ending) -> None:
        """Say goodbye for this reason; the first one stands."""
        if not self._begun.is_set():
            self._ending = ending
            self._begun.set()

    async def run(self) -> None:
        await self._begun.wait()
        await self.part(self._ending)

    async def part(self, ending: Ending | None, *, is_unauthorized: bool = False) -> None:
        """Part now; None: the client is expected to go by itself (a probe)."""
        self._begun.set()
        if not self._gone.is_set():
            async with asyncio.TaskGroup() as group:
                listening = group.create_task(self._listen())
                await self._say_goodbye(ending, is_unauthorized)
                listening.cancel()
        await close_with(
            self._websocket,
            ending or Ending(reason=EndReason.HUNG_UP),
            send_ms=self._send_ms,
        )

    def take(self, message: bytes | str) -> None:
        """Hear a message that comes when the call is over: only protocol matters now."""
        if isinstance(message, bytes):
            return
        try:
            heard = self._session.receive(message)
        except InputError:
            return
        if isinstance(heard, Close):
            self.client_closes(heard.reason)
        elif isinstance(heard, Ping):
            self._post.answer("pong", answering=heard.seq)

    async def _say_goodbye(self, ending: Ending | None, is_unauthorized: bool) -> None:
        if ending is None:
            await self._within(PROBE_MS, self._closing_or_gone())
            ending = Ending(reason=EndReason.WE_HUNG_UP)
        if not self._closing.is_set():
            await self._ask_to_close(ending, is_unauthorized)
        if self._closing.is_set():
            await self._within(self._settings.flush_ms, self._last_words())
            self._post.answer("closed")
            await self._within(self._settings.goodbye_ms, self._gone.wait())

    async def _ask_to_close(self, ending: Ending, is_unauthorized: bool) -> None:
        if ending.reason is EndReason.DRAINED:
            self._post.answer("reconnect", {"info": ending.detail or "this server is closing"})
            await self._within(self._settings.reconnect_ms, self._closing_or_gone())
        if not self._closing.is_set():
            self._post.answer("disconnect", _reason(ending, is_unauthorized))
        await self._within(self._settings.goodbye_ms, self._closing_or_gone())

    async def _last_words(self) -> None:
        """Wait for the last word there will be, and until the client was told it."""
        words_over = self._words_over
        if words_over is None:
            return
        async with asyncio.TaskGroup() as group:
            over = group.create_task(words_over.wait())
            heard = group.create_task(self._all_heard.wait())
            await asyncio.wait((over, heard), return_when=asyncio.FIRST_COMPLETED)
            if not over.done():
                await asyncio.wait((over,), timeout=LAST_WORDS_S)
            over.cancel()
            heard.cancel()
        await self._post.until_told()

    async def _closing_or_gone(self) -> None:
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(event.wait()) for event in (self._closing, self._gone)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    async def _listen(self) -> None:
        self.understood(await drain(self._websocket, self.take))

    @staticmethod
    async def _within(limit_ms: int, doing: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(limit_ms / 1000):
                await doing
        except TimeoutError:
            return


def _reason(ending: Ending, is_unauthorized: bool) -> dict[str, object]:
    reason = "completed" if ending.reason in COMPLETED else "error"
    said: dict[str, object] = {"reason": "unauthorized" if is_unauthorized else reason}
    if ending.detail is not None:
        said["info"] = ending.detail
    return said
