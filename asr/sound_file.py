"""Read a recording of any usual format by blocks, so that hours of it never lie in memory."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from domain.errors import InputError

Wave = NDArray[np.float32]  # (samples, channels) in [-1, 1]
BLOCK_S = 1.0
LOWEST_RATE_HZ = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFormat:
    """What a sound file says of itself; ``frames`` is None where only reading it to the end would tell."""

    rate_hz: int
    channels: int
    frames: int | None


def sound_format(path: Path) -> SoundFormat:
    """Raises InputError in one sentence when there is no file, nothing in it, or no sound."""
    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            found = SoundFormat(
                rate_hz=file.samplerate, channels=file.channels, frames=file.frames or None
            )
    except soundfile.SoundFileError:
        found = _libav_format(path)
    if found.rate_hz < LOWEST_RATE_HZ:
        raise InputError(
            "sound.rate",
            f"expected at least {LOWEST_RATE_HZ} Hz, got {found.rate_hz} Hz in {path}; speech is lost below that",
        )
    return found


def sound_blocks(path: Path, *, first: int = 0) -> Iterator[Wave]:
    """The sound from frame ``first`` on, about a second at a time. Raises InputError like `sound_format`.

    What libsndfile cannot read (AAC, AMR, Opus in WebM, telephone containers) is read with libav.
    """
    _check_file(path)
    try:
        file = soundfile.SoundFile(path)
    except soundfile.SoundFileError:
        yield from _libav_blocks(path, first)
        return
    with file:
        size = max(1, round(BLOCK_S * file.samplerate))
        _wind_on(file, first, path)
        while len(block := _next_block(file, size, path)):
            yield block


def _wind_on(file: soundfile.SoundFile, first: int, path: Path) -> None:
    """To this frame; some formats (GSM) can only be read through to it."""
    if file.seekable():
        file.seek(min(first, file.frames))
        return
    while first > 0 and (passed := len(_next_block(file, min(first, file.samplerate), path))):
        first -= passed


def _next_block(file: soundfile.SoundFile, size: int, path: Path) -> Wave:
    try:
        block: Wave = file.read(size, dtype="float32", always_2d=True)
    except soundfile.SoundFileError:
        raise InputError("sound.damaged", f"{path} is damaged inside; copy it again") from None
    return block


def _check_file(path: Path) -> None:
    try:
        if not path.is_file():
            raise InputError("sound.no_file", f"expected a sound file, found none at {path}")
        if path.stat().st_size == 0:
            raise InputError("sound.empty", f"expected sound, got an empty file: {path}")
        with path.open("rb"):
            return
    except OSError as error:
        raise InputError(
            "sound.unreadable", f"cannot read {path}: {error.strerror}; check its permissions"
        ) from None


def _libav_format(path: Path) -> SoundFormat:
    with closing(_opened(path)) as container:
        stream = container.streams.audio[0]
        return SoundFormat(rate_hz=stream.rate, channels=stream.channels, frames=None)


def _libav_blocks(path: Path, first: int) -> Iterator[Wave]:
    import av

    with closing(_opened(path)) as container:
        planar = av.AudioResampler(format="fltp")
        try:
            for frame in container.decode(audio=0):
                for piece in planar.resample(frame):
                    block = np.ascontiguousarray(piece.to_ndarray().T, np.float32)
                    if first < len(block):
                        yield block[first:]
                    first = max(0, first - len(block))
        except av.FFmpegError:
            raise InputError("sound.damaged", f"{path} is damaged inside; copy it again") from None


def _opened(path: Path) -> Any:
    """An open libav container with at least one stream of sound."""
    import av

    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError):
        raise _not_audio(path) from None
    if not container.streams.audio or not container.streams.audio[0].rate:
        container.close()
        raise _not_audio(path)
    return container


def _not_audio(path: Path) -> InputError:
    return InputError(
        "sound.not_audio",
        f"expected a sound file (wav, flac, ogg, mp3, m4a), got something else in {path}",
    )
