"""Open a fresh database for one test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from storage.engine import Database, open_database
from storage.tables import Base
from storage.tables.transcript_lines import CREATE_WORDS


@asynccontextmanager
async def a_database(directory: Path) -> AsyncIterator[Database]:
    """All tables, made without the migrations, which have tests of their own."""
    database = await open_database(directory)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(text(CREATE_WORDS))
    try:
        yield database
    finally:
        await database.aclose()
