"""Run the evaluations of what surrounds the words: language, speech and speakers."""

from collections.abc import Callable, Sequence
from typing import Any

from app.settings import Settings
from app.speech import load_diarizer, open_desk, open_detection
from asr.language.identification import LanguageOpinion
from bench.speech.clip import Codec, Waveform
from bench.speech.diarization import diarization_figures, diarize_files
from bench.speech.lid import Decision, decision_rows, identify_windows, language_figures
from bench.speech.manifest import Row
from bench.speech.vad import detect_files, detection_figures
from domain.language import LanguageGuess

Advance = Callable[[], None]


async def lid_figures(
    settings: Settings,
    rows: Sequence[Row],
    *,
    codec: Codec,
    window_s: float,
    with_clips: bool,
    done: Advance,
) -> dict[str, Any]:
    """Identification alone: what the early look of a fresh leg tells that has heard nothing but this window."""
    language = settings.asr.language
    fresh = LanguageOpinion(settings=language)
    async with open_desk(settings) as desk:

        async def answer(waveform: Waveform, speech_ms: int) -> LanguageGuess:
            return fresh.after(await desk.odds(waveform), speech_ms).guess

        decisions: list[Decision] = []
        async for decision in identify_windows(
            rows,
            identify=answer,
            detection=open_detection(settings),
            settings=settings.asr,
            codec=codec,
            window_s=window_s,
        ):
            decisions.append(decision)
            done()
    windows = {"clips": decision_rows(decisions)} if with_clips else {}
    return language_figures(decisions, language.allowed) | windows


def vad_figures(
    settings: Settings, rows: Sequence[Row], *, codec: Codec, done: Advance
) -> dict[str, Any]:
    """``done`` is called after every file."""
    counts = []
    detection = open_detection(settings)
    for pair in detect_files(rows, detection=detection, settings=settings.asr, codec=codec):
        counts.append(pair)
        done()
    return detection_figures(counts)


def speaker_figures(
    settings: Settings, rows: Sequence[Row], *, codec: Codec, tells_speakers: bool, done: Advance
) -> dict[str, Any]:
    """``done`` is called after every file."""
    results = []
    diarizer = load_diarizer(settings)
    for result in diarize_files(
        rows, diarizer=diarizer, codec=codec, tells_speakers=tells_speakers
    ):
        results.append(result)
        done()
    return diarization_figures(results)
