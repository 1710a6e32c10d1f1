"""Open a console over a real database and corridor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI

from bus import codec
from bus.local import LocalBus
from console.asgi import build_app
from console.settings import ConsoleSettings
from domain.events import Event
from quality import QualitySettings, quality_routes
from storage.engine import Database
from storage.event_log import SqlEventLog
from storage.recordings import FileRecordings
from storage.repositories.calls import CallRepository
from storage.transcript_index.sqlite_fts import SqliteFts
from storage.transcript_index.tokens import Segmenter
from tests.fakes.clock import FakeClock
from tests.fakes.database import a_database


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the tests of the console need."""

    app: FastAPI
    database: Database
    bus: LocalBus
    recordings: FileRecordings
    index: SqliteFts
    static: Path
    browser: httpx.AsyncClient

    async def tell(self, *events: Event) -> None:
        for event in events:
            await self.bus.publish(event)


@asynccontextmanager
async def a_console(directory: Path, segmenter: Segmenter) -> AsyncIterator[House]:
    """Patience and replay are short, so that tests of them are too."""
    clock = FakeClock()
    async with a_database(directory) as database:
        event_log = SqlEventLog(database, codec=codec, clock=clock)
        bus = LocalBus(event_log, clock=clock)
        recordings = FileRecordings(directory / "recordings", clock=clock)
        index = SqliteFts(database, segmenter=segmenter)
        app = build_app(
            calls=CallRepository(database, codec=codec),
            event_log=event_log,
            bus=bus,
            routers=[
                quality_routes(
                    index=index, store=recordings, files=recordings, settings=QualitySettings()
                )
            ],
            static=directory / "static",
            settings=ConsoleSettings(heartbeat_ms=20, browser_takes_ms=100, replay_facts=5),
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://desk.example"
        ) as browser:
            yield House(
                app=app, database=database, bus=bus, recordings=recordings, index=index, static=directory / "static", browser=browser
            )  # fmt: skip
        await event_log.aclose()
