"""Open the door `/wire/twilio` to Twilio Media Streams and the carriers that speak like it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from domain.call import EndReason
from domain.errors import InputError, NotFound
from media_gateway.codecs import Encoding, encoded
from media_gateway.ending import CallOver, Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.metronome import Metronome
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.sockets.closing import close_with, goodbye, send_text
from media_gateway.sockets.guest import endpoint, offered
from media_gateway.sockets.marks import Marks
from media_gateway.sockets.outgoing import Message, Outgoing
from media_gateway.sockets.reading import drain
from media_gateway.twilio_settings import TwilioSettings
from media_gateway.wires import audio_fork, twilio
from media_gateway.wires.chunk_order import ChunkOrder
from media_gateway.wires.twilio_signature import is_signed, spellings

log = logging.getLogger(__name__)

TWILIO_PATH = "/wire/twilio"
WIRE = "twilio"
EARLY_AT_MOST = 50  # messages before the start; Telnyx does not promise any order


def routes(gateway: MediaGateway, settings: TwilioSettings) -> list[BaseRoute]:
    async def serve(gateway: MediaGateway, websocket: WebSocket) -> None:
        if not _is_rightful(websocket, settings):
            gateway.note_refusal(WIRE, "X-Twilio-Signature is missing or wrong")
            await websocket.send_denial_response(
                PlainTextResponse("X-Twilio-Signature is missing or wrong", status_code=403)
            )
            return
        await websocket.accept()
        await _serve(gateway, websocket)

    return [WebSocketRoute(TWILIO_PATH, endpoint(gateway, WIRE, serve))]


def _is_rightful(websocket: WebSocket, settings: TwilioSettings) -> bool:
    if settings.auth_token is None:
        return True
    query = websocket.scope["query_string"].decode("latin-1")
    return is_signed(
        websocket.headers.get("x-twilio-signature"),
        auth_token=settings.auth_token,
        urls=spellings(
            host=websocket.headers.get("host", ""),
            target=websocket.scope["path"] + (f"?{query}" if query else ""),
            public_url=settings.public_url,
        ),
    )


async def _serve(gateway: MediaGateway, websocket: WebSocket) -> None:
    wire = TwilioSocket(
        websocket,
        metronome=gateway.metronome,
        send_ms=gateway.settings.send_ms,
        play_grace_ms=gateway.settings.play_grace_ms,
    )
    offer = await offered(gateway, wire)
    if offer is not None:
        await gateway.take(offer, wire, wire.read)


class TwilioSocket:
    """A ``FarSide`` that speaks Media Streams over one accepted WebSocket; it is a person's ear on bidirectional ones."""

    reports_played = True
    max_play_bytes = 960_000  # a minute; it goes out frame by frame

    def __init__(
        self, websocket: WebSocket, *, metronome: Metronome, send_ms: int, play_grace_ms: int
    ) -> None:
        self._websocket = websocket
        self._metronome = metronome
        self._send_ms = send_ms
        self._outgoing = Outgoing(self._send)
        self._marks = Marks(patience_ms=play_grace_ms)
        self._dialect = twilio.TWILIO
        self._stream_id: str | None = None
        self._encoding = Encoding.PCMU
        self._tracks: tuple[str, ...] = ()
        self._early: list[twilio.Media] = []
        self._mouthpiece: Mouthpiece | None = None

    @property
    def wire(self) -> str:
        return self._dialect.wire

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        return self._mouthpiece

    async def opening(self, wait_ms: int) -> CallOffer:
        """Read up to the start. Raises InputError when it does not come in time, or cannot be understood."""
        try:
            async with asyncio.timeout(wait_ms / 1000):
                start = await self._start()
        except TimeoutError:
            raise InputError(
                "media_gateway.opening", f"expected a start message within {wait_ms} ms, got none"
            ) from None
        self._dialect, self._stream_id = start.dialect, start.stream_id
        self._encoding, self._tracks = start.offer.encoding, start.tracks
        if start.may_answer:
            self._mouthpiece = Mouthpiece(
                metronome=self._metronome,
                sample_rate_hz=start.offer.sample_rate_hz,
                send=self._speak,
            )
        return start.offer

    async def read(self, line: Line) -> Ending:
        """Drain the socket until the call ends; what we say goes out beside it."""
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._outgoing.run())
            ending = await self._drain(line)
            sending.cancel()
        return ending

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        """Return when it was heard. Raises NotFound on a stream that only listens."""
        if self._mouthpiece is None:
            raise NotFound(
                "media_gateway.one_way",
                "this stream only listens; to be heard use <Connect><Stream>",
            )
        self._marks.expect(play_id)
        await self._mouthpiece.play(pcm)
        if self._marks.work:
            self._outgoing.put(twilio.mark(self._dialect, self._stream_id, play_id))
            await self._marks.wait()

    async def stop_playing(self) -> None:
        if self._mouthpiece is not None:
            self._mouthpiece.stop()
        self._outgoing.drop_waiting()
        self._outgoing.put(twilio.clear(self._dialect, self._stream_id))
        self._marks.give_up()

    async def hang_up(self) -> None:
        """Nothing to say: the end of the socket is the end of the stream, and of a bidirectional one's <Connect>."""

    async def close(self, ending: Ending) -> None:
        if self._mouthpiece is not None:
            self._mouthpiece.close()
        self._marks.give_up()
        await close_with(self._websocket, ending, send_ms=self._send_ms)

    async def _start(self) -> twilio.Start:
        for _ in range(EARLY_AT_MOST):
            text = (await self._websocket.receive()).get("text")
            if text is None:
                break
            said = twilio.read_text(text, self._websocket.query_params)
            if isinstance(said, twilio.Start):
                return said
            if isinstance(said, tuple):
                self._early.append(said)
        raise InputError(
            "media_gateway.opening", "expected a start message first, got something else"
        )

    async def _drain(self, line: Line) -> Ending:
        orders = {
            track: ChunkOrder(
                rate_hz=line.offer.sample_rate_hz,
                sample_bytes=self._encoding.sample_bytes,
                hear=partial(line.hear, stream=stream),
                miss=partial(line.miss, stream=stream),
            )
            for stream, track in enumerate(self._tracks)
        }

        def hear(media: twilio.Media) -> None:
            order = orders.get(media[0])
            if order is None:
                line.note_text()  # a track that the start did not name; asked for often enough it is a flood
            else:
                order.take(media[1], media[2], media[3])

        def take(message: bytes | str) -> None:
            if not isinstance(message, str):
                raise InputError("media_gateway.text", "expected JSON texts, got a binary message")
            said = twilio.read_text(message)
            if isinstance(said, tuple):
                hear(said)
            else:
                self._understand(said, line)

        ending = await self._until_end(hear, take)
        with suppress(CallOver, InputError):
            for order in orders.values():
                order.flush()
        return ending

    async def _until_end(
        self, hear: Callable[[twilio.Media], None], take: Callable[[bytes | str], None]
    ) -> Ending:
        try:
            for media in self._early:
                hear(media)
            return goodbye(await drain(self._websocket, take))
        except CallOver as over:
            return over.ending
        except InputError as error:
            return Ending(reason=EndReason.BAD_WIRE, detail=error.message)

    def _understand(self, said: twilio.Said, line: Line) -> None:
        line.note_text()
        match said:
            case audio_fork.KeyOnWire(key=key):
                line.press(key)
            case twilio.MarkReached(name=name):
                self._marks.arrive(name)
            case twilio.Stop():
                raise CallOver(EndReason.HUNG_UP)
            case _:
                log.debug("a text on the wire meant nothing to us", extra={"call_id": line.call_id})

    def _speak(self, frame: bytes) -> None:
        sound = encoded(frame, self._encoding)
        self._outgoing.put(twilio.sound_to_play(self._dialect, self._stream_id, sound))

    async def _send(self, message: Message) -> None:
        await send_text(self._websocket, str(message), send_ms=self._send_ms)
