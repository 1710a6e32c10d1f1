"""Open the door `/wire/audiohook` to Genesys Cloud: AudioHook Monitor listens in, Audio Connector brings a bot's caller."""

import asyncio
import logging
from contextlib import ExitStack

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

from domain.audio import GapCause, Leg, ms_from_samples, samples_from_ms
from domain.call import EndReason, Party
from domain.errors import InputError, NotFound, Refused
from media_gateway.audiohook_settings import AudioHookSettings
from media_gateway.ending import CallOver, Ending
from media_gateway.gateway import MediaGateway
from media_gateway.line import Line
from media_gateway.mouthpiece import Mouthpiece
from media_gateway.offer import CallOffer
from media_gateway.sockets.audiohook_door import AudioHookDoor
from media_gateway.sockets.audiohook_parting import AudioHookParting
from media_gateway.sockets.audiohook_post import AudioHookPost
from media_gateway.sockets.audiohook_voice import AudioHookVoice
from media_gateway.sockets.audiohook_words import AudioHookWords
from media_gateway.sockets.closing import send_text
from media_gateway.sockets.guest import endpoint
from media_gateway.sockets.reading import drain
from media_gateway.transcript_source import TranscriptSource
from media_gateway.wires import audiohook_messages as said
from media_gateway.wires.audiohook import (
    WIRE,
    AudioHookSession,
    SessionMemory,
    State,
    choose_media,
    offer_from,
)
from media_gateway.wires.audiohook_envelope import is_uuid
from media_gateway.wires.audiohook_media import RATE_HZ, Media
from media_gateway.wires.audiohook_transcript import REGIONS, barge_in_entity

log = logging.getLogger(__name__)

AUDIOHOOK_PATH = "/wire/audiohook"
# Audio Connector appends the connector id of the flow to the address it was given.
BOT_PATH = AUDIOHOOK_PATH + "/{connector_id}"
MAX_PLAY_BYTES = 16 * 1024 * 1024
REST_S = 1.0  # after a 429 that does not say for how long


def routes(
    gateway: MediaGateway,
    settings: AudioHookSettings | None = None,
    transcripts: TranscriptSource | None = None,
) -> list[BaseRoute]:
    """Without ``transcripts`` nothing is sent back but the protocol's own answers."""
    hook = settings or AudioHookSettings()
    memory = SessionMemory()

    async def serve(gateway: MediaGateway, websocket: WebSocket) -> None:
        await AudioHookSocket(gateway, websocket, hook, memory, transcripts).serve()

    guarded = AudioHookDoor(gateway, hook).guard(endpoint(gateway, WIRE, serve))
    return [WebSocketRoute(path, guarded) for path in (AUDIOHOOK_PATH, BOT_PATH)]


