"""Open the listening part of the recognition room over one machine, as the product does without other processes."""

import csv
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asr.desk.batching import BatchingDesk
from asr.desk.opening import open_reading_desk
from asr.desk.reading import UtteranceReader
from asr.desk.reading_desk import ReadingDesk
from asr.ear.vad import SpeechDetection
from asr.leg.hearing import Equipment
from asr.leg.recogniser import UtteranceRecogniser
from asr.settings import AsrSettings, WorkshopSettings
from domain.ports import Clock
from models.shelf import Shelf, weights_root
from tests.fakes.clock import FakeClock
from tests.fakes.utterance_reader import LoudnessDetection


@asynccontextmanager
async def desk_over(
    reader: UtteranceReader, *, workers: int = 1, clock: Clock | None = None
) -> AsyncIterator[BatchingDesk]:
    """A desk whose machine is already here, on threads."""
    async with open_reading_desk(
        lambda: reader,
        workers=workers,
        threads=1,
        clock=clock or FakeClock(),
        settings=WorkshopSettings(isolated=False),
    ) as opened:
        yield opened.desk


def recogniser_at(
    desk: ReadingDesk,
    *,
    detection: SpeechDetection | None = None,
    clock: Clock | None = None,
    settings: AsrSettings | None = None,
) -> UtteranceRecogniser:
    """Without a detection, what is loud is speech."""
    return UtteranceRecogniser(
        Equipment(
            desk=desk,
            detection=detection or LoudnessDetection(),
            clock=clock or FakeClock(),
            settings=settings or AsrSettings(),
        )
    )


@asynccontextmanager
async def recogniser_over(
    reader: UtteranceReader,
    *,
    workers: int = 1,
    detection: SpeechDetection | None = None,
    clock: Clock | None = None,
    settings: AsrSettings | None = None,
) -> AsyncIterator[UtteranceRecogniser]:
    async with desk_over(reader, workers=workers, clock=clock) as desk:
        yield recogniser_at(desk, detection=detection, clock=clock, settings=settings)


def place_of(model: str) -> Path:
    """Where its weights are, or would be."""
    return Shelf(weights_root()).place(model)


def silero() -> SpeechDetection:
    from asr.engines.silero import SileroDetection

    return SileroDetection(place_of("silero-vad") / "silero_vad_v6.onnx")


def needs_weights(*models: str) -> list[pytest.MarkDecorator]:
    is_absent = not all(place_of(model).is_dir() for model in models)
    reason = f"weights absent; run: hotline models pull {' '.join(models)}"
    return [pytest.mark.weights, pytest.mark.skipif(is_absent, reason=reason)]


def human_recordings() -> tuple[Path, list[dict[str, str]]]:
    """Their folder, and what its manifest says of each."""
    folder = Path(os.environ.get("HOTLINE_TEST_DATA", ""))
    if not (folder / "manifest.csv").is_file():
        pytest.skip("HOTLINE_TEST_DATA names no folder with human recordings")
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as table:
        return folder, list(csv.DictReader(table))
