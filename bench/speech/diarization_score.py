"""Score who-speaks-when against a reference, telling the wrong name from the one we declined to give."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from asr.diarization.turns import UNKNOWN, SpeakerTurn
from asr.ear.tape import Waveform
from asr.ear.vad import WINDOW_SAMPLES, SpeechDetection
from domain.errors import InputError

if TYPE_CHECKING:
    from pyannote.core import Annotation

COLLAR_S = 0.25  # left out around each boundary of the reference, half on either side
RATE_HZ = 16_000
RTTM_FIELDS = 8  # "SPEAKER file channel start duration <NA> <NA> name …"
SPEECH_AT, SILENCE_AT = 0.5, 0.35
BRIDGE_MS, LEAST_MS = 300, 150
LISTENING_LEVEL = 10 ** (
    -33 / 20
)  # Silero missed an eighth of the speech of a call at -13 dBFS (2026-11)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiarizationScore:
    """Seconds of speech, each voice counted for itself where they overlap.

    ``confusion_s`` was given a wrong name, ``unknown_s`` was heard and given none, ``missed_s`` was not heard,
    ``false_alarm_s`` was heard where nobody spoke.
    """

    total_s: float
    missed_s: float
    false_alarm_s: float
    confusion_s: float
    unknown_s: float

    @property
    def error_rate(self) -> float:
        """The diarisation error rate, in which speech of an unknown speaker is as wrong as a wrong name."""
        wrong_s = self.missed_s + self.false_alarm_s + self.confusion_s + self.unknown_s
        return wrong_s / self.total_s if self.total_s else 0.0

    def __add__(self, other: "DiarizationScore") -> "DiarizationScore":
        """Pool two recordings by their seconds."""
        return DiarizationScore(
            total_s=self.total_s + other.total_s,
            missed_s=self.missed_s + other.missed_s,
            false_alarm_s=self.false_alarm_s + other.false_alarm_s,
            confusion_s=self.confusion_s + other.confusion_s,
            unknown_s=self.unknown_s + other.unknown_s,
        )


def score(
    reference: Iterable[SpeakerTurn],
    heard: Iterable[SpeakerTurn],
    *,
    duration_ms: int,
    with_overlap: bool = True,
    collar_s: float = COLLAR_S,
) -> DiarizationScore:
    """By pyannote.metrics, names matched to minimise confusion. ``with_overlap``: count where several speak."""
    from pyannote.core import Segment, Timeline  # an evaluation's dependency, not the product's
    from pyannote.metrics.diarization import DiarizationErrorRate

    heard = list(heard)
    truth, everything = _annotation(reference), _annotation(heard)
    named = _annotation(turn for turn in heard if turn.speaker != UNKNOWN)
    metric = DiarizationErrorRate(collar=collar_s, skip_overlap=not with_overlap)
    whole = Timeline([Segment(0, duration_ms / 1000)])
    spoken = metric(truth, everything, uem=whole, detailed=True)
    believed = metric(truth, named, uem=whole, detailed=True)
    return DiarizationScore(
        total_s=float(spoken["total"]),
        missed_s=float(spoken["missed detection"]),
        false_alarm_s=float(spoken["false alarm"]),
        confusion_s=float(believed["confusion"]),
        unknown_s=float(believed["missed detection"] - spoken["missed detection"]),
    )


def read_rttm(path: Path) -> list[SpeakerTurn]:
    """The turns of one recording in NIST's Rich Transcription Time Marked form. Raises InputError naming the line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        _rttm_turn(line, f"{path.name}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.startswith("SPEAKER ")
    ]


def turns_of_legs(
    legs: Sequence[tuple[str, Waveform]], detection: SpeechDetection
) -> list[SpeakerTurn]:
    """A reference for the mix of several legs: each leg's name wherever a detector hears speech on it.

    Waveforms at 16 kHz. Its miss and false alarm are the detector's opinion; its names are the wire's and true.
    """
    turns = [
        SpeakerTurn(start_ms=start, end_ms=end, speaker=name)
        for name, waveform in legs
        for start, end in _speech(waveform, detection)
    ]
    return sorted(turns, key=lambda turn: (turn.start_ms, turn.end_ms))


def _speech(waveform: Waveform, detection: SpeechDetection) -> Iterator[tuple[int, int]]:
    """Stretches (start_ms, end_ms), pauses bridged and blips dropped."""
    whole = _levelled(waveform[: len(waveform) - len(waveform) % WINDOW_SAMPLES])
    probabilities = detection.start().probabilities(whole) if len(whole) else []
    window_ms = WINDOW_SAMPLES * 1000 // RATE_HZ
    joined: list[tuple[int, int]] = []
    for first, last in _above(probabilities):
        start, end = first * window_ms, last * window_ms
        if joined and start - joined[-1][1] <= BRIDGE_MS:
            start = joined.pop()[0]
        joined.append((start, end))
    return (stretch for stretch in joined if stretch[1] - stretch[0] >= LEAST_MS)


def _levelled(waveform: Waveform) -> Waveform:
    """Whole windows, the loudest twentieth of them at the level at which the detector hears best."""
    if not waveform.any():
        return waveform
    loudness = np.sqrt(np.square(waveform.reshape(-1, WINDOW_SAMPLES)).mean(axis=1))
    loud = max(float(np.percentile(loudness, 95)), 1e-4)
    return (waveform * (LISTENING_LEVEL / loud)).astype(np.float32)


def _above(probabilities: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Runs of windows [first, last) that begin above one threshold and end below a lower one."""
    first: int | None = None
    for place, probability in enumerate(probabilities):
        if first is None and probability >= SPEECH_AT:
            first = place
        elif first is not None and probability < SILENCE_AT:
            yield first, place
            first = None
    if first is not None:
        yield first, len(probabilities)


def _annotation(turns: Iterable[SpeakerTurn]) -> "Annotation":
    from pyannote.core import Annotation, Segment

    annotation = Annotation()
    for track, turn in enumerate(turns):
        annotation[Segment(turn.start_ms / 1000, turn.end_ms / 1000), track] = turn.speaker
    return annotation


def _rttm_turn(line: str, place: str) -> SpeakerTurn:
    fields = line.split()
    try:
        start_s, duration_s, speaker = float(fields[3]), float(fields[4]), fields[7]
    except (IndexError, ValueError) as wrong:
        raise InputError(
            "bench.rttm",
            f"{place}: expected SPEAKER with at least {RTTM_FIELDS} fields, got {line!r}",
        ) from wrong
    return SpeakerTurn(
        start_ms=round(start_s * 1000), end_ms=round((start_s + duration_s) * 1000), speaker=speaker
    )
