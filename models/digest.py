"""Measure files by sha256, and copy them only as what they claim to be."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import IO

from domain.errors import EngineError, InputError

BLOCK_BYTES = 1 << 20

Advance = Callable[[int], None]
"""Told how many more bytes are done."""


Part = Callable[[], AbstractContextManager[IO[bytes]]]
"""Opens one piece of a file for reading."""


def file_part(path: Path) -> Part:
    """The whole of a file on disk as one part."""
    return partial(_open, path)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as refused:
        raise EngineError(
            "models.fetch", f"{path} cannot be read: {refused.strerror}", retryable=False
        ) from refused


def ignore(_bytes: int) -> None:
    """Be the Advance of somebody who does not watch."""


def sha256_of(path: Path, advance: Advance = ignore) -> str:
    measure = hashlib.sha256()
    with path.open("rb") as source:
        for block in _blocks(source):
            measure.update(block)
            advance(len(block))
    return measure.hexdigest()


def join_verified(
    parts: Sequence[Part], target: Path, *, sha256: str, size_bytes: int, origin: str
) -> None:
    """Write ``parts`` one after another to ``target`` and keep it only if it is the promised file.

    Stops at the first byte too many, so that an archive cannot fill the disk. Raises InputError
    ("models.digest") naming file, origin, expected and got; then ``target`` does not exist.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    measure, written = hashlib.sha256(), 0
    with ExitStack() as unless_good:
        unless_good.callback(target.unlink, missing_ok=True)
        with target.open("wb") as sink:
            for open_part in parts:
                with open_part() as source:
                    for block in _blocks(source):
                        written += len(block)
                        if written > size_bytes:
                            raise mismatch(target.name, origin, f"{size_bytes} bytes", "more")
                        measure.update(block)
                        sink.write(block)
        if measure.hexdigest() != sha256:
            raise mismatch(
                target.name, origin, f"sha256 {sha256}", f"{measure.hexdigest()} ({written} bytes)"
            )
        unless_good.pop_all()


def mismatch(name: str, origin: str, expected: str, got: str) -> InputError:
    return InputError(
        "models.digest",
        f"{name} from {origin} is not the file the catalogue promises: expected {expected}, got {got}; "
        "nothing was installed from there: use another source, or correct the catalogue if you trust this one",
    )


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(BLOCK_BYTES):
        yield block
