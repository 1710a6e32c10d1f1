from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.settings import AsrSettings
from bench.speech import vad
from bench.speech.clip import Clip, Codec, Waveform
from bench.speech.lid import Decision, decision_rows, identify_windows, language_figures
from bench.speech.manifest import Row
from bench.speech.speech_finder import utterances
from bench.speech.stretches import Stretch
from bench.speech.vad import detect_files, detection_figures
from domain.language import EN, HOTLINE_LANGUAGES, ZH, LanguageGuess, LanguageTag
from tests.fakes.sound import pcm_of
from tests.fakes.utterance_reader import LoudnessDetection


def a_row(path: Path, language: str, start_s: float | None, end_s: float | None) -> Row:
    return Row(
        line=2,
        path=path,
        language=language,
        transcript="",
        speaker="",
        start_s=start_s,
        end_s=end_s,
    )


def a_talk(seconds: Sequence[tuple[float, bool]], rate_hz: int = 16_000) -> Waveform:
    """Loud and quiet stretches."""
    parts = [
        0.3 * loud * np.sin(2 * np.pi * 440 * np.arange(round(long * rate_hz)) / rate_hz)
        for long, loud in seconds
    ]
    return np.concatenate(parts).astype(np.float32)


def written(path: Path, *seconds: tuple[float, bool]) -> Path:
    soundfile.write(path, a_talk(seconds), 16_000)
    return path


def test_utterances_lie_where_the_speech_is() -> None:
    clip = Clip(pcm=pcm_of(a_talk([(1.0, False), (1.0, True), (1.0, False)])), rate_hz=16_000)

    (one,) = utterances(clip, LoudnessDetection(), AsrSettings())

    assert one.start_ms == pytest.approx(1_000, abs=64)
    assert one.end_ms == pytest.approx(2_000, abs=64)
    assert one.speech_ms == pytest.approx(1_000, abs=64)


async def identified(
    rows: list[Row], answers: dict[int, LanguageTag | None], asked: list[float]
) -> list[Decision]:
    async def identify(waveform: Waveform, speech_ms: int) -> LanguageGuess:
        asked.append(len(waveform) / 16_000)
        language = answers.get(speech_ms // 1000)
        return LanguageGuess(language=language, probability=0.9, candidates=((ZH, 0.9),))

    return [
        decision
        async for decision in identify_windows(
            rows,
            identify=identify,
            detection=LoudnessDetection(),
            settings=AsrSettings(),
            codec=Codec.G711,
            window_s=3.0,
        )
    ]


async def test_a_long_row_is_heard_for_three_seconds_from_its_first_speech_on(
    tmp_path: Path,
) -> None:
    asked: list[float] = []
    path = written(tmp_path / "a.wav", (4.0, False), (6.0, True))

    (decision,) = await identified([a_row(path, "zh", None, None)], {2: ZH}, asked)

    assert asked == [3.0, 3.0]  # once to warm up
    assert decision.speech_ms == pytest.approx(2_700, abs=100)
    assert decision.guess.language == ZH


def a_decision(language: str, taken_for: LanguageTag | None) -> Decision:
    from bench.speech.cpu_time import Cost

    return Decision(
        row=a_row(Path("a.wav"), language, None, None),
        guess=LanguageGuess(language=taken_for, probability=0.8, candidates=((ZH, 0.8),)),
        cost=Cost(cpu_s=0.1, wall_s=0.05),
        speech_ms=3_000,
    )


def test_undecided_windows_are_not_wrong_and_languages_never_answered_are_apart() -> None:
    decisions = [
        *(a_decision("zh", ZH), a_decision("zh", ZH), a_decision("zh", None)),
        *(a_decision("en", EN), a_decision("en", ZH)),
        *(a_decision("it", None), a_decision("it", EN)),
    ]

    figures = language_figures(decisions, HOTLINE_LANGUAGES)

    assert figures["accuracy_decided"] == 0.75
    assert figures["undecided"] == 0.2
    assert figures["seconds_per_decision"] == 0.05
    assert figures["cpu_seconds_per_decision"] == 0.1
    assert figures["languages"]["en"]["taken_for"] == {"en": 1, "zh": 1}
    assert figures["outside"]["unknown"] == 0.5
    assert set(figures["outside"]["languages"]) == {"it"}
    assert decision_rows(decisions)[2]["taken_for"] is None


def test_every_ten_milliseconds_are_compared_with_the_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(waveform: Waveform) -> tuple[Stretch, ...]:
        return ((1_500, 2_500),)

    monkeypatch.setattr(vad, "plain_speech", late)
    path = written(tmp_path / "a.wav", (1.0, False), (1.0, True), (1.0, False))

    counts = list(
        detect_files(
            [a_row(path, "zh", 1.0, 2.0)],
            detection=LoudnessDetection(),
            settings=AsrSettings(),
            codec=Codec.NONE,
        )
    )
    figures = detection_figures(counts)

    assert (figures["speech_s"], figures["silence_s"]) == (1.0, 2.0)
    assert figures["miss"] <= 0.05
    assert figures["false_alarm"] <= 0.05
    assert (figures["peer_miss"], figures["peer_false_alarm"]) == (0.5, 0.25)


def test_a_row_of_silence_adds_no_speech_and_a_row_without_times_is_all_speech(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(waveform: Waveform) -> tuple[Stretch, ...]:
        return ()

    monkeypatch.setattr(vad, "plain_speech", nothing)
    quiet = written(tmp_path / "quiet.wav", (1.0, False))
    loud = written(tmp_path / "loud.wav", (2.0, True))

    counts = list(
        detect_files(
            [a_row(quiet, "<silence>", None, None), a_row(loud, "zh", None, None)],
            detection=LoudnessDetection(),
            settings=AsrSettings(),
            codec=Codec.NONE,
        )
    )
    figures = detection_figures(counts)

    assert (figures["speech_s"], figures["silence_s"]) == (2.0, 1.0)
    assert (figures["false_alarm"], figures["peer_miss"]) == (0.0, 1.0)
