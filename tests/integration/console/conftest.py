"""Open a console for each test; the Chinese dictionary is loaded once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.transcript_index.tokens import Segmenter
from tests.fakes.console_house import House, a_console


@pytest.fixture(scope="session")
def segmenter(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    return Segmenter(tmp_path_factory.mktemp("jieba"))


@pytest.fixture
async def house(tmp_path: Path, segmenter: Segmenter) -> AsyncIterator[House]:
    async with a_console(tmp_path, segmenter) as house:
        yield house
