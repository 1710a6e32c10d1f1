"""Plug machines into sockets: the only file that names concrete engines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import httpx
from starlette.types import ASGIApp

from acd import RoutingService, load_policy
from agent_assist import AssistService
from app.api import caretaker_routes
from app.clock import SystemClock
from app.health import Check, disk_check, services_check
from app.known_terms import terms_of_hotline
from app.orphans import end_orphans
from app.settings import Settings, recording_key, vectors_folder
from app.speech import open_speech
from app.supervisor import ServiceHealth
from app.telemetry import Telemetry
from asr import LegTranscriber
from bus import codec
from bus.local import LocalBus
from bus.port import EventBus
from console import build_app
from domain.language import LanguageTag
from domain.ports import Clock, LineProvider, LiveCalls, SpeechToText, TextToSpeech
from kb_retrieval import KnowledgeService, Search, read_articles
from kb_retrieval.engines.sentence_transformer import SentenceTransformerEmbedder
from media_gateway import Equipment, MediaGateway, Switchboard
from media_gateway.rack import WireRack
from media_gateway.sockets.audio_fork import AUDIO_FORK_PATH
from models import InferencePool, Shelf, weights_root
from models.kept_vectors import KeptEmbedder
from nlu import UnderstandingService, load_examples, load_taxonomy
from nlu.engines.embedding_classifier import EmbeddingClassifier
from nlu.urgency import load_urgency_signs
from outbound_bot import AnswerReader, Campaigns, Dialer, build_router
from outbound_bot.engines.http_line import HttpLine
from outbound_bot.engines.kokoro import Kokoro
from quality import IndexingService, quality_routes
from storage import Database, open_database
from storage.event_log import SqlEventLog
from storage.migrate import upgrade
from storage.recordings import FileRecordings
from storage.repositories.calls import CallRepository
from storage.repositories.tickets import TicketRepository
from storage.transcript_index.sqlite_fts import SqliteFts
from storage.transcript_index.tokens import Segmenter
from tickets import TicketService

VERSION = version("openhotline")
QUEUE_FILE = "visits.db"
SIP_LINE = "sip:"
Run = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that runs: the pages and wires, each room's service by name, and how to end the calls kindly."""

    asgi: ASGIApp
    services: Mapping[str, Run]
    health: ServiceHealth
    gateway: MediaGateway

    async def drain(self, seconds: int) -> None:
        """Take no more calls, end those there are, and give their last words this long to become firm."""
        try:
            async with asyncio.timeout(seconds):
                await self.gateway.drain()
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The database and what is built on it."""

    database: Database
    event_log: SqlEventLog
    calls: CallRepository
    recordings: FileRecordings
    index: SqliteFts


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """The machines behind understanding and knowledge."""

    classifier: EmbeddingClassifier
    search: Search


@asynccontextmanager
async def open_house(settings: Settings, address: str) -> AsyncIterator[House]:
    """Build everything; ``address`` is where our wires can be reached, as host:port.

    Raises InputError, StorageError or EngineError in one sentence before anything listens.
    """
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        memory = await stack.enter_async_context(_open_memory(settings, clock))
        bus = LocalBus(memory.event_log, clock=clock, settings=settings.bus)
        await end_orphans(bus, await memory.calls.left_open())
        meaning = await stack.enter_async_context(open_meaning(settings))
        speech = await stack.enter_async_context(
            open_speech(settings, clock, await asyncio.to_thread(terms_of_hotline, settings))
        )
        voice = await stack.enter_async_context(open_voice(settings))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        switchboard = Switchboard()
        gateway = _gateway(settings, memory, bus, clock, switchboard, speech.recogniser)
        rack = WireRack(gateway=gateway, bus=bus, clock=clock, settings=settings.wires)
        await rack.open()
        line_for = partial(_line, client, address, settings.outbound.ring_timeout_s, rack.sip_line)
        campaigns = _campaigns(settings, memory, bus, clock, switchboard, voice, line_for)
        telemetry, health = Telemetry(), ServiceHealth()
        telemetry.watch_gateway(gateway.counters)
        telemetry.watch_wires(rack.counters)
        telemetry.watch_speech(speech.counters)
        services = _services(settings, memory, bus, clock, meaning) | {
            **rack.services,
            "outbound_bot": campaigns.run,
            "telemetry": partial(telemetry.run, bus),
        }
        checks = {
            "database": _database_check(memory.database),
            "disk": disk_check(settings.data_dir, settings.min_free_disk_mb),
            "services": services_check(health),
        }
        recordings = memory.recordings
        asgi = build_app(
            calls=memory.calls,
            event_log=memory.event_log,
            bus=bus,
            routers=[
                quality_routes(
                    index=memory.index,
                    store=recordings,
                    files=recordings,
                    settings=settings.quality,
                ),
                build_router(campaigns),
                caretaker_routes(checks, telemetry),
            ],
            routes=rack.routes,
            version=VERSION,
            settings=settings.console,
        )
        yield House(asgi=asgi, services=services, health=health, gateway=gateway)


@asynccontextmanager
async def open_voice(settings: Settings) -> AsyncIterator[TextToSpeech]:
    """The bot's voice, at the rate of a telephone line. Raises EngineError when its weights are not here."""
    outbound, machines = settings.outbound, settings.machines
    pool = InferencePool(name="voice", workers=1)
    try:
        yield await asyncio.to_thread(
            Kokoro,
            weights=Shelf(weights_root()).path(machines.voice),
            cache=outbound.prompt_cache or settings.cache_dir / "prompts",
            pool=pool,
            sample_rate_hz=outbound.speech_rate_hz,
            voices={LanguageTag(language): voice for language, voice in outbound.voices},
            threads=outbound.voice_threads,
        )
    finally:
        await pool.aclose()