class AudioHookSocket:
    """A ``FarSide`` that speaks AudioHook v2 over one WebSocket; it says ``opened`` before the gateway does anything."""

    def __init__(
        self,
        gateway: MediaGateway,
        websocket: WebSocket,
        settings: AudioHookSettings,
        memory: SessionMemory,
        transcripts: TranscriptSource | None,
    ) -> None:
        self._gateway = gateway
        self._websocket = websocket
        self._memory = memory
        self._transcripts = transcripts
        named = websocket.headers.get("audiohook-session-id")
        self._session = AudioHookSession(session_id=named if is_uuid(named) else None)
        send_ms = gateway.settings.send_ms
        self._post = AudioHookPost(
            websocket, self._session, send_ms=send_ms, event_gap_ms=settings.event_gap_ms
        )
        self._parting = AudioHookParting(
            websocket, self._session, self._post, settings, send_ms=send_ms
        )
        self._listening = ExitStack()
        self._opening: said.Open | None = None
        self._voice: AudioHookVoice | None = None
        self._words: AudioHookWords | None = None
        self._line: Line | None = None
        self._paused_at_ms: int | None = None

    @property
    def wire(self) -> str:
        return WIRE

    @property
    def reports_played(self) -> bool:
        return self._voice is not None

    @property
    def max_play_bytes(self) -> int:
        return MAX_PLAY_BYTES

    @property
    def mouthpiece(self) -> Mouthpiece | None:
        return None if self._voice is None else self._voice.mouthpiece

    async def serve(self) -> None:
        """Live one session from its first message to the socket's end."""
        await self._websocket.accept()
        async with asyncio.TaskGroup() as life:
            life.create_task(self._post.run())
            try:
                with self._listening:
                    await self._converse()
            finally:
                self._post.close()

    async def read(self, line: Line) -> Ending:
        """Drain the socket until the call ends; nothing else may hold this loop."""
        self._line = line
        self._introduce(line)
        return self._parting.understood(await drain(self._websocket, self._take))

    async def play(self, pcm: bytes, *, sample_rate_hz: int, play_id: str) -> None:
        if self._voice is None:
            raise Refused(
                "media_gateway.listens_only",
                "an AudioHook monitor cannot be spoken to; bring the call with Audio Connector",
            )
        await self._voice.say(pcm)

    async def stop_playing(self) -> None:
        """Barge-in: nothing more is sent, and the client drops what it has not played."""
        if self._voice is not None:
            self._voice.hush()
            self._post.answer("event", {"entities": [barge_in_entity()]})

    async def hang_up(self) -> None:
        """The wish is sent with our goodbye."""

    async def close(self, ending: Ending) -> None:
        if self._voice is not None:
            self._voice.close()
        self._parting.begin(ending)

    def ask_to_pause(self) -> None:
        """The client stops sending sound and says ``paused``; also good for asking whether it is."""
        self._post.answer("pause")

    def ask_to_resume(self) -> None:
        """The client sends sound again and says ``resumed``."""
        self._post.answer("resume")

    def ask_to_reconnect(self, info: str) -> None:
        """The client opens another session that continues this one, then closes this one."""
        self._post.answer("reconnect", {"info": info})

    async def _converse(self) -> None:
        try:
            opening, media = await self._open()
        except InputError as error:
            self._gateway.note_refusal(WIRE, error)
            await self._parting.part(Ending(reason=EndReason.BAD_WIRE, detail=error.message))
            return
        except Refused as refusal:
            self._gateway.note_refusal(WIRE, refusal)
            ending = Ending(reason=EndReason.BAD_WIRE, detail=refusal.message)
            await self._parting.part(ending, is_unauthorized=True)
            return
        except NotFound:
            return
        if opening.is_probe or media is None:
            await self._parting.part(None)
            return
        joins = self._memory.continued(opening)
        await self._live(offer_from(opening, media, joins=joins))

    async def _open(self) -> tuple[said.Open, Media | None]:
        """Answer ``open``. Raises InputError when something else comes, Refused and NotFound when nobody may or takes the answer."""
        opening = self._understood(await self._first_text())
        self._check_organization(opening)
        as_bot = "connector_id" in self._websocket.path_params or opening.inputs is not None
        media = choose_media(opening, as_bot=as_bot)
        languages = tuple(REGIONS.values()) if opening.wants_languages else None
        text = self._session.opened(media, languages)
        await send_text(self._websocket, text, send_ms=self._gateway.settings.send_ms)
        self._opening = opening
        if as_bot and media is not None and not opening.is_probe:
            self._voice = AudioHookVoice(
                metronome=self._gateway.metronome, encoding=media.encoding, post=self._post
            )
        return opening, media

    async def _first_text(self) -> str:
        try:
            async with asyncio.timeout(self._gateway.settings.opening_ms / 1000):
                message = await self._websocket.receive()
        except TimeoutError:
            message = {}
        if message.get("type") == "websocket.disconnect":
            self._parting.understood(message)
        text = message.get("text")
        if not isinstance(text, str):
            raise InputError("media_gateway.opening", "expected open as a text first, got none")
        return text

    def _understood(self, text: str) -> said.Open:
        message = self._session.receive(text)
        if not isinstance(message, said.Open):
            raise InputError("media_gateway.opening", "expected open first, got another message")
        return message

    def _check_organization(self, opening: said.Open) -> None:
        named = self._websocket.headers.get("audiohook-organization-id")
        if named is not None and named.lower() != opening.organization_id.lower():
            raise Refused(
                "media_gateway.audiohook_organization",
                "expected the organization that signed the request, got another one's open",
            )

    async def _live(self, offer: CallOffer) -> None:
        async with asyncio.TaskGroup() as life:
            life.create_task(self._parting.run())
            try:
                await self._gateway.take(offer, self, self.read)
            finally:
                self._parting.nothing_more_comes()
                self._parting.begin(Ending(reason=EndReason.FAILED))  # unless it has begun

    def _introduce(self, line: Line) -> None:
        opening, media = self._opening, self._session.media
        if opening is None or media is None:
            return
        session_id = self._session.session_id or ""
        self._memory.remember(opening.organization_id, session_id, line.call_id)
        if "external" in media.channels:
            leg = line.legs[media.channels.index("external")]
            party = Party(
                name=opening.caller_name,
                number=opening.caller_number,
                wire_id=opening.participant_id,
            )
            line.rename(leg, party)
        self._words = AudioHookWords(line, media, self._post)
        self._words.language_hint = opening.language
        if self._transcripts is not None:
            follow = self._transcripts.follow(line.call_id, self._words.take)
            self._listening.enter_context(follow)
            self._parting.wait_for(self._words.over)

    def _take(self, message: bytes | str) -> None:
        line = self._line
        if line is None or self._parting.has_begun:
            self._parting.take(message)
        elif isinstance(message, bytes):
            self._session.check_sound(message)
            line.hear(message)
        else:
            line.note_text()
            self._obey(self._session.receive(message), line)
            self._keep_time(line)

    def _keep_time(self, line: Line) -> None:
        if self._words is not None and self._session.state is State.OPEN:
            client_ms = ms_from_samples(self._session.position_samples, RATE_HZ)
            self._words.time.learn(line_ms=line.now_ms, client_ms=client_ms)

    def _obey(self, message: said.ClientMessage, line: Line) -> None:
        match message:
            case said.Ping(seq=seq):
                self._post.answer("pong", answering=seq)
            case said.Paused():
                self._pause(line)
            case said.Resumed(discarded_samples=samples):
                self._resume(line, samples)
            case said.Discarded(discarded_samples=samples):
                line.miss(samples, GapCause.NETWORK)
            case said.Update(language=language):
                self._update(language)
            case said.KeyOnWire(key=key):
                line.press(key, _caller_of(line))
            case said.PlaybackCompleted():
                line.played(None)
            case said.ClientError():
                self._heed(message)
            case said.Close(reason=reason):
                self._parting.client_closes(reason)
                raise CallOver(EndReason.HUNG_UP, None if reason == "end" else f"closed: {reason}")
            case _:
                log.debug("a message on the wire meant nothing to us")

    def _pause(self, line: Line) -> None:
        if self._paused_at_ms is None:
            self._paused_at_ms = line.now_ms
        for leg in line.legs:
            line.hold(leg, GapCause.PAUSED)

    def _resume(self, line: Line, discarded_samples: int) -> None:
        """The gap is as long as the client says, or as our clock says if that is longer."""
        for leg in line.legs:
            line.resume(leg)
        if self._paused_at_ms is not None:
            passed = samples_from_ms(line.now_ms - self._paused_at_ms, RATE_HZ)
            line.miss(max(discarded_samples - passed, 0), GapCause.PAUSED)
        self._paused_at_ms = None

    def _update(self, language: str | None) -> None:
        if self._words is not None:
            self._words.language_hint = language
        self._post.answer("updated")

    def _heed(self, error: said.ClientError) -> None:
        log.warning(
            "an AudioHook client complains",
            extra={"session_id": self._session.session_id, "code": error.code},
        )
        if error.code == said.RATE_LIMITED:
            samples = error.retry_after_samples
            self._post.keep_quiet(REST_S if samples is None else samples / RATE_HZ)


def _caller_of(line: Line) -> Leg:
    return next((leg for leg in line.legs if leg.role is Leg.CALLER), line.legs[0])
