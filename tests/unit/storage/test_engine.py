"""A database that cannot be used is said in one sentence that tells what to do."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.errors import InputError, StorageError
from storage.engine import FILE_NAME, Database, open_database
from storage.settings import StorageSettings


async def test_a_database_is_made_where_none_was(tmp_path: Path) -> None:
    database = await open_database(tmp_path / "new" / "place")

    async with database.reading() as session:
        wal = await session.scalar(text("PRAGMA journal_mode"))
        keys = await session.scalar(text("PRAGMA foreign_keys"))
        synchronous = await session.scalar(text("PRAGMA synchronous"))
    await database.aclose()

    assert (wal, keys, synchronous) == ("wal", 1, 1)


async def test_a_power_cut_can_be_survived_for_a_price(tmp_path: Path) -> None:
    database = await open_database(tmp_path, StorageSettings(synchronous="FULL"))

    async with database.reading() as session:
        assert await session.scalar(text("PRAGMA synchronous")) == 2
    await database.aclose()


async def test_a_url_names_a_database_too(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/other.db")
    await database.aclose()

    assert (tmp_path / "other.db").exists()


@pytest.mark.parametrize("url", ["not a url", "mysql://host/x", "postgresql://host/x"])
async def test_a_database_we_cannot_keep_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="sqlite"):
        await open_database(url)


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"these are not the bytes of a database" * 100)

    with pytest.raises(StorageError, match="not a database; move it away"):
        await open_database(tmp_path)


async def test_a_damaged_database_is_said(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE t (a)"))
        await session.execute(
            text(
                "INSERT INTO t WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n WHERE x<5000) SELECT hex(randomblob(50)) FROM n"
            )
        )
    await database.aclose()
    file = tmp_path / FILE_NAME
    whole = file.read_bytes()
    file.write_bytes(whole[:8_192] + b"\xff" * (len(whole) - 8_192))

    database = await open_database(tmp_path)
    with pytest.raises(StorageError, match="damaged; restore the latest backup"):
        async with database.reading() as session:
            await session.execute(text("SELECT sum(length(a)) FROM t"))
    await database.aclose()


async def test_a_data_directory_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(StorageError, match="a file stands where a directory should be"):
        await open_database(tmp_path / "data")


async def test_a_locked_database_is_said_after_the_patience_is_over(tmp_path: Path) -> None:
    database = await open_database(tmp_path, StorageSettings(busy_timeout_ms=10))
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageError, match="another process holds the database"):
        async with database.writing() as session:
            await session.execute(text("CREATE TABLE t (a)"))

    holder.close()
    await database.aclose()


async def test_a_full_disk_is_said(tmp_path: Path) -> None:
    database = await open_database(tmp_path, StorageSettings(connections=1))
    async with database.reading() as session:
        await session.execute(text("PRAGMA max_page_count = 3"))

    with pytest.raises(StorageError, match="the disk is full; free some space"):
        async with database.writing() as session:
            await session.execute(text("CREATE TABLE t AS SELECT hex(randomblob(20000))"))
    await database.aclose()


async def break_while_writing(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
        raise ZeroDivisionError


async def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    async with database.writing() as session:
        await session.execute(text("CREATE TABLE t (a)"))

    with pytest.raises(ZeroDivisionError):
        await break_while_writing(database)

    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM t")) == 0
    await database.aclose()