@asynccontextmanager
async def open_meaning(settings: Settings) -> AsyncIterator[Meaning]:
    """The classifier and the knowledge search over one embedder; what they place is cached between starts."""
    machines = settings.machines
    pool = InferencePool(name="embedder", workers=1)
    try:
        embedder = await asyncio.to_thread(
            SentenceTransformerEmbedder.load,
            Shelf(weights_root()).path(machines.embedder),
            model_id=machines.embedder,
            pool=pool,
        )
        library = KeptEmbedder(embedder, vectors_folder(settings))
        taxonomy = load_taxonomy(settings.nlu.taxonomy)
        examples = load_examples(settings.nlu.examples, taxonomy)
        classifier = await EmbeddingClassifier.trained(
            embedder, taxonomy, examples, library=library
        )
        articles = read_articles(settings.knowledge.articles_dir)
        search = await Search.open(
            articles, embedder=embedder, library=library, settings=settings.knowledge
        )
        yield Meaning(classifier=classifier, search=search)
    finally:
        await pool.aclose()


@asynccontextmanager
async def _open_memory(settings: Settings, clock: Clock) -> AsyncIterator[Memory]:
    database = await open_database(settings.data_dir, settings.storage)
    try:
        await upgrade(database)
        event_log = SqlEventLog(database, codec=codec, clock=clock)
        index = SqliteFts(database, segmenter=Segmenter(_folder(settings.cache_dir / "jieba")))
        await index.load()
        yield Memory(
            database=database,
            event_log=event_log,
            calls=CallRepository(database, codec=codec),
            recordings=FileRecordings(
                settings.data_dir / "recordings",
                clock=clock,
                settings=settings.storage,
                key=recording_key(settings),
            ),
            index=index,
        )
        await event_log.aclose()
    finally:
        await database.aclose()


def _gateway(
    settings: Settings,
    memory: Memory,
    bus: EventBus,
    clock: Clock,
    switchboard: Switchboard,
    recogniser: SpeechToText,
) -> MediaGateway:
    equipment = Equipment(
        bus=bus,
        recordings=memory.recordings,
        listeners={"asr": LegTranscriber(recogniser=recogniser, bus=bus)},
        clock=clock,
        settings=settings.gateway,
    )
    return MediaGateway(equipment=equipment, switchboard=switchboard)


def _campaigns(
    settings: Settings,
    memory: Memory,
    bus: EventBus,
    clock: Clock,
    live_calls: LiveCalls,
    voice: TextToSpeech,
    line_for: Callable[[str], LineProvider],
) -> Campaigns:
    dialer = Dialer(
        database=memory.database,
        bus=bus,
        live_calls=live_calls,
        voice=voice,
        line_for=line_for,
        reader=AnswerReader.load(),
        clock=clock,
        settings=settings.outbound,
        new_id=lambda: uuid4().hex,
    )
    return Campaigns(
        database=memory.database,
        dialer=dialer,
        clock=clock,
        settings=settings.outbound,
        voice_languages=voice.languages,
        queue_path=settings.data_dir / QUEUE_FILE,
    )


def _services(
    settings: Settings, memory: Memory, bus: EventBus, clock: Clock, meaning: Meaning
) -> dict[str, Run]:
    signs = load_urgency_signs(settings.nlu.urgency_signs)
    return {
        "nlu": UnderstandingService(bus, meaning.classifier, signs, settings.nlu).run,
        "kb_retrieval": KnowledgeService(
            bus=bus, search=meaning.search, limit=settings.knowledge.limit
        ).run,
        "agent_assist": AssistService(bus=bus, clock=clock, settings=settings.assist).run,
        "acd": RoutingService(bus, load_policy(settings.acd.rules)).run,
        "tickets": TicketService(bus, TicketRepository(memory.database), settings.tickets).run,
        "quality": IndexingService(bus=bus, index=memory.index).run,
    }


def _line(
    client: httpx.AsyncClient,
    address: str,
    ring_timeout_s: float,
    sip_line: LineProvider,
    line_url: str,
) -> LineProvider:
    """``sip:trunk`` dials through our own trunk; an address over HTTP asks a telephone system to dial."""
    if line_url.startswith(SIP_LINE):
        return sip_line
    return HttpLine(
        client=client,
        line_url=line_url,
        wire_url=f"ws://{address}{AUDIO_FORK_PATH}",
        ring_timeout_s=ring_timeout_s,
    )


def _database_check(database: Database) -> Check:
    async def check() -> str | None:
        await database.check()
        return None

    return check


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
