"""Share the sample script and a reader of answers among this room's tests."""

from pathlib import Path

import pytest

from outbound_bot.answer_reader import AnswerReader
from outbound_bot.script import Script
from outbound_bot.script_file import read_script

SAMPLE = Path(__file__).parents[3] / "rehearsal" / "data" / "survey" / "return-visit.yaml"


@pytest.fixture(scope="session")
def sample() -> str:
    """The script that comes with the product, as text."""
    return SAMPLE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def script(sample: str) -> Script:
    return read_script(sample)


@pytest.fixture(scope="session")
def reader() -> AnswerReader:
    return AnswerReader.load()
