"""Send what one AudioHook session has to say, without ever making its reader wait."""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.websockets import WebSocket

from domain.errors import NotFound
from media_gateway.sockets.closing import send_bytes, send_text
from media_gateway.wires.audiohook import AudioHookSession
from media_gateway.wires.audiohook_envelope import NO_PARAMETERS

log = logging.getLogger(__name__)

ANSWERS_WAITING = 256  # pongs and the like; a client that lets so many wait does not read
ENTITIES_WAITING = 512
PACKETS_WAITING = 150  # 30 s of speech at 200 ms
Entity = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    name: str
    parameters: Mapping[str, object]
    answering: int | None


class AudioHookPost:
    """Three bounded queues in order of urgency: answers, speech, words.

    Of a segment only its newest revision waits, a final never gives way to a revision. After ``429`` speech and words
    wait as long as the client asks; answers go, for a session without pongs is dead. When nobody takes what we send
    the post goes deaf: it drops everything, and the call is heard to its end all the same.
    """

    def __init__(
        self,
        websocket: WebSocket,
        session: AudioHookSession,
        *,
        send_ms: int,
        event_gap_ms: int,
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._send_ms = send_ms
        self._event_gap_s = event_gap_ms / 1000
        self._answers: deque[_Answer] = deque(maxlen=ANSWERS_WAITING)
        self._packets: deque[bytes] = deque(maxlen=PACKETS_WAITING)
        self._entities: OrderedDict[str, tuple[Entity, bool]] = OrderedDict()
        self._news = asyncio.Event()
        self._told = asyncio.Event()
        self._told.set()
        self._quiet_until_s = 0.0
        self._event_due_s = 0.0
        self._is_closing = False
        self.is_deaf = False
        self.dropped = 0

    def answer(
        self,
        name: str,
        parameters: Mapping[str, object] = NO_PARAMETERS,
        *,
        answering: int | None = None,
    ) -> None:
        if len(self._answers) == ANSWERS_WAITING:
            self._go_deaf()
        self._answers.append(_Answer(name=name, parameters=parameters, answering=answering))
        self._news.set()

    def speak(self, packet: bytes) -> None:
        """The oldest packet gives way when too many wait."""
        self.dropped += len(self._packets) == PACKETS_WAITING
        self._packets.append(packet)
        self._news.set()

    def hush(self) -> None:
        self._packets.clear()

    def tell(self, key: str, entity: Entity, *, is_final: bool) -> None:
        """Something that happened; a newer one with the same key replaces one that still waits."""
        old = self._entities.get(key)
        if old is not None and old[1] and not is_final:
            return
        self._entities[key] = (entity, is_final)
        self._told.clear()
        if len(self._entities) > ENTITIES_WAITING:
            self._drop_one()
        self._news.set()

    def keep_quiet(self, for_s: float) -> None:
        """The client asked for a rest (429 retryAfter)."""
        self._quiet_until_s = max(self._quiet_until_s, self._now_s() + for_s)

    async def until_told(self) -> None:
        """Wait until no word waits any more."""
        await self._told.wait()

    def close(self) -> None:
        """Let ``run`` end when all that may go has gone."""
        self._is_closing = True
        self._news.set()

    async def run(self) -> None:
        """Send until closed."""
        while True:
            self._news.clear()
            wait_s = 0.0 if self.is_deaf else await self._send_next()
            if self.is_deaf:
                self._forget()
            if wait_s is None:
                continue
            if self._is_closing and not self._answers:
                return
            await self._wait(wait_s)

    async def _send_next(self) -> float | None:
        """Send the most urgent thing. None when something was sent, else for how long nothing is due (0: until news)."""
        now_s = self._now_s()
        try:
            if self._answers:
                await self._send_answer(self._answers.popleft())
                return None
            if now_s < self._quiet_until_s:
                return self._quiet_until_s - now_s
            if self._packets:
                await send_bytes(self._websocket, self._packets.popleft(), send_ms=self._send_ms)
                return None
            if self._entities and now_s < self._event_due_s:
                return self._event_due_s - now_s
            if self._entities:
                await self._send_event()
                return None
        except NotFound:
            self._go_deaf()
        return 0.0

    async def _send_answer(self, answer: _Answer) -> None:
        text = self._session.write(answer.name, answer.parameters, answering=answer.answering)
        await send_text(self._websocket, text, send_ms=self._send_ms)

    async def _send_event(self) -> None:
        _, (entity, _) = self._entities.popitem(last=False)
        self._event_due_s = self._now_s() + self._event_gap_s
        text = self._session.write("event", {"entities": [entity]})
        await send_text(self._websocket, text, send_ms=self._send_ms)
        if not self._entities:
            self._told.set()

    async def _wait(self, for_s: float) -> None:
        if for_s <= 0:
            await self._news.wait()
            return
        try:
            async with asyncio.timeout(for_s):
                await self._news.wait()
        except TimeoutError:
            return

    def _drop_one(self) -> None:
        revised = next((key for key, (_, final) in self._entities.items() if not final), None)
        self._entities.pop(revised if revised is not None else next(iter(self._entities)))
        self.dropped += 1

    def _go_deaf(self) -> None:
        if not self.is_deaf:
            self.is_deaf = True
            log.warning(
                "an AudioHook client takes nothing we send; it is heard all the same",
                extra={"session_id": self._session.session_id},
            )
        self._news.set()

    def _forget(self) -> None:
        self._answers.clear()
        self._packets.clear()
        self._entities.clear()
        self._told.set()

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()
