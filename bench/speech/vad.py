"""Compare where a detector hears speech with where people say there is some, 10 ms by 10 ms."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.ear.vad import SpeechDetection
from asr.settings import AsrSettings
from bench.speech.clip import Clip, Codec, load_clip
from bench.speech.cpu_time import Cost, Meter
from bench.speech.manifest import Row
from bench.speech.peer import plain_speech
from bench.speech.speech_finder import utterances
from bench.speech.stretches import Stretch

FRAME_MS = 10
Frames = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCount:
    """Frames of 10 ms: speech that was missed, silence that was taken for speech."""

    speech: int
    missed: int
    silence: int
    alarmed: int
    cost: Cost

    def __add__(self, other: "FrameCount") -> "FrameCount":
        return FrameCount(
            speech=self.speech + other.speech,
            missed=self.missed + other.missed,
            silence=self.silence + other.silence,
            alarmed=self.alarmed + other.alarmed,
            cost=self.cost + other.cost,
        )


def detect_files(
    rows: Iterable[Row], *, detection: SpeechDetection, settings: AsrSettings, codec: Codec
) -> Iterator[tuple[FrameCount, FrameCount]]:
    """(ours, the peer's) for each file; a file's rows together are its speech, and the whole of it is listened to."""
    for _, group in groupby(sorted(rows, key=_by_file), key=lambda row: row.path):
        labelled = list(group)
        clip = load_clip(replace(labelled[0], start_s=None, end_s=None), codec)
        truth = frames(_speech(labelled, clip), clip)
        meter = Meter()
        ours = [one.stretch for one in utterances(clip, detection, settings)]
        our_cost = meter.read()
        meter = Meter()
        theirs = plain_speech(clip.at_16k())
        yield (
            count(truth, frames(ours, clip), our_cost),
            count(truth, frames(theirs, clip), meter.read()),
        )


def _by_file(row: Row) -> tuple[Path, int]:
    return row.path, row.line


def _speech(rows: Iterable[Row], clip: Clip) -> list[Stretch]:
    """A row without times is a whole file; a row of silence adds nothing."""
    whole_ms = round(clip.duration_s * 1000)
    return [
        (
            round((row.start_s or 0.0) * 1000),
            whole_ms if row.end_s is None else round(row.end_s * 1000),
        )
        for row in rows
        if not row.is_silence
    ]


def frames(speech: Iterable[Stretch], clip: Clip) -> Frames:
    """True where the middle of a frame lies in speech."""
    heard = np.zeros(max(1, round(clip.duration_s * 1000) // FRAME_MS), np.bool_)
    half = FRAME_MS // 2
    for start_ms, end_ms in speech:
        heard[(start_ms + half) // FRAME_MS : (end_ms + half) // FRAME_MS] = True
    return heard


def count(truth: Frames, heard: Frames, cost: Cost) -> FrameCount:
    return FrameCount(
        speech=int(truth.sum()),
        missed=int((truth & ~heard).sum()),
        silence=int((~truth).sum()),
        alarmed=int((~truth & heard).sum()),
        cost=cost,
    )


def detection_figures(counts: Sequence[tuple[FrameCount, FrameCount]]) -> dict[str, Any]:
    """Ready for JSON. ``miss``: share of the speech; ``false_alarm``: share of the silence; ``error``: of all."""
    nothing = FrameCount(speech=0, missed=0, silence=0, alarmed=0, cost=Cost(cpu_s=0.0, wall_s=0.0))
    ours = sum((one for one, _ in counts), nothing)
    theirs = sum((other for _, other in counts), nothing)
    peer = {f"peer_{name}": value for name, value in _rates(theirs).items()}
    return {
        "files": len(counts),
        "speech_s": ours.speech * FRAME_MS / 1000,
        "silence_s": ours.silence * FRAME_MS / 1000,
        **_rates(ours),
        **peer,
    }


def _rates(total: FrameCount) -> dict[str, float | None]:
    wrong, all_frames = total.missed + total.alarmed, total.speech + total.silence
    return {
        "miss": _share(total.missed, total.speech),
        "false_alarm": _share(total.alarmed, total.silence),
        "error": _share(wrong, all_frames),
        "cpu_s": round(total.cost.cpu_s, 2),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
