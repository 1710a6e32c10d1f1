"""Turn a scripted conversation into a two-leg telephone recording."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from domain.audio import Leg, Speech
from domain.ports import TextToSpeech
from media_gateway.codecs import pcm16_to_ulaw, ulaw_to_pcm16
from rehearsal.conversation import Conversation, Line

RATE_HZ = 8_000
PAUSE_MS = 700  # between turns, as unhurried people leave it
LINE_NOISE_DBFS = -62.0
STAGING_VERSION = "1"  # raise it when the sound made from the same script changes

Samples = npt.NDArray[np.int16]


async def stage(
    conversation: Conversation,
    tts: TextToSpeech,
    folder: Path,
    on_line: Callable[[], None] = lambda: None,
) -> Path:
    """A stereo 8 kHz WAV that went through G.711 µ-law: caller left, agent right. Made once, then reused.

    ``on_line`` is called after every line, for a progress bar; never when the recording is already there.
    """
    path = staged_path(conversation, folder)
    if path.exists():
        return path
    turns: list[tuple[Leg, Samples]] = []
    for line in conversation.lines:
        turns.append(
            (
                line.leg,
                telephone_band(
                    await tts.speak(line.text, language=line.language, voice=line.voice)
                ),
            )
        )
        on_line()
    _write(path, two_legs(turns))
    return path


def staged_path(conversation: Conversation, folder: Path) -> Path:
    """Where its recording lies or would lie; another script is another file."""
    return folder / f"{conversation.name}-{_digest(conversation)}.wav"


def _write(path: Path, legs: Samples) -> None:
    """Beside its place first, so that a recording is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    soundfile.write(unfinished, legs, RATE_HZ, subtype="PCM_16", format="WAV")
    os.replace(unfinished, path)


def telephone_band(speech: Speech) -> Samples:
    """int16 (samples,) at 8 kHz."""
    samples = np.frombuffer(speech.pcm, dtype="<i2")
    return np.asarray(soxr.resample(samples, speech.sample_rate_hz, RATE_HZ), dtype=np.int16)


def two_legs(turns: list[tuple[Leg, Samples]]) -> Samples:
    """int16 (samples, 2): one turn after the other, noise under all of it, each leg through G.711 µ-law."""
    pause = RATE_HZ * PAUSE_MS // 1000
    length = pause + sum(len(samples) + pause for _, samples in turns)
    legs = {Leg.CALLER: line_noise(length, seed=1), Leg.AGENT: line_noise(length, seed=2)}
    at = pause
    for leg, samples in turns:
        legs[leg][at : at + len(samples)] += samples
        at += len(samples) + pause
    return np.stack([_through_g711(legs[Leg.CALLER]), _through_g711(legs[Leg.AGENT])], axis=1)


def line_noise(samples: int, seed: int) -> npt.NDArray[np.float64]:
    """Float (samples,) on the int16 scale: the quiet hiss of a line, the same for the same seed."""
    level = 32768 * 10 ** (LINE_NOISE_DBFS / 20)
    return np.random.default_rng(seed).normal(0.0, level, samples)


def _through_g711(mixed: npt.NDArray[np.float64]) -> Samples:
    pcm = np.clip(np.rint(mixed), -32768, 32767).astype("<i2").tobytes()
    return np.frombuffer(ulaw_to_pcm16(pcm16_to_ulaw(pcm)), dtype="<i2")


def _digest(conversation: Conversation) -> str:
    script = "\n".join(_spoken(line) for line in conversation.lines)
    return hashlib.sha256(f"{STAGING_VERSION}\n{script}".encode()).hexdigest()[:12]


def _spoken(line: Line) -> str:
    return f"{line.leg}|{line.language}|{line.voice}|{line.text}"
