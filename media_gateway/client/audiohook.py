"""Place one call on a running server as Genesys Cloud does over AudioHook v2, signed if a key is given."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import uuid4

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from domain.audio import Leg, Speech, samples_from_ms
from domain.errors import InputError
from media_gateway.client.audiohook_ears import AudioHookEars
from media_gateway.client.audiohook_request import request_headers, wire_url
from media_gateway.client.farewell import Farewell
from media_gateway.client.lookup import find_call_id
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.client.websocket_door import CLOSE_S, opened
from media_gateway.codecs import Encoding, encoded
from media_gateway.wires.audiohook import WIRE
from media_gateway.wires.audiohook_envelope import (
    NO_PARAMETERS,
    Correspondence,
    Received,
    Side,
    is_uuid,
)
from media_gateway.wires.audiohook_media import RATE_HZ, Media, duration_of
from media_gateway.wires.audiohook_messages import open_parameters

OPEN_S = 5  # as Genesys: who has not said `opened` by then is given up
PING_FIRST_S, PING_EVERY_S = 1, 5

Heard = Callable[[Speech], Awaitable[None]]
Event = Mapping[str, object]


class AudioHookCall:
    """One session. ``run`` streams a source of 8 kHz in real time until it ends or the server ends it.

    ``key`` is a key id and its base64 secret. With ``connector_id`` the call is brought to a bot, and ``on_speech``
    hears what it says, packet by packet. ``on_event`` is told what the server sends back: transcripts and the like.
    ``continued`` are (session id, serverseq, clientseq) of the sessions that this one goes on with.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        key: tuple[str, str] | None = None,
        connector_id: str | None = None,
        continued: tuple[tuple[str, int, int], ...] = (),
        organization_id: str | None = None,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Heard | None = None,
        on_event: Callable[[Event], None] | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
    ) -> None:
        self._url = wire_url(address, connector_id)
        self._address = address
        self._metadata = metadata
        self._key = key
        self._as_bot = connector_id is not None
        self._continued = continued
        self._on_sent = on_sent
        self._on_event = on_event
        self._block_ms = block_ms
        self._pacer = pacer or Pacer()
        self.conversation_id = _uuid(metadata.wire_call_id)
        self.organization_id = organization_id or str(uuid4())
        self.session_id = str(uuid4())
        self._letters = Correspondence(side=Side.CLIENT, session_id=self.session_id)
        self._ears = AudioHookEars(on_speech=on_speech, report=self._say)
        self._socket: ClientConnection | None = None
        self._opened = asyncio.Event()
        self._leaving = asyncio.Event()
        self._is_sent_away = False
        self._is_closed = False
        self._reason = ""
        self._sent_samples = 0
        self._position_samples = 0
        self._paused_at_samples: int | None = None

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers as AudioHook should, Refused when the server will not take the call."""
        if source.sample_rate_hz != RATE_HZ:
            raise InputError(
                "call.rate",
                f"expected sound of {RATE_HZ} Hz, got {source.sample_rate_hz} Hz; AudioHook carries no other",
            )
        async with await self._connected() as socket:
            self._socket = socket
            try:
                by_server = await self._converse(socket, source)
            except ExceptionGroup as troubles:
                raise troubles.exceptions[0] from troubles  # one call, one trouble to tell
            finally:
                self._socket = None
        return Farewell(
            said_goodbye=self._is_closed,
            reason=self._reason,
            sent_samples=self._sent_samples,
            by_server=by_server,
            call_id=await find_call_id(
                self._address, wire=WIRE, wire_call_id=self.conversation_id, wait_s=0.0
            ),
            wire_call_id=self.conversation_id,
            code=socket.close_code,
        )

    async def press(self, key: str) -> None:
        """Press a telephone key now; nothing happens when the call is not in progress."""
        await self._say("dtmf", {"digit": key})

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def _connected(self) -> ClientConnection:
        headers = request_headers(
            self._url,
            organization_id=self.organization_id,
            session_id=self.session_id,
            key=self._key,
        )
        return await opened(self._url, headers=headers)

    async def _converse(self, socket: ClientConnection, source: Source) -> bool:
        """Talk until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            hearing = call.create_task(self._hear(socket))
            beside = [call.create_task(self._ping()), call.create_task(self._ears.play())]
            speaking = call.create_task(self._speak(source))
            leaving = call.create_task(self._leaving.wait())
            await asyncio.wait((hearing, speaking, leaving), return_when=asyncio.FIRST_COMPLETED)
            by_server = hearing.done() or self._is_sent_away
            for task in (speaking, leaving, *beside):
                task.cancel()
            if not hearing.done():
                await self._say("close", {"reason": "disconnect" if self._is_sent_away else "end"})
                await asyncio.wait((hearing,), timeout=CLOSE_S)
            hearing.cancel()
        return by_server

    async def _speak(self, source: Source) -> None:
        await self._open(source.channels)
        samples = samples_from_ms(self._block_ms, RATE_HZ)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._position_samples / RATE_HZ)
            if self._paused_at_samples is None and self._socket is not None:
                await self._try_send(encoded(block, Encoding.PCMU))
                self._sent_samples += len(block) // (2 * source.channels)
                if self._on_sent is not None:
                    self._on_sent(self._sent_samples)
            self._position_samples += len(block) // (2 * source.channels)

    async def _open(self, channels: int) -> None:
        await self._say("open", self._opening(channels))
        try:
            async with asyncio.timeout(OPEN_S):
                await self._opened.wait()
        except TimeoutError:
            raise InputError(
                "call.not_opened", f"{self._url} did not answer open with opened within {OPEN_S} s"
            ) from None

    def _opening(self, channels: int) -> dict[str, object]:
        legs = self._metadata.legs_of(channels)
        names = tuple("external" if leg.role is Leg.CALLER else "internal" for leg in legs)
        config = {
            "title": self._metadata.title,
            "synthetic": self._metadata.synthetic,
            "direction": self._metadata.direction,
            "call_id": self._metadata.call_id,
            "campaign_contact": self._metadata.campaign_contact,
        }
        return open_parameters(
            organization_id=self.organization_id,
            conversation_id=self.conversation_id,
            media=(Media(format="PCMU", channels=names),),
            caller_number=self._metadata.caller_number,
            dialled_number=self._metadata.dialled_number,
            config={name: value for name, value in config.items() if value is not None},
            continued=self._continued,
            inputs={} if self._as_bot else None,
        )

    async def _ping(self) -> None:
        await self._opened.wait()
        await asyncio.sleep(PING_FIRST_S)
        while True:
            await self._say("ping")
            await asyncio.sleep(PING_EVERY_S)

    async def _hear(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                if isinstance(message, bytes):
                    self._ears.take(message)
                elif not await self._obey(self._letters.receive(message)):
                    return
        except ConnectionClosed:
            return

    async def _obey(self, received: Received) -> bool:
        """Do what the server asks; False when the session is closed."""
        match received.type:
            case "opened":
                self._opened.set()
            case "event":
                self._heed(received.parameters)
            case "pause":
                await self._pause()
            case "resume":
                await self._resume()
            case "disconnect":
                self._reason = str(received.parameters.get("info") or "")
                self._is_sent_away = True
                self._leaving.set()
            case "closed":
                self._is_closed = True
                return False
        return True

    def _heed(self, event: Event) -> None:
        entities = event.get("entities")
        for entity in entities if isinstance(entities, list) else []:
            if isinstance(entity, dict) and entity.get("type") == "barge_in":
                self._ears.hush()
        if self._on_event is not None:
            self._on_event(event)

    async def _pause(self) -> None:
        if self._paused_at_samples is None:
            self._paused_at_samples = self._position_samples
        await self._say("paused")

    async def _resume(self) -> None:
        start = (
            self._position_samples if self._paused_at_samples is None else self._paused_at_samples
        )
        discarded = self._position_samples - start
        self._paused_at_samples = None
        await self._say(
            "resumed", {"start": duration_of(start), "discarded": duration_of(discarded)}
        )

    async def _say(self, name: str, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
        position = duration_of(self._position_samples)
        await self._try_send(self._letters.write(name, parameters, position=position))

    async def _try_send(self, message: str | bytes) -> None:
        if self._socket is None:
            return
        try:
            await self._socket.send(message)
        except ConnectionClosed:
            return


def _uuid(wire_call_id: str | None) -> str:
    if wire_call_id is None:
        return str(uuid4())
    if not is_uuid(wire_call_id):
        raise InputError(
            "call.uuid", f"expected a UUID for a call over AudioHook, got {wire_call_id!r}"
        )
    return wire_call_id
