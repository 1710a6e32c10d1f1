"""Grow and read one sealed recording; see ``storage/seal.py`` for the format."""

import os
from pathlib import Path
from threading import Lock

from domain.audio import SAMPLE_BYTES
from domain.errors import StorageError
from storage.faults import naming_file_faults
from storage.new_file import begin_file, write_at
from storage.seal import HEADER_BYTES, new_seal, seal_of


class GrowingSealedFile:
    """A sealed file being written, a whole block at a time; the last, shorter one when it is closed.

    Called on worker threads. A step that fails changes nothing that counts: the same block is sealed again, with the
    same number and the same content, at the same place.
    """

    def __init__(self, path: Path, sample_rate_hz: int, key: bytes) -> None:
        self._path = path
        self._one_at_a_time = Lock()
        self._seal = new_seal(key, sample_rate_hz)
        self._blocks = 0
        self.pcm_bytes = 0
        self._file: int | None = begin_file(path, self._seal.header)

    def take(self, waiting: bytearray, *, is_last: bool = False) -> None:
        """Move whole blocks into the file, and with ``is_last`` the rest; what is safe is gone from ``waiting``.

        Raises StorageError; then the block that failed, and all after it, still wait.
        """
        with self._one_at_a_time, naming_file_faults(self._path):
            if self._file is None:
                return
            while len(waiting) >= self._seal.block_bytes:
                self._append(self._file, waiting, self._seal.block_bytes)
            if is_last:
                self._append(self._file, waiting, len(waiting), is_last=True)

    def close(self) -> None:
        """Make it last through a power cut. Twice is fine."""
        with self._one_at_a_time, naming_file_faults(self._path):
            if self._file is None:
                return
            try:
                os.fsync(self._file)
            finally:
                os.close(self._file)
                self._file = None

    def _append(self, file: int, waiting: bytearray, size: int, *, is_last: bool = False) -> None:
        record = self._seal.close(self._blocks, bytes(waiting[:size]), is_last=is_last)
        write_at(file, record, HEADER_BYTES + self._blocks * self._seal.record_bytes)
        self._blocks += 1
        self.pcm_bytes += size
        del waiting[:size]


class SealedSound:
    """The sound in a sealed file as it stands when this is made."""

    def __init__(self, path: Path, key: bytes | None, *, must_be_whole: bool) -> None:
        """Raises StorageError; ``must_be_whole``: the recording was closed, so it must still have its end."""
        self._path = path
        with path.open("rb") as file:
            self._seal = seal_of(file.read(HEADER_BYTES), key)
            size = file.seek(0, os.SEEK_END) - HEADER_BYTES
            self._blocks, rest_bytes = divmod(size, self._seal.record_bytes)
            file.seek(HEADER_BYTES + self._blocks * self._seal.record_bytes)
            self._end = self._seal.open(self._blocks, file.read(rest_bytes), is_last=True)
        if self._end is None and must_be_whole:
            raise StorageError(
                "recordings.tampered",
                f"the end of {path.name} is missing or was changed; restore it from a backup",
            )
        self.sample_rate_hz = self._seal.sample_rate_hz
        self.pcm_bytes = self._blocks * self._seal.block_bytes + len(self._end or b"")

    def pcm(self, start: int, stop: int) -> bytes:
        """Bytes ``start`` up to ``stop`` of the sound. Raises StorageError when a block fails its seal."""
        stop = min(stop, self.pcm_bytes)
        if start >= stop:
            return b""
        first = start // self._seal.block_bytes
        last = (stop - 1) // self._seal.block_bytes
        with self._path.open("rb") as file:
            file.seek(HEADER_BYTES + first * self._seal.record_bytes)
            sound = b"".join(
                self._block(number, file.read(self._seal.record_bytes))
                for number in range(first, last + 1)
            )
        offset = first * self._seal.block_bytes
        return sound[start - offset : stop - offset]

    def _block(self, number: int, record: bytes) -> bytes:
        block = self._seal.open(number, record, is_last=number == self._blocks)
        if block is None:
            at_s = number * self._seal.block_bytes // (self.sample_rate_hz * SAMPLE_BYTES)
            raise StorageError(
                "recordings.tampered",
                f"second {at_s} of {self._path.name} is not what was recorded: the file was changed or the"
                " disk is failing; restore it from a backup",
            )
        return block
