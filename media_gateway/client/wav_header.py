"""Read a WAV's own promise of how much sound it holds; sound libraries forgive a file that was cut short."""

from pathlib import Path
from typing import BinaryIO

UNKNOWN_SIZES = (0xFFFFFFFF, 0x7FFFFFFF)  # written by programs that stream into a pipe


def missing_wav_bytes(path: Path) -> int:
    """How many bytes the header promises beyond the end of the file; 0 for what is whole or no RIFF WAV."""
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return 0
        file.seek(8)
        if file.read(4) != b"WAVE":
            return 0
        return _missing(file, path.stat().st_size)


def _missing(file: BinaryIO, size: int) -> int:
    while len(head := file.read(8)) == 8:
        name, length = head[:4], int.from_bytes(head[4:], "little")
        if name == b"data":
            promised = file.tell() + length
            return 0 if length in UNKNOWN_SIZES else max(0, promised - size)
        file.seek(length + length % 2, 1)
    return 1  # the file ends before its sound begins
