"""Tell the voices of labelled recordings apart and score who spoke when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from asr.diarization.diarizer import Diarizer
from asr.diarization.turns import SpeakerTurn
from bench.speech.clip import Codec, load_clip
from bench.speech.cpu_time import Cost, Meter
from bench.speech.diarization_score import COLLAR_S, DiarizationScore, score
from bench.speech.manifest import Row
from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Diarized:
    """One recording; ``strict`` counts overlap and no collar, ``score`` leaves 0.25 s at each boundary out."""

    path: Path
    duration_s: float
    speakers: int
    voices: int
    score: DiarizationScore
    strict: DiarizationScore
    cost: Cost


def diarize_files(
    rows: Iterable[Row], *, diarizer: Diarizer, codec: Codec, tells_speakers: bool
) -> Iterator[Diarized]:
    """One result per file, whose rows are its turns. Raises InputError for a turn without speaker or times.

    ``tells_speakers``: the machine is told how many there are, as somebody who knows it is a call would tell it.
    """
    for path, group in groupby(sorted(rows, key=_by_place), key=lambda row: row.path):
        labelled = list(group)
        truth = [_turn(row) for row in labelled]
        clip = load_clip(replace(labelled[0], start_s=None, end_s=None), codec)
        speakers = len({turn.speaker for turn in truth})
        meter = Meter()
        heard = diarizer.diarize(clip.at_16k(), speakers=speakers if tells_speakers else None)
        duration_ms = round(clip.duration_s * 1000)
        yield Diarized(
            path=path,
            duration_s=clip.duration_s,
            speakers=speakers,
            voices=len({turn.speaker for turn in heard}),
            cost=meter.read(),
            score=score(truth, heard, duration_ms=duration_ms),
            strict=score(truth, heard, duration_ms=duration_ms, collar_s=0.0),
        )


def _by_place(row: Row) -> tuple[Path, float]:
    return row.path, row.start_s or 0.0


def _turn(row: Row) -> SpeakerTurn:
    """The speaker's name is in ``speaker``, or in ``transcript`` where there is no such column."""
    name = row.speaker or row.transcript
    if not name or row.start_s is None or row.end_s is None:
        raise InputError(
            "manifest.row", f"line {row.line}: expected a speaker, start_s and end_s, got less"
        )
    return SpeakerTurn(
        start_ms=round(row.start_s * 1000), end_ms=round(row.end_s * 1000), speaker=name
    )


def diarization_figures(results: Sequence[Diarized]) -> dict[str, Any]:
    """Ready for JSON; all recordings pooled by their seconds of speech."""
    audio_s = sum(result.duration_s for result in results)
    cpu_s = sum(result.cost.cpu_s for result in results)
    return {
        **_rates(_pooled(result.score for result in results)),
        "der_without_collar": _rates(_pooled(result.strict for result in results))["der"],
        "collar_s": COLLAR_S,
        "files": len(results),
        "audio_s": round(audio_s, 1),
        "cpu_s": round(cpu_s, 2),
        "cpu_s_per_audio_s": round(cpu_s / audio_s, 4) if audio_s else None,
        "recordings": [_recording(result) for result in results],
    }


def _pooled(scores: Iterable[DiarizationScore]) -> DiarizationScore:
    nothing = DiarizationScore(
        total_s=0.0, missed_s=0.0, false_alarm_s=0.0, confusion_s=0.0, unknown_s=0.0
    )
    return sum(scores, nothing)


def _rates(total: DiarizationScore) -> dict[str, float | None]:
    """Shares of the speech that is labelled."""
    return {
        "der": round(total.error_rate, 4) if total.total_s else None,
        "missed": _share(total.missed_s, total.total_s),
        "false_alarm": _share(total.false_alarm_s, total.total_s),
        "confusion": _share(total.confusion_s, total.total_s),
        "unknown": _share(total.unknown_s, total.total_s),
    }


def _share(part_s: float, whole_s: float) -> float | None:
    return round(part_s / whole_s, 4) if whole_s else None


def _recording(result: Diarized) -> dict[str, Any]:
    return {
        "path": str(result.path),
        "seconds": round(result.duration_s, 1),
        "speakers": result.speakers,
        "voices": result.voices,
        **_rates(result.score),
    }
