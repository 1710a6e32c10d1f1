"""Turn what the disk or the database said into one sentence that helps."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError

from domain.errors import StorageError

# SQLite says these in plain words; the words have been stable since 3.0 and aiosqlite carries no result code for all.
_DATABASE_FAULTS = (
    ("full", "storage.full", "the disk is full; free some space and try again"),
    ("locked", "storage.locked", "another process holds the database; stop it and try again"),
    ("busy", "storage.locked", "another process holds the database; stop it and try again"),
    (
        "readonly",
        "storage.read_only",
        "the database may not be written; give this user the right to write the data directory",
    ),
    (
        "unable to open",
        "storage.unopened",
        "the database file cannot be opened; check that the data directory exists and is ours",
    ),
    (
        "malformed",
        "storage.damaged",
        "the database is damaged; restore the latest backup of the data directory",
    ),
    (
        "not a database",
        "storage.damaged",
        "the file is not a database; move it away or restore the latest backup",
    ),
    (
        "no such table",
        "storage.not_migrated",
        "the database has no tables yet; run: hotline serve, which migrates it",
    ),
)

_FILE_FAULTS = {
    errno.ENOSPC: ("storage.full", "the disk is full; free some space and try again"),
    errno.EDQUOT: (
        "storage.full",
        "this user's disk quota is used up; free some space and try again",
    ),
    errno.EACCES: (
        "storage.forbidden",
        "this user may not write there; change its owner or name another data directory",
    ),
    errno.EPERM: (
        "storage.forbidden",
        "this user may not write there; change its owner or name another data directory",
    ),
    errno.EROFS: ("storage.read_only", "the file system is read-only; name another data directory"),
    errno.ENOTDIR: (
        "storage.not_a_directory",
        "a file stands where a directory should be; move it or name another data directory",
    ),
    errno.EEXIST: (
        "storage.not_a_directory",
        "a file stands where a directory should be; move it or name another data directory",
    ),
}


def database_fault(error: DBAPIError) -> StorageError:
    """Name a database failure; the driver's own words stay at the end for whoever must look deeper."""
    words = str(error.orig)
    for sign, code, advice in _DATABASE_FAULTS:
        if sign in words.lower():
            return StorageError(code, f"{advice} ({words})")
    return StorageError(
        "storage.database", f"the database refused: {words}; see the log for the statement"
    )


def file_fault(error: OSError, path: Path) -> StorageError:
    """Name a file failure and the place it happened."""
    code, advice = _FILE_FAULTS.get(
        error.errno or 0, ("storage.file", "look at the disk and try again")
    )
    return StorageError(code, f"cannot use {path}: {advice} ({error.strerror or error})")


@contextmanager
def naming_database_faults() -> Iterator[None]:
    """Let only StorageError out of a piece of database work."""
    try:
        yield
    except (DBAPIError, InterfaceError) as error:
        raise database_fault(error) from error


@contextmanager
def naming_file_faults(path: Path) -> Iterator[None]:
    """Let only StorageError out of a piece of file work."""
    try:
        yield
    except OSError as error:
        raise file_fault(error, path) from error
