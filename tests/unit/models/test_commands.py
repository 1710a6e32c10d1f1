"""What `hotline models` answers, before anybody makes a table of it."""

import tomllib
from pathlib import Path

import pytest

from domain.errors import InputError, NotFound
from models.catalogue import Catalogue
from models.catalogue_file import load_catalogue
from models.commands import describe_directory, list_models, pull_models, verify_models
from models.progress import Unwatched
from models.shelf import Shelf, State
from tests.fakes.catalogue import FILES, a_directory, a_model

QUIET = Unwatched()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    mirror = a_directory(tmp_path / "mirror")
    return Catalogue([a_model(mirror, model_id="one"), a_model(mirror, model_id="two")])


def states(rows: object) -> dict[str, State]:
    assert isinstance(rows, tuple)
    return {row.model.model_id: row.state for row in rows}


def test_a_fresh_machine_has_nothing(catalogue: Catalogue, shelf: Shelf) -> None:
    assert states(list_models(catalogue, shelf)) == {"one": State.MISSING, "two": State.MISSING}


def test_pulling_one_brings_one(catalogue: Catalogue, shelf: Shelf) -> None:
    assert states(pull_models(catalogue, shelf, ["two"], QUIET)) == {"two": State.PRESENT}
    assert states(list_models(catalogue, shelf)) == {"one": State.MISSING, "two": State.PRESENT}


def test_pulling_without_a_name_brings_all_and_a_second_time_touches_nothing(
    catalogue: Catalogue, shelf: Shelf
) -> None:
    first = pull_models(catalogue, shelf, [], QUIET)
    before = {row.path: row.path.stat().st_ino for row in first}

    again = pull_models(catalogue, shelf, [], QUIET)

    assert states(again) == {"one": State.PRESENT, "two": State.PRESENT}
    assert {row.path: row.path.stat().st_ino for row in again} == before


def test_an_unknown_name_stops_before_anything_is_brought(
    catalogue: Catalogue, shelf: Shelf
) -> None:
    with pytest.raises(NotFound):
        pull_models(catalogue, shelf, ["one", "three"], QUIET)

    assert states(list_models(catalogue, shelf))["one"] is State.MISSING


def test_verifying_names_each_file_that_is_wrong(catalogue: Catalogue, shelf: Shelf) -> None:
    [row] = pull_models(catalogue, shelf, ["one"], QUIET)
    (row.path / "model.bin").write_bytes(b"damaged")
    (row.path / "voices" / "one.bin").unlink()

    damaged, missing = verify_models(catalogue, shelf, [], QUIET)

    assert (damaged.state, missing.state) == (State.DAMAGED, State.MISSING)
    assert [fault.split(":")[0] for fault in damaged.faults] == [
        "model.bin",
        "voices/one.bin is missing",
    ]


def test_verifying_a_whole_model_finds_no_fault(catalogue: Catalogue, shelf: Shelf) -> None:
    pull_models(catalogue, shelf, [], QUIET)

    assert all(
        row.state is State.PRESENT and not row.faults
        for row in verify_models(catalogue, shelf, [], QUIET)
    )


def test_a_folder_of_the_operators_is_described_so_that_it_can_be_pulled(
    shelf: Shelf, tmp_path: Path
) -> None:
    folder = a_directory(tmp_path / "large").path
    (folder / ".cache").mkdir()
    (folder / ".cache" / "junk").write_text("not part of the model")
    extra = tmp_path / "extra.toml"

    extra.write_text(describe_directory(folder, "whisper-large", "speech-to-text"))
    [row] = pull_models(load_catalogue(extra), shelf, ["whisper-large"], QUIET)

    assert {file.path for file in row.model.files} == set(FILES)
    assert row.state is State.PRESENT


def test_a_folder_with_awkward_names_is_described_as_valid_toml(tmp_path: Path) -> None:
    folder = a_directory(tmp_path / 'a "quoted" folder', {'f"1.bin': b"x"}).path

    described = tomllib.loads(describe_directory(folder, "x", "y"))

    assert described["models"][0]["files"][0]["path"] == 'f"1.bin'
    assert described["models"][0]["sources"][0]["path"] == str(folder)


def test_an_empty_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found no file"):
        describe_directory(tmp_path, "x", "y")
