"""Migrations lead from an empty file to today's tables and back, and from a newer version nowhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.errors import StorageError
from storage.engine import Database, open_database
from storage.migrate import differences, downgrade, upgrade


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(tmp_path / "data")
    yield opened
    await opened.aclose()


async def tables(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(
            await session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        )


async def test_a_migrated_database_has_exactly_the_tables_that_the_code_describes(
    database: Database,
) -> None:
    await upgrade(database)

    assert await differences(database) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    await upgrade(database)
    before = await tables(database)

    await upgrade(database)

    assert await tables(database) == before


async def test_a_database_can_be_taken_back_to_nothing_and_up_again(database: Database) -> None:
    await upgrade(database)

    await downgrade(database, "base")
    left = await tables(database) - {"sqlite_sequence"}
    await upgrade(database)

    assert left == {"alembic_version"}
    assert await differences(database) == []


async def test_a_missing_column_is_noticed(database: Database) -> None:
    await upgrade(database)
    async with database.writing() as session:
        await session.execute(text("ALTER TABLE tickets DROP COLUMN state"))

    assert [change[0] for change in await differences(database)] == ["add_column"]


async def test_a_database_of_a_newer_version_is_refused_in_one_sentence(database: Database) -> None:
    await upgrade(database)
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StorageError, match="written by another version"):
        await upgrade(database)


async def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE tickets (x)"))

    with pytest.raises(StorageError):
        await upgrade(database)

    assert await tables(database) == {"tickets"}
