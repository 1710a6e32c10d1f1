"""Bring a database to the tables this version knows, from whatever earlier version wrote it."""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError

from domain.errors import StorageError
from storage.engine import Database
from storage.faults import naming_database_faults
from storage.tables import Base
from storage.tables.transcript_lines import WORDS_TABLE


def _is_ours(_: Any, name: str | None, kind: str, __: bool, ___: Any) -> bool:
    """Leave out the full-text table and its shadows: no metadata can describe them."""
    return not (kind == "table" and name is not None and name.startswith(WORDS_TABLE))


SCOPE: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "include_object": _is_ours,
    "render_as_batch": True,  # SQLite alters tables by copying them
    "transactional_ddl": True,  # SQLite can, as long as we say BEGIN ourselves: a migration happens whole or not at all
    "compare_type": True,
}


async def upgrade(database: Database) -> None:
    """Migrate to the newest version; nothing happens when it is there already. Raises StorageError."""
    await asyncio.to_thread(_run, database, command.upgrade, "head")


async def downgrade(database: Database, revision: str) -> None:
    """Migrate back to an earlier version, ``base`` for an empty database. Raises StorageError."""
    await asyncio.to_thread(_run, database, command.downgrade, revision)


async def differences(database: Database) -> list[Any]:
    """What the tables in the database lack or have too much, compared with the code; empty when all is well."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts=SCOPE), Base.metadata
            )
        )


def _run(database: Database, step: Any, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = database.thread_engine()
    try:
        with naming_database_faults(), engine.begin() as connection:
            config.attributes["connection"] = connection
            step(config, revision)
    except CommandError as error:
        raise StorageError(
            "storage.newer",
            f"the database was written by another version of this program ({error}); start that one, or restore a backup",
        ) from error
    finally:
        engine.dispose()
