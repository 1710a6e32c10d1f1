"""Grow one WAV file so that it can be played at any moment, also after a crash."""

import os
import struct
from pathlib import Path
from threading import Lock

from domain.audio import SAMPLE_BYTES
from storage.faults import naming_file_faults
from storage.new_file import begin_file, write_at

HEADER_BYTES = 44
_MOST_BYTES = 0xFFFFFFFF - HEADER_BYTES  # RIFF counts in 32 bits: 74 hours at 8 kHz


def wav_header(pcm_bytes: int, sample_rate_hz: int) -> bytes:
    """The header of 16-bit mono PCM."""
    size = min(pcm_bytes, _MOST_BYTES)
    byte_rate = sample_rate_hz * SAMPLE_BYTES
    form = struct.pack("<HHIIHH", 1, 1, sample_rate_hz, byte_rate, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    riff = b"RIFF" + struct.pack("<I", size + HEADER_BYTES - 8) + b"WAVE"
    return riff + b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size)


class GrowingWav:
    """A WAV file being written: sound first, then the header that counts it.

    Called on worker threads, one step at a time. A step that fails changes nothing that counts: the next one
    writes at the same place again, so a disk that was full for a while leaves no shift in time.
    """

    def __init__(self, path: Path, sample_rate_hz: int) -> None:
        self._path = path
        self._sample_rate_hz = sample_rate_hz
        self._one_at_a_time = Lock()
        self._file: int | None = begin_file(path, wav_header(0, sample_rate_hz))
        self.pcm_bytes = 0

    def take(self, waiting: bytearray, *, is_last: bool = False) -> None:
        """Move sound into the file; what is safe is gone from ``waiting``. Raises StorageError; then all of it still waits.

        ``is_last`` makes no difference to a WAV file: it is whole at any moment.
        """
        with self._one_at_a_time, naming_file_faults(self._path):
            if self._file is None:
                return
            pcm = bytes(waiting)
            write_at(self._file, pcm, HEADER_BYTES + self.pcm_bytes)
            write_at(self._file, wav_header(self.pcm_bytes + len(pcm), self._sample_rate_hz), 0)
            self.pcm_bytes += len(pcm)
            del waiting[: len(pcm)]

    def close(self) -> None:
        """Make it last through a power cut. Twice is fine."""
        with self._one_at_a_time, naming_file_faults(self._path):
            if self._file is None:
                return
            try:
                os.ftruncate(self._file, HEADER_BYTES + self.pcm_bytes)
                os.fsync(self._file)
            finally:
                os.close(self._file)
                self._file = None
