"""Listen for Asterisk's AudioSocket connections and bring each to the gateway as a leg."""

import asyncio
import logging
from uuid import UUID

from domain.errors import InputError, Refused
from domain.ids import CallId
from domain.ports import Clock
from media_gateway.audiosocket import frames
from media_gateway.audiosocket.connection import AudioSocketConnection
from media_gateway.audiosocket.conversations import Conversations
from media_gateway.audiosocket.counters import AudioSocketCounters
from media_gateway.audiosocket.expected_legs import ExpectedLeg, ExpectedLegs
from media_gateway.audiosocket.rates import DEFAULT_RATE_HZ, inferred_rate_hz
from media_gateway.audiosocket.settings import AudioSocketSettings
from media_gateway.audiosocket.voice import WIRE, AudioSocketVoice, dismiss
from media_gateway.ending import Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.offer import CallOffer

log = logging.getLogger(__name__)

BACKLOG = 512  # connections the kernel holds while we are busy; Asterisk gives up after 2 s


class AudioSocketServer:
    """A service. ``legs`` is told over HTTP what each UUID stands for; a UUID nobody told of is a caller of its own."""

    def __init__(
        self, *, gateway: MediaGateway, clock: Clock, settings: AudioSocketSettings
    ) -> None:
        self.counters = AudioSocketCounters()
        self.legs = ExpectedLegs(
            at_most=settings.legs_expected_at_most,
            expires_ms=settings.leg_expires_ms,
            clock=clock,
        )
        self.port: int | None = None
        self.is_listening = asyncio.Event()
        self._gateway = gateway
        self._settings = settings
        self._conversations = Conversations()
        self._wires: asyncio.TaskGroup
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Take the port before anything begins. Raises InputError when it is taken, or none is set."""
        self._server = await self._bound()

    async def run(self) -> None:
        """Listen until cancelled; takes the port unless ``open`` has."""
        server, self._server = self._server or await self._bound(), None
        try:
            async with asyncio.TaskGroup() as self._wires:
                await server.start_serving()
                self.port = server.sockets[0].getsockname()[1]
                self.is_listening.set()
                log.info("listening for AudioSocket", extra={"port": self.port})
                await asyncio.get_running_loop().create_future()
        finally:
            self.is_listening.clear()
            server.close()

    async def _bound(self) -> asyncio.Server:
        host, port = self._settings.host, self._settings.port
        if port is None:
            raise InputError(
                "media_gateway.settings", "expected a port to listen on for AudioSocket, got none"
            )
        try:
            return await asyncio.get_running_loop().create_server(
                lambda: AudioSocketConnection(began=self._began, counters=self.counters),
                host,
                port,
                backlog=BACKLOG,
                start_serving=False,
            )
        except OSError as error:
            raise InputError(
                "media_gateway.port",
                f"cannot listen for AudioSocket on {host}:{port} ({error.strerror}); choose another port",
            ) from None

    def _began(self, connection: AudioSocketConnection) -> None:
        self.counters.connections += 1
        self._wires.create_task(self._serve(connection))

    async def _serve(self, connection: AudioSocketConnection) -> None:
        try:
            with self._gateway.place():
                await self._live(connection)
        except Refused:
            log.info("an AudioSocket connection found no place")
        except InputError as error:
            if not connection.said_nothing:
                self._gateway.note_refusal(WIRE, error)
        except Exception:
            log.exception("serving an AudioSocket connection failed")
        finally:
            dismiss(connection.transport, self._settings.close_ms)

    async def _live(self, connection: AudioSocketConnection) -> None:
        """Raises InputError when it brings nothing that could be heard."""
        uuid = await connection.introduced(self._settings.opening_ms)
        kind, sample_rate_hz = await self._sound_of(connection)
        told = self.legs.claim(uuid) or ExpectedLeg(uuid=uuid, is_bridged=True)
        voice = self._voice(connection.transport, kind, sample_rate_hz, told)
        with self._conversations.seat(told.call) as seat:
            joins = await seat.conversation(self._settings.opening_ms)

            async def read(line: Line) -> Ending:
                seat.tell(line.call_id)
                return await connection.read(line)

            offer = self._offer(uuid, told, sample_rate_hz, joins)
            await self._gateway.take(offer, voice, read)

    async def _sound_of(self, connection: AudioSocketConnection) -> tuple[int, int]:
        """The kind of frame and the rate. A line that stays silent is taken for the dial-plan application's."""
        first = await connection.first_sound(self._settings.opening_ms)
        kind, payload = first or (frames.AUDIO.start, b"")
        if self._settings.sample_rate_hz is not None:
            return kind, self._settings.sample_rate_hz
        if first is None:
            return kind, DEFAULT_RATE_HZ
        return kind, inferred_rate_hz(kind, len(payload), self._settings.encoding)

    def _voice(
        self, transport: asyncio.Transport, kind: int, sample_rate_hz: int, told: ExpectedLeg
    ) -> AudioSocketVoice:
        return AudioSocketVoice(
            transport,
            is_bridged=told.is_bridged,
            kind=kind,
            sample_rate_hz=sample_rate_hz,
            encoding=self._settings.encoding,
            metronome=self._gateway.metronome,
            counters=self.counters,
            unsent_ms=self._settings.unsent_ms,
            close_ms=self._settings.close_ms,
        )

    def _offer(
        self, uuid: UUID, told: ExpectedLeg, sample_rate_hz: int, joins: CallId | None
    ) -> CallOffer:
        return CallOffer(
            sample_rate_hz=sample_rate_hz,
            legs=(told.leg,),
            direction=told.direction,
            caller_number=told.caller_number,
            dialled_number=told.dialled_number,
            title=told.title,
            synthetic=told.synthetic,
            claimed_call_id=told.call_id,
            campaign_contact=told.campaign_contact,
            wire_call_id=str(uuid),
            encoding=self._settings.encoding,
            joins=joins,
        )
