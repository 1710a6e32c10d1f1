"""Open the database that everything is remembered in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from domain.errors import InputError
from storage.faults import naming_database_faults, naming_file_faults
from storage.settings import DEFAULT, StorageSettings

FILE_NAME = "openhotline.db"
_BEGIN = "openhotline_begin"


class Database:
    """One database and the two ways to use it. Statements run on driver threads, never on the event loop.

    A write takes SQLite's write lock when it begins (BEGIN IMMEDIATE) and waits ``busy_timeout_ms`` for it;
    a read sees one consistent moment and waits for nobody (WAL).
    """

    def __init__(self, url: URL, settings: StorageSettings) -> None:
        self._url = url
        self._settings = settings
        self.engine = create_async_engine(
            url.set(drivername="sqlite+aiosqlite"), **_options(settings)
        )
        _say_begin_ourselves(self.engine.sync_engine, settings)
        self._read = async_sessionmaker(self.engine, expire_on_commit=False)
        writing = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._write = async_sessionmaker(writing, expire_on_commit=False)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session for SELECTs. Raises StorageError."""
        with naming_database_faults():
            async with self._read() as session:
                yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a session in a transaction: committed when the block ends well, rolled back otherwise. Raises StorageError."""
        with naming_database_faults():
            async with self._write.begin() as session:
                yield session

    def thread_engine(self) -> Engine:
        """Open a second way in, for a thread of its own that writes in few, large steps; the caller disposes of it."""
        engine = create_engine(self._url, **_options(self._settings))
        _say_begin_ourselves(engine, self._settings)
        return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})

    async def check(self) -> None:
        """Raise StorageError unless the database answers."""
        async with self.reading() as session:
            await session.execute(text("SELECT count(*) FROM sqlite_master"))

    async def aclose(self) -> None:
        await self.engine.dispose()


async def open_database(where: Path | str, settings: StorageSettings = DEFAULT) -> Database:
    """Open the database in a data directory (a Path) or at an SQLAlchemy URL, and see that it answers.

    Raises StorageError with what to do when it cannot be used.
    """
    url = _url_in(where) if isinstance(where, Path) else _url_of(where)
    database = Database(url, settings)
    await asyncio.to_thread(_see_that_it_answers, database.thread_engine())
    return database


def _see_that_it_answers(engine: Engine) -> None:
    """Not on the loop's driver: one that cannot open its file leaves a thread behind that fails loudly at the end."""
    try:
        reading = engine.execution_options(**{_BEGIN: "BEGIN"})
        with naming_database_faults(), reading.connect() as connection:
            connection.execute(text("SELECT count(*) FROM sqlite_master"))
    finally:
        engine.dispose()


def _url_in(data_dir: Path) -> URL:
    with naming_file_faults(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
    return URL.create("sqlite", database=str(data_dir / FILE_NAME))


def _url_of(where: str) -> URL:
    try:
        url = make_url(where)
    except ArgumentError as error:
        raise InputError(
            "storage.url",
            "expected a URL such as sqlite:////var/lib/hotline/openhotline.db; check the setting",
        ) from error
    if url.get_backend_name() != "sqlite":
        raise InputError(
            "storage.url",
            f"expected a sqlite URL, got {url.get_backend_name()}; this version keeps its data in SQLite",
        )
    return url.set(drivername="sqlite")


def _options(settings: StorageSettings) -> dict[str, Any]:
    timeout = {"timeout": settings.busy_timeout_ms / 1000}
    return {"pool_size": settings.connections, "connect_args": timeout}


def _say_begin_ourselves(engine: Engine, settings: StorageSettings) -> None:
    """Because the sqlite3 module says BEGIN only before a write, which is too late for a read to be of one moment."""
    event.listen(engine, "connect", lambda connection, _: _prepare(connection, settings))
    event.listen(engine, "begin", _begin)


def _prepare(connection: Any, settings: StorageSettings) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {settings.synchronous}",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
