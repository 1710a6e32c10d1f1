"""Begin a file and write to it at given places, without leaving half of a beginning."""

import os
from pathlib import Path

from storage.faults import naming_file_faults


def begin_file(path: Path, header: bytes) -> int:
    """Make a file that did not exist and write its header; when that fails there is no file.

    Returns its descriptor, open for writing. Raises StorageError.
    """
    with naming_file_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        try:
            write_at(file, header, 0)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        return file


def write_at(file: int, content: bytes, offset: int) -> None:
    """All of it, however many writes that takes. Raises OSError."""
    left = memoryview(content)
    while left:
        written = os.pwrite(file, left, offset)
        left, offset = left[written:], offset + written
