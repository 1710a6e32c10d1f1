"""Read a recording piece by piece as the sound of a wire: 16-bit, interleaved, at a rate we know."""

from pathlib import Path
from threading import Lock

import numpy as np
import soundfile
import soxr

from domain.audio import KNOWN_RATES_HZ, SAMPLE_BYTES, Leg, ms_from_samples
from domain.errors import InputError
from media_gateway.client.wav_header import missing_wav_bytes
from media_gateway.codecs import rounded_pcm16

FULL_SCALE = np.float32(32768)


class SoundFile:
    """A recording of one or two legs; whatever libsndfile reads. Close it when done."""

    def __init__(self, path: Path, *, longest_s: int) -> None:
        """Raises InputError when it is no sound, is cut short or has more channels than legs."""
        if missing_wav_bytes(path):
            raise InputError(
                "media_gateway.file_truncated",
                "the recording is cut short: its header promises more sound than came; send it again",
            )
        self._file = _opened(path)
        try:
            _check(self._file, longest_s)
        except InputError:
            self._file.close()
            raise
        self.channels: int = self._file.channels
        self.sample_rate_hz = heard_at_hz(self._file.samplerate)
        self.duration_ms = ms_from_samples(self._file.frames, self._file.samplerate)
        self._resampler = self._new_resampler()
        self._is_at_end = False
        self._in_use = (
            Lock()
        )  # a reading thread cannot be stopped, and may outlive the call it read for

    @property
    def legs(self) -> tuple[Leg, ...]:
        return (Leg.CALLER, Leg.AGENT)[: self.channels]

    @property
    def sample_bytes(self) -> int:
        """Of one sample of all legs."""
        return SAMPLE_BYTES * self.channels

    def read(self, ms: int) -> bytes | None:
        """About so much more sound; None at the end. Raises InputError when the file breaks off in the middle."""
        with self._in_use:
            return None if self._is_at_end or self._file.closed else self._read(ms)

    def close(self) -> None:
        with self._in_use:
            self._file.close()

    def _read(self, ms: int) -> bytes | None:
        try:
            wave = self._file.read(self._file.samplerate * ms // 1000, np.float32, always_2d=True)
        except soundfile.SoundFileError:
            raise _no_sound() from None
        self._is_at_end = not len(wave)
        if self._resampler is not None:
            wave = self._resampler.resample_chunk(wave, last=self._is_at_end)
        return rounded_pcm16(wave * FULL_SCALE) if len(wave) or not self._is_at_end else None

    def _new_resampler(self) -> soxr.ResampleStream | None:
        if self._file.samplerate == self.sample_rate_hz:
            return None
        return soxr.ResampleStream(
            self._file.samplerate, self.sample_rate_hz, self.channels, dtype="float32"
        )


def heard_at_hz(rate_hz: int) -> int:
    """The lowest rate we know that loses nothing, or the highest that a telephone could have."""
    return next((known for known in KNOWN_RATES_HZ[:-1] if known >= rate_hz), KNOWN_RATES_HZ[-2])


def _opened(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(path)
    except soundfile.SoundFileError:
        raise _no_sound() from None


def _no_sound() -> InputError:
    return InputError(
        "media_gateway.no_sound_file",
        "expected a sound file (wav, flac, ogg, mp3), got something else",
    )


def _check(file: soundfile.SoundFile, longest_s: int) -> None:
    if file.channels > 2:
        raise InputError(
            "media_gateway.file_channels",
            f"expected one or two channels (caller, agent), got {file.channels}",
        )
    if not file.frames:
        raise InputError("media_gateway.file_empty", "expected sound, got a file without a sample")
    if file.frames > longest_s * file.samplerate:
        raise InputError(
            "media_gateway.file_length",
            f"expected at most {longest_s} s of sound, got more; cut the recording into pieces",
        )
