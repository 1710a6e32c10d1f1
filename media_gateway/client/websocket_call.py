"""Place one call over WebSockets as a telephone system would: what all such wires have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from domain.audio import Speech, samples_from_ms
from domain.ids import CallId
from media_gateway.client.at_rate import AtRate
from media_gateway.client.farewell import Farewell
from media_gateway.client.lookup import find_call_id
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.websocket_door import (
    NO_CLOSE_FRAME,
    SAID_GOODBYE,
    opened,
    socket_url,
)

LOOKUP_S = 2.0

Heard = Callable[[Speech], Awaitable[None]]
Message = str | bytes


class WebSocketCall(ABC):
    """One call of one or several sockets. ``run`` streams a source in real time until it ends or the server ends it.

    ``on_speech`` hears what the server sends as it comes, mostly 20 ms at a time.
    """

    wire: ClassVar[str]
    path: ClassVar[str]
    subprotocol: ClassVar[str | None] = None
    compression: ClassVar[str | None] = None
    rate_hz: ClassVar[int | None] = None
    """The only rate the wire carries; None: any."""

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Heard | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
    ) -> None:
        self._address = address
        self._metadata = metadata
        self._on_sent = on_sent
        self._on_speech = on_speech
        self._block_ms = block_ms
        self._pacer = pacer or Pacer()
        self._sockets: list[ClientConnection] = []
        self._leaving = asyncio.Event()
        self._sent_samples = 0
        self._call_id: CallId | None = None

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the server takes no call now."""
        wired = source
        if self.rate_hz is not None and source.sample_rate_hz != self.rate_hz:
            wired = AtRate(source, self.rate_hz)
        try:
            await self._connect(wired)
            by_server = await self._converse(wired)
        except ExceptionGroup as troubles:
            raise troubles.exceptions[0] from troubles  # one call, one trouble to tell
        finally:
            for socket in self._sockets:
                await socket.close()
        return await self._farewell(source, wired, by_server=by_server)

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def press(self, key: str) -> None:
        """Press a telephone key now; nothing happens when the call is not in progress."""
        if self._sockets:
            await self._try_send(0, self.key(key))

    @property
    def wire_call_id(self) -> str | None:
        return self._metadata.wire_call_id

    def queries(self, source: Source) -> list[dict[str, str]]:
        """What the address of each socket says."""
        return [{}]

    @abstractmethod
    def begin(self, number: int, source: Source) -> Sequence[Message]:
        """The messages before the first sound of a socket."""

    @abstractmethod
    def sound(self, block: bytes, source: Source) -> Sequence[Sequence[Message]]:
        """What each socket sends when a block of 16-bit interleaved samples is due."""

    @abstractmethod
    async def obey(self, number: int, message: Message) -> bool:
        """Do what the server asks; False when it asks to end the call."""

    @abstractmethod
    def key(self, key: str) -> Message: ...

    def goodbye(self, number: int) -> Sequence[Message]:
        """What is said before the socket closes."""
        return ()

    async def _connect(self, source: Source) -> None:
        for number, query in enumerate(self.queries(source)):
            self._sockets.append(
                await opened(
                    socket_url(self._address, self.path, query),
                    subprotocol=self.subprotocol,
                    compression=self.compression,
                )
            )
            for message in self.begin(number, source):
                await self._try_send(number, message)

    async def _converse(self, source: Source) -> bool:
        """Talk until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            hearing = [call.create_task(self._hear(number)) for number in range(len(self._sockets))]
            speaking = call.create_task(self._speak(source))
            leaving = call.create_task(self._leaving.wait())
            await asyncio.wait((*hearing, speaking, leaving), return_when=asyncio.FIRST_COMPLETED)
            by_server = any(task.done() for task in hearing)
            speaking.cancel()
            leaving.cancel()
            if not by_server:
                await self._say_goodbye()
            for task in hearing:
                task.cancel()
        return by_server

    async def _speak(self, source: Source) -> None:
        samples = samples_from_ms(self._block_ms, source.sample_rate_hz)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            for number, messages in enumerate(self.sound(block, source)):
                for message in messages:
                    if not await self._try_send(number, message):
                        return
            self._sent_samples += len(block) // (2 * source.channels)
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)

    async def _hear(self, number: int) -> None:
        try:
            async for message in self._sockets[number]:
                if not await self.obey(number, message):
                    return
        except ConnectionClosed:
            return

    async def _say_goodbye(self) -> None:
        for number, socket in enumerate(self._sockets):
            for message in self.goodbye(number):
                await self._try_send(number, message)
            await socket.close()

    async def _try_send(self, number: int, message: Message) -> bool:
        try:
            await self._sockets[number].send(message)
        except ConnectionClosed:
            return False
        return True

    async def _farewell(self, source: Source, wired: Source, *, by_server: bool) -> Farewell:
        if self._call_id is None and self.wire_call_id is not None:
            self._call_id = await find_call_id(
                self._address, wire=self.wire, wire_call_id=self.wire_call_id, wait_s=LOOKUP_S
            )
        first = self._sockets[0]
        return Farewell(
            said_goodbye=first.close_code == SAID_GOODBYE,
            code=first.close_code or NO_CLOSE_FRAME,
            reason=first.close_reason or "",
            sent_samples=self._sent_samples * source.sample_rate_hz // wired.sample_rate_hz,
            by_server=by_server,
            call_id=self._call_id,
            wire_call_id=self.wire_call_id,
        )
