"""Look through a recording before anybody listens to it: is it whole, is there sound, how many voices can it part?"""

import hashlib
import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from asr.sound_file import Wave, sound_blocks, sound_format
from asr.transcript_file.document import Recording
from domain.errors import InputError
from media_gateway.client.wav_header import missing_wav_bytes

MOST_CHANNELS = 2
SILENT_BELOW = 33 / 32768  # -60 dB of full scale
ALIKE_BELOW = 4 / 32768  # what a lossy codec makes of two equal channels
MOST_MS_LOST = 50  # a header's own count of an MP3 is a frame off, and no more
READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """``parts`` is how many channels tell different things: 1 for a mono sound that was written twice."""

    recording: Recording
    rate_hz: int
    parts: int


def survey(path: Path) -> Survey:
    """Read all of it once, never holding more than a block.

    Raises InputError in one sentence for what is missing, empty, no sound, cut short, silent or of too many channels.
    """
    found = sound_format(path)
    if found.channels > MOST_CHANNELS:
        raise InputError(
            "transcribe.channels",
            f"expected one or two channels, got {found.channels} in {path}; write one file per pair of speakers",
        )
    heard = _Heard()
    for block in sound_blocks(path):
        heard.note(block)
    _check(path, heard, found.rate_hz, found.frames)
    return Survey(
        recording=Recording(
            file_name=path.name,
            media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            sha512=sha512_of(path),
            duration_ms=heard.frames * 1000 // found.rate_hz,
            channels=found.channels,
            recorded_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        ),
        rate_hz=found.rate_hz,
        parts=1 if heard.is_alike else found.channels,
    )


def sha512_of(path: Path) -> bytes:
    digest = hashlib.sha512()
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            digest.update(block)
    return digest.digest()


class _Heard:
    """What the blocks so far have shown."""

    def __init__(self) -> None:
        self.frames = 0
        self.peak = 0.0
        self.is_alike = True

    def note(self, block: Wave) -> None:
        self.frames += len(block)
        self.peak = max(self.peak, float(np.abs(block).max(initial=0.0)))
        if self.is_alike and block.shape[1] > 1:
            apart = float(np.abs(block[:, 0] - block[:, 1]).max(initial=0.0))
            self.is_alike = apart < ALIKE_BELOW


def _check(path: Path, heard: _Heard, rate_hz: int, promised: int | None) -> None:
    if not heard.frames:
        raise InputError(
            "transcribe.empty", f"expected sound, got a file without a single sample: {path}"
        )
    lost = (promised or 0) - heard.frames
    if missing_wav_bytes(path) or lost * 1000 > MOST_MS_LOST * rate_hz:
        raise InputError(
            "transcribe.truncated",
            f"{path} is cut short: its header promises more sound than the file holds; copy it again",
        )
    if heard.peak < SILENT_BELOW:
        raise InputError(
            "transcribe.silent",
            f"expected sound in {path}, got only silence; check that the right channel was recorded",
        )
