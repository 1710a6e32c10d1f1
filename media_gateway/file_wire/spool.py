"""Keep an uploaded recording on disk while it is played: memory stays small however long it is."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from io import RawIOBase
from pathlib import Path

from domain.errors import InputError, StorageError

WRITE_BYTES = 1024 * 1024
PREFIX = "hotline-file-"


async def spooled(
    pieces: AsyncIterator[bytes], *, folder: Path | None, max_bytes: int, stall_ms: int
) -> Path:
    """Write an upload to a file of its own and return it; whoever asked deletes it.

    Raises InputError when it is too long or does not go on, StorageError when the disk is full.
    """
    try:
        path = await asyncio.to_thread(_created, folder)
    except OSError as error:
        raise _full(error) from error
    try:
        with path.open("wb", buffering=0) as file:
            await _copied(pieces, file, max_bytes=max_bytes, stall_ms=stall_ms)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _created(folder: Path | None) -> Path:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
    os.close(descriptor)
    return Path(name)


async def _copied(
    pieces: AsyncIterator[bytes], file: RawIOBase, *, max_bytes: int, stall_ms: int
) -> None:
    size = 0
    gathered = bytearray()
    while (piece := await _next(pieces, stall_ms)) is not None:
        size += len(piece)
        if size > max_bytes:
            raise InputError(
                "media_gateway.file_size",
                f"expected at most {max_bytes} bytes, got more; cut the recording into pieces",
            )
        gathered += piece
        if len(gathered) >= WRITE_BYTES:
            await _written(file, bytes(gathered))
            gathered.clear()
    await _written(file, bytes(gathered))


async def _next(pieces: AsyncIterator[bytes], stall_ms: int) -> bytes | None:
    try:
        async with asyncio.timeout(stall_ms / 1000):
            return await anext(pieces, None)
    except TimeoutError:
        raise InputError(
            "media_gateway.file_stalled", f"nothing more of the file came for {stall_ms} ms"
        ) from None


async def _written(file: RawIOBase, data: bytes) -> None:
    try:
        await asyncio.to_thread(_write, file, data)
    except OSError as error:
        raise _full(error) from error


def _write(file: RawIOBase, data: bytes) -> None:
    """All of it: an unbuffered file may take a part and say so."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]


def _full(error: OSError) -> StorageError:
    return StorageError(
        "media_gateway.spool", f"a recording cannot be kept while it is played: {error.strerror}"
    )
