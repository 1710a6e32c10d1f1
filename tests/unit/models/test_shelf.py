"""The shelf knows at a glance what lies on it, and is not fooled."""

import os
from pathlib import Path

import pytest

from domain.errors import EngineError
from models.catalogue import Model
from models.shelf import STAMP, Shelf, State, weights_root
from tests.fakes.catalogue import FILES, a_directory, a_model


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def model(shelf: Shelf) -> Model:
    """A whole model on the shelf, put there by hand."""
    a_directory(shelf.root / "tiny")
    return a_model()


def test_a_missing_model_is_named_with_the_command_that_brings_it(shelf: Shelf) -> None:
    with pytest.raises(EngineError, match="run: hotline models pull whisper-base") as missing:
        shelf.path("whisper-base")

    assert missing.value.code == "models.missing"
    assert shelf.state(a_model()) is State.MISSING


def test_a_model_copied_by_hand_is_hashed_once_and_then_known_by_its_stamp(
    shelf: Shelf, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shelf.state(model) is State.PRESENT
    monkeypatch.setattr("models.shelf.sha256_of", _never)

    assert shelf.state(model) is State.PRESENT
    assert shelf.path("tiny") == shelf.root / "tiny"


def _never(*_: object) -> str:
    raise AssertionError("hashed again")


def test_a_file_that_was_touched_is_hashed_again(shelf: Shelf, model: Model) -> None:
    assert shelf.state(model) is State.PRESENT
    file = shelf.root / "tiny" / "model.bin"
    file.write_bytes(b"WEIGHTS" * 100)

    assert shelf.state(model) is State.DAMAGED
    assert not (shelf.root / "tiny" / STAMP).exists()


def test_a_missing_file_is_noticed(shelf: Shelf, model: Model) -> None:
    assert shelf.state(model) is State.PRESENT
    (shelf.root / "tiny" / "voices" / "one.bin").unlink()

    assert shelf.state(model) is State.DAMAGED
    assert shelf.faults(model) == ("voices/one.bin is missing",)


def test_verifying_hashes_whatever_the_stamp_says(shelf: Shelf, model: Model) -> None:
    assert shelf.state(model) is State.PRESENT
    file = shelf.root / "tiny" / "model.bin"
    seen = file.stat()
    file.write_bytes(b"WEIGHTS" * 100)
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    assert shelf.state(model) is State.PRESENT
    assert len(shelf.faults(model)) == 1
    assert shelf.state(model) is State.DAMAGED


def test_a_stamp_of_another_revision_does_not_count(shelf: Shelf, model: Model) -> None:
    assert shelf.state(model) is State.PRESENT

    assert shelf.state(a_model(files={**FILES, "model.bin": b"newer" * 140})) is State.DAMAGED


@pytest.mark.parametrize("stamp", ["", "{", "[]", '{"files": 3}'])
def test_a_broken_stamp_only_costs_a_hashing(shelf: Shelf, model: Model, stamp: str) -> None:
    (shelf.root / "tiny" / STAMP).write_text(stamp)

    assert shelf.state(model) is State.PRESENT


def test_hashing_tells_how_far_it_has_come(shelf: Shelf, model: Model) -> None:
    seen: list[int] = []

    assert shelf.faults(model, seen.append) == ()
    assert sum(seen) == model.size_bytes


def test_the_weights_lie_in_the_environment_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HOTLINE_WEIGHTS_DIR", raising=False)
    assert weights_root().parts[-3:] == ("share", "openhotline", "weights")

    monkeypatch.setenv("HOTLINE_WEIGHTS_DIR", str(tmp_path))
    assert weights_root() == tmp_path
