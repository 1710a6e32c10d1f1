"""Place one call on a running server as a FreeSWITCH or jambonz would: from a process of its own, over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic_core import to_json
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from domain.audio import Speech, samples_from_ms
from domain.errors import InputError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.websocket_door import (
    CLOSE_S,
    NO_CLOSE_FRAME,
    SAID_GOODBYE,
    opened,
    socket_url,
)
from media_gateway.wires import audio_fork

WIRE_PATH = "/wire/audio-fork"
SPEECHES_WAITING = 64
Heard = Callable[[Speech], Awaitable[None]]


def wire_url(base_url: str) -> str:
    """The wire's address for a server's own: ``http://host:8000`` → ``ws://host:8000/wire/audio-fork``."""
    return socket_url(base_url, WIRE_PATH)


def metadata_text(metadata: Metadata, *, sample_rate_hz: int, channels: int) -> str:
    """What goes over the wire before the first sound."""
    fields = {
        "sampleRate": sample_rate_hz,
        "mixType": "stereo" if channels == 2 else "mono",
        "direction": metadata.direction,
        "from": metadata.caller_number,
        "to": metadata.dialled_number,
        "callSid": metadata.wire_call_id,
        "title": metadata.title,
        "synthetic": metadata.synthetic,
        "call_id": metadata.call_id,
        "campaign_contact": metadata.campaign_contact,
        "legs": metadata.legs,
    }
    return to_json({name: value for name, value in fields.items() if value is not None}).decode()


class AudioForkCall:
    """One call. ``run`` streams a source in real time until it ends or the server ends it.

    ``on_speech`` hears what the server plays when it begins to sound, ``on_played`` when it has sounded to its end.
    """

    def __init__(
        self,
        *,
        metadata: Metadata,
        url: str | None = None,
        address: str | None = None,
        on_speech: Heard | None = None,
        on_played: Heard | None = None,
        on_sent: Callable[[int], None] | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
    ) -> None:
        """Either the wire's own ``url``, or the product's ``address``."""
        self._url = url or wire_url(address or "")
        self._metadata = metadata
        self._on_speech = on_speech
        self._on_played = on_played
        self._on_sent = on_sent
        self._block_ms = block_ms
        self._pacer = pacer or Pacer()
        self._socket: ClientConnection | None = None
        self._speeches: asyncio.Queue[audio_fork.PlayAudio] = asyncio.Queue(SPEECHES_WAITING)
        self._stopped = asyncio.Event()
        self._leaving = asyncio.Event()
        self._sent_samples = 0
        self._call_id: CallId | None = None

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the server takes no call now."""
        async with await opened(self._url, subprotocol=audio_fork.JAMBONZ.subprotocol) as socket:
            self._socket = socket
            await socket.send(
                metadata_text(
                    self._metadata,
                    sample_rate_hz=source.sample_rate_hz,
                    channels=source.channels,
                )
            )
            try:
                by_server = await self._converse(socket, source)
            except ExceptionGroup as troubles:
                raise troubles.exceptions[0] from troubles  # one call, one trouble to tell
            finally:
                self._socket = None
        return Farewell(
            said_goodbye=socket.close_code == SAID_GOODBYE,
            code=socket.close_code or NO_CLOSE_FRAME,
            reason=socket.close_reason or "",
            sent_samples=self._sent_samples,
            by_server=by_server,
            call_id=self._call_id,
            wire_call_id=self._metadata.wire_call_id,
        )

    async def press(self, key: str) -> None:
        """Press a telephone key now; nothing happens when the call is not in progress."""
        if self._socket is not None:
            await self._try_send(self._socket, audio_fork.key_pressed(key))

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def _converse(self, socket: ClientConnection, source: Source) -> bool:
        """Talk until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            hearing = call.create_task(self._hear(socket))
            sounding = call.create_task(self._sound(socket))
            speaking = call.create_task(self._speak(socket, source))
            leaving = call.create_task(self._leaving.wait())
            await asyncio.wait((hearing, speaking, leaving), return_when=asyncio.FIRST_COMPLETED)
            by_server = hearing.done()
            speaking.cancel()
            leaving.cancel()
            if not by_server:
                await self._say_goodbye(socket, hearing)
            sounding.cancel()
            hearing.cancel()
        return by_server

    async def _speak(self, socket: ClientConnection, source: Source) -> None:
        samples = samples_from_ms(self._block_ms, source.sample_rate_hz)
        sample_bytes = 2 * source.channels
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            if not await self._try_send(socket, block):
                return
            self._sent_samples += len(block) // sample_bytes
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)

    async def _hear(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                if isinstance(message, str) and not self._obey(audio_fork.parse_command(message)):
                    return
        except ConnectionClosed:
            return

    def _obey(self, command: object) -> bool:
        """Do what the server asks; False when it asks to end the call."""
        match command:
            case audio_fork.PlayAudio():
                self._queue(command)
            case audio_fork.KillAudio():
                while not self._speeches.empty():
                    self._speeches.get_nowait()
                self._stopped.set()
            case audio_fork.CallNamed(call_id=call_id):
                self._call_id = call_id
            case audio_fork.Disconnect():
                return False
        return True

    def _queue(self, speech: audio_fork.PlayAudio) -> None:
        if self._speeches.full():
            raise InputError(
                "call.too_much_speech",
                f"expected at most {SPEECHES_WAITING} speeches waiting, got more from the server",
            )
        self._speeches.put_nowait(speech)

    async def _sound(self, socket: ClientConnection) -> None:
        """Let what the server plays sound for as long as it is, one after the other."""
        while True:
            request = await self._speeches.get()
            speech = Speech(pcm=request.pcm, sample_rate_hz=request.sample_rate_hz)
            self._stopped.clear()
            if self._on_speech is not None:
                await self._on_speech(speech)
            try:
                async with asyncio.timeout(speech.duration_ms / 1000):
                    await self._stopped.wait()
            except TimeoutError:
                await self._try_send(socket, audio_fork.play_done(request.play_id))
                if self._on_played is not None:
                    await self._on_played(speech)

    async def _say_goodbye(self, socket: ClientConnection, hearing: asyncio.Task[None]) -> None:
        """An empty binary message; then the server closes, or we do when it takes too long."""
        if await self._try_send(socket, b""):
            await asyncio.wait((hearing,), timeout=CLOSE_S)

    @staticmethod
    async def _try_send(socket: ClientConnection, message: str | bytes) -> bool:
        try:
            await socket.send(message)
        except ConnectionClosed:
            return False
        return True
