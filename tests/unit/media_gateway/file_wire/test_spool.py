"""An upload lies on disk, is bounded, and leaves nothing behind when it fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.errors import InputError, StorageError
from media_gateway.file_wire.spool import WRITE_BYTES, spooled


async def upload(*pieces: bytes, hangs: bool = False) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece
    if hangs:
        await asyncio.Event().wait()


async def test_it_is_kept_byte_by_byte(tmp_path: Path) -> None:
    pieces = [bytes([n]) * 100_000 for n in range(15)]

    path = await spooled(
        upload(*pieces), folder=tmp_path / "new", max_bytes=2 * WRITE_BYTES, stall_ms=1_000
    )

    assert path.read_bytes() == b"".join(pieces)


@pytest.mark.parametrize(
    ("hangs", "max_bytes", "sentence"), [(False, 150, "at most 150"), (True, 1_000, "for 1 ms")]
)
async def test_what_is_too_long_or_stalls_leaves_nothing_behind(
    tmp_path: Path, hangs: bool, max_bytes: int, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        await spooled(
            upload(bytes(100), bytes(100), hangs=hangs),
            folder=tmp_path,
            max_bytes=max_bytes,
            stall_ms=1 if hangs else 1_000,
        )

    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="cannot be kept"):
        await spooled(upload(b"x"), folder=tmp_path / "file", max_bytes=10, stall_ms=1_000)
