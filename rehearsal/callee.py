"""Be the telephone network and the people of a rehearsal: take the bot's calls and answer them over a real wire.

It runs in a process of its own. ``POST /calls`` is what `outbound_bot.engines.http_line` dials; every call it takes
is a line in its log, so that a test can see that nobody was called twice.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from domain.call import Direction
from domain.errors import ContactCentreError, InputError, NotFound
from domain.ids import CallId
from domain.ports import TextToSpeech
from media_gateway.client.audio_fork import AudioForkCall, wire_url
from media_gateway.client.metadata import Metadata
from media_gateway.client.mouth import Mouth
from rehearsal.callee_behaviour import BUSY, NO_ANSWER, Behaviour, Behaviours
from rehearsal.callee_line import NoisyLine
from rehearsal.callee_person import REACTION_S, Person

log = logging.getLogger(__name__)

TELEPHONE_HZ = 8_000
RING_S = 1.0
ANSWERED, BUSY_HERE, NO_ANSWER_HERE, UNKNOWN_NUMBER = 200, 486, 480, 404


class Order(BaseModel):
    """A call somebody asks us to place; its sound goes to ``wire_url``."""

    call_id: str = Field(min_length=1, max_length=128)
    number: str = Field(min_length=1, max_length=64)
    wire_url: str | None = Field(default=None, max_length=500)
    campaign_contact: str = Field(max_length=200)


class Callees:
    """Everybody who can be called. ``take`` answers as a telephone network does; the talking goes on behind it."""

    def __init__(
        self,
        *,
        tasks: asyncio.TaskGroup,
        wire_url: str,
        voice: TextToSpeech,
        behaviours: Behaviours,
        log_path: Path,
        ring_s: float = RING_S,
        reaction_s: float = REACTION_S,
    ) -> None:
        self._tasks = tasks
        self._wire_url = wire_url
        self._voice = voice
        self._behaviours = behaviours
        self._log_path = log_path
        self._ring_s = ring_s
        self._reaction_s = reaction_s
        self._talks: set[asyncio.Task[None]] = set()

    async def take(self, order: Order) -> int:
        """The SIP status of the attempt; 200 when somebody picked up."""
        status, person = await self._pick_up(order)
        self._note(order, status)
        if person is not None:
            talk = self._tasks.create_task(self._talk(order, *person))
            self._talks.add(talk)
            talk.add_done_callback(self._talks.discard)
        return status

    def close(self) -> None:
        """Everybody drops the telephone."""
        for talk in self._talks:
            talk.cancel()

    async def _pick_up(self, order: Order) -> tuple[int, "tuple[Person, Mouth] | None"]:
        await asyncio.sleep(self._ring_s)
        if order.number == BUSY:
            return BUSY_HERE, None
        if order.number == NO_ANSWER:
            return NO_ANSWER_HERE, None
        try:
            behaviour = self._behaviours.of(order.number)
        except NotFound:
            return UNKNOWN_NUMBER, None
        return ANSWERED, await self._person(behaviour)

    async def _person(self, behaviour: Behaviour) -> tuple[Person, Mouth]:
        mouth = Mouth(sample_rate_hz=TELEPHONE_HZ)
        person = Person(
            behaviour=behaviour, mouth=mouth, voice=self._voice, reaction_s=self._reaction_s
        )
        await person.prepare()
        return person, mouth

    async def _talk(self, order: Order, person: Person, mouth: Mouth) -> None:
        call = AudioForkCall(
            url=order.wire_url or self._wire_url,
            metadata=Metadata(
                direction=Direction.OUTBOUND,
                synthetic=True,
                dialled_number=order.number,
                call_id=CallId(order.call_id),
                campaign_contact=order.campaign_contact,
            ),
            on_speech=person.speech_began,
            on_played=person.speech_ended,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                talking = tasks.create_task(person.talk(call))
                try:
                    await call.run(NoisyLine(mouth, seed=len(order.call_id)))
                finally:
                    talking.cancel()
        except* (ContactCentreError, OSError):
            log.warning("a rehearsed call broke", extra={"call_id": order.call_id})

    def _note(self, order: Order, status: int) -> None:
        """On disk before the answer is given: a log that can be trusted after a kill."""
        line = {
            "at": datetime.now(UTC).isoformat(),
            "call_id": order.call_id,
            "number": order.number,
            "campaign_contact": order.campaign_contact,
            "status": status,
        }
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("a", encoding="utf-8") as calls:
            calls.write(json.dumps(line) + "\n")
            calls.flush()
            os.fsync(calls.fileno())


def callee_app(
    *,
    wire_url: str,
    voice: TextToSpeech,
    log_path: Path,
    ring_s: float = RING_S,
    reaction_s: float = REACTION_S,
) -> FastAPI:
    """The line's HTTP side; its calls end when the application does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            app.state.callees = Callees(
                tasks=tasks,
                wire_url=wire_url,
                voice=voice,
                behaviours=Behaviours.load(),
                log_path=log_path,
                ring_s=ring_s,
                reaction_s=reaction_s,
            )
            yield
            app.state.callees.close()

    app = FastAPI(
        title="OpenHotline rehearsal line", lifespan=lifespan, docs_url=None, redoc_url=None
    )

    @app.get("/health")
    async def tell_health() -> dict[str, str]:
        return {"status": "ready"}

    @app.post("/calls")
    async def place_call(order: Order, response: Response) -> dict[str, str]:
        callees: Callees = app.state.callees
        response.status_code = await callees.take(order)
        return {"call_id": order.call_id}

    return app


async def run_callee(
    *,
    host: str,
    port: int,
    wire_url_base: str,
    tts: TextToSpeech,
    log_path: Path,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Serve until stopped by SIGINT or SIGTERM. ``on_ready`` is told the line's URL; port 0 takes any free one.

    ``wire_url_base`` is the product's own address, for orders that do not name a wire. Raises InputError when the
    port is taken.
    """
    with _listening(host, port) as listener:
        app = callee_app(wire_url=wire_url(wire_url_base), voice=tts, log_path=log_path)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        on_ready(f"http://{host}:{listener.getsockname()[1]}")
        await server.serve(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InputError(
            "rehearsal.port",
            f"cannot listen on {host}:{port} ({error.strerror}); choose another --port",
        ) from error
    return listener
