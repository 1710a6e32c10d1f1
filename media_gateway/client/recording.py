"""Read recordings as calls: one stereo file, or one mono file per leg, at the rate of a telephone wire."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from domain.audio import ms_from_samples
from domain.errors import InputError
from media_gateway.client.wav_header import missing_wav_bytes
from media_gateway.codecs import PCM16, rounded_pcm16

RATES_HZ = (8_000, 96_000)
LONGEST_S = 4 * 3600
SILENT_BELOW = 33 / 32768  # -60 dB of full scale
NEEDS_CONVERSION = {
    "PCM_24": "24-bit",
    "PCM_32": "32-bit",
    "FLOAT": "float",
    "DOUBLE": "float",
}

Wave = NDArray[np.float32]


class Recording:
    """A call to be streamed: a ``Source`` of 16-bit sound, caller first, then agent."""

    def __init__(self, *, legs: tuple[bytes, ...], sample_rate_hz: int) -> None:
        self.legs = legs
        self.sample_rate_hz = sample_rate_hz
        self.channels = len(legs)
        stacked = np.stack([np.frombuffer(leg, PCM16) for leg in legs], axis=1)
        self._sound = memoryview(stacked.tobytes())
        self._sample_bytes = 2 * self.channels
        self._at = 0

    @property
    def duration_ms(self) -> int:
        return ms_from_samples(len(self._sound) // self._sample_bytes, self.sample_rate_hz)

    def again(self) -> "Recording":
        """The same sound from its beginning; it is not held twice."""
        other = copy(self)
        other._at = 0
        return other

    def take(self, samples: int) -> bytes | None:
        if self._at >= len(self._sound):
            return None
        block = bytes(self._sound[self._at : self._at + samples * self._sample_bytes])
        self._at += len(block)
        return block


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sound:
    path: Path
    wave: Wave  # (samples, channels) in [-1, 1]
    rate_hz: int


def load_recording(paths: Sequence[Path], *, convert: bool = False) -> Recording:
    """Read one or two files. Raises InputError with one sentence when they cannot be streamed as they are.

    Two files may differ in length (the shorter is followed by silence) and rate. With ``convert`` what a telephone
    never sounds like (24-bit, float, above 96 kHz) is converted instead of refused.
    """
    if not 1 <= len(paths) <= 2:
        raise InputError(
            "call.files",
            f"expected one stereo file or two mono files, got {len(paths)} files",
        )
    sounds = [_load(path, convert=convert) for path in paths]
    waves = _legs(sounds)
    if all(_is_silent(wave) for wave, _ in waves):
        raise InputError(
            "call.silent",
            f"expected sound in {_names(paths)}, got only silence; check that the right channel was recorded",
        )
    rate_hz = 8_000 if max(rate for _, rate in waves) < 16_000 else 16_000
    return Recording(
        legs=_padded([_pcm(wave, rate, rate_hz) for wave, rate in waves]), sample_rate_hz=rate_hz
    )


def _load(path: Path, *, convert: bool) -> _Sound:
    _check_file(path)
    try:
        with soundfile.SoundFile(path) as file:
            _check_format(file, path, convert=convert)
            wave = file.read(dtype="float32", always_2d=True)
            promised = file.frames
            rate_hz = file.samplerate
    except soundfile.SoundFileError:
        raise InputError(
            "call.not_audio",
            f"expected a sound file (wav, flac, ogg, mp3), got something else in {path}",
        ) from None
    _check_length(path, len(wave), promised)
    return _Sound(path=path, wave=wave, rate_hz=rate_hz)


def _check_file(path: Path) -> None:
    try:
        if not path.is_file():
            raise InputError("call.no_file", f"expected a sound file, found none at {path}")
        if path.stat().st_size == 0:
            raise InputError("call.empty", f"expected sound, got an empty file: {path}")
        missing = missing_wav_bytes(path)
    except OSError as error:
        raise InputError(
            "call.unreadable", f"cannot read {path}: {error.strerror}; check its permissions"
        ) from None
    if missing:
        raise _truncated(path)


def _check_format(file: soundfile.SoundFile, path: Path, *, convert: bool) -> None:
    if file.channels > 2:
        raise InputError(
            "call.channels",
            f"expected one or two channels, got {file.channels} in {path}; send one leg per file",
        )
    if file.samplerate < RATES_HZ[0]:
        raise InputError(
            "call.rate",
            f"expected at least {RATES_HZ[0]} Hz, got {file.samplerate} Hz in {path}; speech is lost below that",
        )
    if file.frames > LONGEST_S * file.samplerate:
        raise InputError(
            "call.too_long",
            f"expected at most {LONGEST_S // 3600} hours, got more in {path}; cut it into pieces",
        )
    if convert:
        return
    if file.samplerate > RATES_HZ[1]:
        raise _needs_conversion(path, f"{file.samplerate} Hz", "at most 96 kHz")
    if file.subtype in NEEDS_CONVERSION:
        raise _needs_conversion(path, NEEDS_CONVERSION[file.subtype], "16-bit sound")


def _needs_conversion(path: Path, found: str, expected: str) -> InputError:
    return InputError(
        "call.needs_conversion",
        f"expected {expected}, got {found} in {path}; add --convert, "
        f"or run: ffmpeg -i {path.name} -c:a pcm_s16le -ar 16000 {path.stem}-16k.wav",
    )


def _check_length(path: Path, frames: int, promised: int) -> None:
    if frames == 0:
        raise InputError(
            "call.empty", f"expected sound, got a file without a single sample: {path}"
        )
    if frames < promised:
        raise _truncated(path)


def _truncated(path: Path) -> InputError:
    return InputError(
        "call.truncated",
        f"{path} is cut short: its header promises more sound than the file holds; copy it again",
    )


def _legs(sounds: Sequence[_Sound]) -> list[tuple[Wave, int]]:
    if len(sounds) == 1:
        sound = sounds[0]
        return [(sound.wave[:, leg], sound.rate_hz) for leg in range(sound.wave.shape[1])]
    stereo = next((sound.path for sound in sounds if sound.wave.shape[1] != 1), None)
    if stereo is not None:
        raise InputError(
            "call.channels",
            f"expected two mono files (caller, then agent), got a stereo one: {stereo}; send it alone",
        )
    return [(sound.wave[:, 0], sound.rate_hz) for sound in sounds]


def _is_silent(wave: Wave) -> bool:
    return bool(np.max(np.abs(wave)) < SILENT_BELOW)


def _pcm(wave: Wave, rate_hz: int, wanted_hz: int) -> bytes:
    level = wave if rate_hz == wanted_hz else soxr.resample(wave, rate_hz, wanted_hz)
    return rounded_pcm16(level * np.float32(32768))


def _padded(legs: list[bytes]) -> tuple[bytes, ...]:
    longest = max(len(leg) for leg in legs)
    return tuple(leg.ljust(longest, b"\0") for leg in legs)


def _names(paths: Sequence[Path]) -> str:
    return " and ".join(str(path) for path in paths)
