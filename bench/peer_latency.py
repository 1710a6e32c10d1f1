"""Time what plain faster-whisper needs for the utterances of a call."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from faster_whisper import WhisperModel

from bench.percentiles import summary

WHISPER_HZ = 16_000
LEG_CHANNEL = {"caller": 0, "agent": 1}


def peer_latency(
    recordings: Iterable[tuple[Path, dict[str, Any]]], weights: Path, cpu_threads: int
) -> dict[str, int | None]:
    """Time plain faster-whisper (its own 30 s window, beam 5) on the same utterances, one at a time and with nothing else to do.

    Its figure has no endpointing silence in it, and no other call: it is the recogniser's part alone, at its best.
    """
    model = WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=cpu_threads)
    return summary(
        _plain_ms(model, clip, line)
        for path, call in recordings
        for clip, line in _clips(path, call)
    )


def _clips(path: Path, call: dict[str, Any]) -> Iterable[tuple[Any, dict[str, Any]]]:
    """(float32 (samples,) at 16 kHz, transcript line) for each final line of the call."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    for line in call["transcript"]:
        channel = samples[:, LEG_CHANNEL[line["leg"]]]
        clip = channel[line["start_ms"] * rate_hz // 1000 : line["end_ms"] * rate_hz // 1000]
        if line["is_final"] and len(clip):
            yield np.ascontiguousarray(soxr.resample(clip, rate_hz, WHISPER_HZ)), line


def _plain_ms(model: WhisperModel, clip: Any, line: dict[str, Any]) -> int:
    began = time.monotonic()
    segments, _ = model.transcribe(clip, language=line["language"], beam_size=5)
    list(segments)
    return round((time.monotonic() - began) * 1000)
