"""The fake keeps the promises, which is what allows rooms to be tested with it."""

import pytest

from domain.ports import Embedder
from tests.contract.embedder import EmbedderContract
from tests.fakes.embedder import FakeEmbedder


class TestFakeEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return FakeEmbedder()
