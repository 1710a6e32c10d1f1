"""Place one call as Asterisk's AudioSocket does: a TCP connection for each leg."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import httpx

from domain.audio import Speech, samples_from_ms
from domain.errors import InputError, Refused
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.rates import RATES_BY_KIND_HZ
from media_gateway.client.address import host_port
from media_gateway.client.farewell import Farewell
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Source
from media_gateway.client.pacing import Pacer
from media_gateway.codecs import deinterleaved

DEFAULT_PORT = 9092
LEGS_PATH = "/wire/audiosocket/legs"
CONNECT_S = 10
GOODBYE_S = 10
AT_ONCE_MS = 200  # who hangs up sooner never took the call: the protocol has no other way to refuse
KINDS = {rate_hz: kind for kind, rate_hz in RATES_BY_KIND_HZ.items()}
READ_BYTES = 64 * 1024

Heard = Callable[[Speech], Awaitable[None]]


class AudioSocketCall:
    """One call of one or two legs. What we know about it is told to ``product`` over HTTP, as a dial-plan would.

    Without ``product`` nothing is told: the call is one of an unknown caller, and has one leg. ``on_speech`` hears what
    the server sends, 20 ms at a time.
    """

    def __init__(
        self,
        *,
        address: str,
        metadata: Metadata,
        product: str | None = None,
        on_sent: Callable[[int], None] | None = None,
        on_speech: Heard | None = None,
        block_ms: int = 20,
        pacer: Pacer | None = None,
    ) -> None:
        self._address = host_port(address, scheme="tcp", default_port=DEFAULT_PORT)
        self._metadata = metadata
        self._product = product
        self._on_sent = on_sent
        self._on_speech = on_speech
        self._block_ms = block_ms
        self._pacer = pacer or Pacer()
        self._uuid = _uuid(metadata.wire_call_id)
        self._writers: list[asyncio.StreamWriter] = []
        self._leaving = asyncio.Event()
        self._was_hung_up = False
        self._sent_samples = 0

    async def run(self, source: Source) -> Farewell:
        """Raises InputError when nobody answers at the address, Refused when the call is hung up at once."""
        uuids = [self._uuid, *(uuid4() for _ in range(source.channels - 1))]
        await self._tell(uuids)
        readers = [await self._connected(uuid) for uuid in uuids]
        try:
            by_server = await self._converse(readers, source)
        finally:
            for writer in self._writers:
                writer.close()
        if by_server and self._sent_samples < samples_from_ms(AT_ONCE_MS, source.sample_rate_hz):
            raise Refused(
                "call.refused", "the product hung up at once; its log says why, or it is full"
            )
        return Farewell(
            said_goodbye=self._was_hung_up if by_server else True,
            reason=("hung up" if self._was_hung_up else "the connection closed")
            if by_server
            else "",
            sent_samples=self._sent_samples,
            by_server=by_server,
            wire_call_id=str(self._uuid),
        )

    async def press(self, key: str) -> None:
        """Press a telephone key now; nothing happens when the call is not in progress."""
        if self._writers:
            await _try_write(self._writers[0], frames.key_frame(key))

    def hang_up(self) -> None:
        """End the call with a goodbye, in the middle of whatever is being said."""
        self._leaving.set()

    async def _tell(self, uuids: list[UUID]) -> None:
        if self._product is None and len(uuids) > 1:
            raise InputError(
                "call.legs",
                "expected the product's address beside the socket's, to tell which leg is whose; add --url",
            )
        if self._product is None:
            return
        async with httpx.AsyncClient(trust_env=False, timeout=CONNECT_S) as client:
            for uuid, leg in zip(uuids, self._metadata.legs_of(len(uuids)), strict=True):
                call = str(self._uuid) if len(uuids) > 1 else None
                told = self._told() | {"uuid": str(uuid), "leg": leg, "call": call}
                await _post(client, self._product.rstrip("/") + LEGS_PATH, told)

    def _told(self) -> dict[str, object]:
        return {
            "title": self._metadata.title,
            "caller_number": self._metadata.caller_number,
            "dialled_number": self._metadata.dialled_number,
            "direction": self._metadata.direction,
            "synthetic": self._metadata.synthetic,
            "call_id": self._metadata.call_id,
            "campaign_contact": self._metadata.campaign_contact,
        }

    async def _connected(self, uuid: UUID) -> asyncio.StreamReader:
        host, port = self._address.host, self._address.port
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(host, port)
        except OSError:  # a timeout is one too
            raise InputError(
                "call.unreachable",
                f"nobody answers at tcp://{host}:{port}; set the port of AudioSocket in the product's settings",
            ) from None
        self._writers.append(writer)
        await _try_write(writer, frames.call_frame(uuid))
        return reader

    async def _converse(self, readers: list[asyncio.StreamReader], source: Source) -> bool:
        """Talk until one side ends; True when it was the server."""
        async with asyncio.TaskGroup() as call:
            hearing = [call.create_task(self._hear(r, source.sample_rate_hz)) for r in readers]
            speaking = call.create_task(self._speak(source))
            leaving = call.create_task(self._leaving.wait())
            await asyncio.wait((*hearing, speaking, leaving), return_when=asyncio.FIRST_COMPLETED)
            by_server = any(task.done() for task in hearing)
            speaking.cancel()
            leaving.cancel()
            for writer in self._writers:
                await _try_write(writer, frames.frame(frames.HANG_UP))
            await asyncio.wait(hearing, timeout=GOODBYE_S)
            for task in hearing:
                task.cancel()
        return by_server

    async def _speak(self, source: Source) -> None:
        kind = KINDS.get(source.sample_rate_hz, frames.AUDIO.start)
        samples = samples_from_ms(self._block_ms, source.sample_rate_hz)
        while (block := source.take(samples)) is not None:
            await self._pacer.due(self._sent_samples / source.sample_rate_hz)
            legs = deinterleaved(block, source.channels)
            for writer, pcm in zip(self._writers, legs, strict=True):
                if not await _try_write(writer, frames.frame(kind, pcm)):
                    return
            self._sent_samples += len(legs[0]) // 2
            if self._on_sent is not None:
                self._on_sent(self._sent_samples)

    async def _hear(self, reader: asyncio.StreamReader, sample_rate_hz: int) -> None:
        arriving = frames.FrameReader()
        while data := await _try_read(reader):
            for kind, payload in arriving.feed(data):
                if kind == frames.HANG_UP:
                    self._was_hung_up = True
                    return
                if kind in frames.AUDIO and self._on_speech is not None:
                    await self._on_speech(Speech(pcm=payload, sample_rate_hz=sample_rate_hz))


def _uuid(wire_call_id: str | None) -> UUID:
    try:
        return uuid4() if wire_call_id is None else UUID(wire_call_id)
    except ValueError:
        raise InputError(
            "call.uuid", f"expected a UUID for a call over AudioSocket, got {wire_call_id!r}"
        ) from None


async def _post(client: httpx.AsyncClient, url: str, told: dict[str, object]) -> None:
    known = {name: value for name, value in told.items() if value is not None}
    try:
        answer = await client.post(url, json=known)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise InputError(
            "call.unreachable", f"nobody answers at {url}; start the product with: hotline serve"
        ) from None
    if answer.is_error:
        raise InputError(
            "call.no_wire",
            f"{url} answered HTTP {answer.status_code}; is AudioSocket switched on there?",
        )


async def _try_write(writer: asyncio.StreamWriter, data: bytes) -> bool:
    if writer.is_closing():
        return False
    try:
        writer.write(data)
        await writer.drain()
    except OSError:
        return False
    return True


async def _try_read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(READ_BYTES)
    except OSError:
        return b""
