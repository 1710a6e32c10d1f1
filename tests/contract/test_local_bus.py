"""Hold the corridor to its contract: over the real event log, and over the list that room tests use."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bus import codec
from bus.local import LocalBus
from domain.envelope import Envelope
from domain.errors import StorageError
from domain.events import Event
from storage.engine import Database
from storage.event_log import SqlEventLog
from tests.contract.event_bus import EventBusContract, House
from tests.fakes.bus import FakeBus, MemoryEventLog
from tests.fakes.clock import FakeClock
from tests.fakes.database import a_database

FULL_DISK = (
    "CREATE TRIGGER full BEFORE INSERT ON events "
    "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
)


class LocalHouse:
    """The local bus over SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open()

    def _open(self) -> None:
        self.event_log = SqlEventLog(self._database, codec=codec, clock=FakeClock())
        self._bus = LocalBus(self.event_log, clock=FakeClock())

    def bus(self) -> LocalBus:
        return self._bus

    def drops(self) -> Mapping[str, int]:
        return self._bus.drops()

    async def cursor(self, name: str) -> int | None:
        return await self.event_log.cursor(name)

    async def restart(self) -> None:
        await self.event_log.aclose()
        self._open()

    async def break_the_log(self) -> None:
        async with self._database.writing() as session:
            await session.execute(text(FULL_DISK))


class FakeHouse:
    """The bus of the room tests."""

    def __init__(self) -> None:
        self._log = MemoryEventLog()
        self._bus = FakeBus(self._log)

    def bus(self) -> FakeBus:
        return self._bus

    def drops(self) -> Mapping[str, int]:
        return self._bus.drops()

    async def cursor(self, name: str) -> int | None:
        return await self._log.cursor(name)

    async def restart(self) -> None:
        self._bus = FakeBus(self._log)

    async def break_the_log(self) -> None:
        self._log.append = _full_disk  # type: ignore[method-assign]


async def _full_disk(event: Event) -> Envelope:
    raise StorageError("storage.full", "the disk is full")


class TestLocalBus(EventBusContract):
    @pytest.fixture(autouse=True)
    def _here(self, tmp_path: Path) -> None:
        self.directory = tmp_path

    def open_house(self) -> AbstractAsyncContextManager[House]:
        return self._house()

    @asynccontextmanager
    async def _house(self) -> AsyncIterator[House]:
        async with a_database(self.directory) as database:
            house = LocalHouse(database)
            yield house
            await house.event_log.aclose()


class TestFakeBus(EventBusContract):
    def open_house(self) -> AbstractAsyncContextManager[House]:
        return self._house()

    @asynccontextmanager
    async def _house(self) -> AsyncIterator[House]:
        yield FakeHouse()
