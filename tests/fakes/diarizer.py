"""Stand in for the machine that tells voices apart: pitch is the voice."""

import numpy as np

from asr.diarization.diarizer import RATE_HZ, Progress
from asr.diarization.turns import UNKNOWN, SpeakerTurn, named_in_order
from asr.ear.tape import Waveform
from domain.audio import ms_from_samples
from domain.errors import InputError

BLOCK_MS = 100
BLOCK = RATE_HZ * BLOCK_MS // 1000
LOUD = 0.01
LEAST_MS = 300


class PitchDiarizer:
    """A Diarizer for tones: below 600 Hz is one voice, above it another; what is shorter than 300 ms nobody's."""

    engine = "pitch"

    def diarize(
        self, waveform: Waveform, *, speakers: int | None = 2, progress: Progress | None = None
    ) -> list[SpeakerTurn]:
        if speakers is not None and not 1 <= speakers <= 10:
            raise InputError("asr.diarization_speakers", f"expected 1 to 10, got {speakers}")
        turns: list[SpeakerTurn] = []
        for at in range(0, len(waveform), BLOCK):
            block = waveform[at : at + BLOCK]
            turns = _continued(turns, _voice(block, speakers), at, at + len(block))
        if progress is not None:
            progress(1.0)
        return named_in_order(
            turn
            if turn.end_ms - turn.start_ms >= LEAST_MS
            else SpeakerTurn(start_ms=turn.start_ms, end_ms=turn.end_ms, speaker=UNKNOWN)
            for turn in turns
        )


def _voice(block: Waveform, speakers: int | None) -> str | None:
    if float(np.abs(block).max(initial=0.0)) < LOUD:
        return None
    hertz = int(np.argmax(np.abs(np.fft.rfft(block)))) * RATE_HZ / len(block)
    return "low" if hertz < 600 or speakers == 1 else "high"


def _continued(
    turns: list[SpeakerTurn], voice: str | None, start: int, end: int
) -> list[SpeakerTurn]:
    if voice is None:
        return turns
    start_ms, end_ms = ms_from_samples(start, RATE_HZ), ms_from_samples(end, RATE_HZ)
    if turns and turns[-1].speaker == voice and turns[-1].end_ms == start_ms:
        start_ms = turns.pop().start_ms
    return [*turns, SpeakerTurn(start_ms=start_ms, end_ms=end_ms, speaker=voice, confidence=1.0)]
