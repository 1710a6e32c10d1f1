"""Remembering vectors changes nothing about them, and keeps only what it was given to keep."""

from array import array
from pathlib import Path

import pytest

from domain.ports import Embedder, TextRole
from models.kept_vectors import KeptEmbedder
from tests.contract.embedder import EmbedderContract
from tests.fakes.embedder import FakeEmbedder

TEXTS = ["路灯坏了", "no water", "路灯坏了"]


class TestKeptEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> Embedder:
        return KeptEmbedder(FakeEmbedder(), tmp_path)


async def placed(machine: FakeEmbedder, folder: Path, *texts: str) -> list["array[float]"]:
    return await KeptEmbedder(machine, folder).embed(texts or TEXTS, role=TextRole.QUERY)


async def test_a_second_start_places_nothing_again(tmp_path: Path) -> None:
    first, second = FakeEmbedder(), FakeEmbedder()

    before, after = await placed(first, tmp_path), await placed(second, tmp_path)

    assert first.texts_seen
    assert second.texts_seen == []
    assert before == after


async def test_only_what_is_new_is_placed(tmp_path: Path) -> None:
    await placed(FakeEmbedder(), tmp_path)
    machine = FakeEmbedder()

    await placed(machine, tmp_path, *TEXTS, "noise at night")

    assert machine.texts_seen == [(TextRole.QUERY, "noise at night")]


async def test_a_question_and_a_passage_are_kept_apart(tmp_path: Path) -> None:
    await placed(FakeEmbedder(), tmp_path)
    machine = FakeEmbedder()

    await KeptEmbedder(machine, tmp_path).embed(["no water"], role=TextRole.PASSAGE)

    assert machine.texts_seen == [(TextRole.PASSAGE, "no water")]


def damage(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:100])


async def test_a_damaged_file_is_forgotten(tmp_path: Path) -> None:
    await placed(FakeEmbedder(), tmp_path)
    damage(tmp_path)
    machine = FakeEmbedder()

    await placed(machine, tmp_path)

    assert machine.texts_seen


async def test_vectors_of_another_length_are_forgotten(tmp_path: Path) -> None:
    await placed(FakeEmbedder(dimension=64), tmp_path)
    shorter = FakeEmbedder(dimension=32)

    vectors = await placed(shorter, tmp_path)

    assert all(len(vector) == 32 for vector in vectors)


async def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    assert len(await placed(FakeEmbedder(), tmp_path / "file")) == len(TEXTS)
