"""A model reaches the shelf whole and unaltered, or not at all."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.errors import EngineError
from models.digest import Advance
from models.progress import Stage, Unwatched
from models.pull import ABANDONED_S, pull
from models.shelf import Shelf, State
from models.sources import DirectorySource, InstalledSource
from tests.fakes.catalogue import FILES, a_directory, a_model

ALTERED = {**FILES, "model.bin": b"W" + FILES["model.bin"][1:]}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def on_the_shelf(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.root.iterdir())


def test_a_model_is_copied_from_a_directory_and_known_at_once(shelf: Shelf, tmp_path: Path) -> None:
    model = a_model(a_directory(tmp_path / "mirror"))

    place = pull(model, shelf, Unwatched())

    assert place == shelf.path("tiny")
    assert {path: (place / path).read_bytes() for path in FILES} == FILES
    assert shelf.state(model) is State.PRESENT
    assert on_the_shelf(shelf) == ["tiny"]


def test_a_directory_that_lacks_files_names_them(shelf: Shelf, tmp_path: Path) -> None:
    mirror = a_directory(tmp_path / "mirror", {"model.bin": FILES["model.bin"]})

    with pytest.raises(EngineError, match=r"directory .*mirror lacks voices/one\.bin") as refused:
        pull(a_model(mirror), shelf, Unwatched())

    assert refused.value.code == "models.no_source"
    assert on_the_shelf(shelf) == []


def test_an_altered_file_is_refused_by_name_and_nothing_is_left(
    shelf: Shelf, tmp_path: Path
) -> None:
    mirror = a_directory(tmp_path / "mirror", ALTERED)

    with pytest.raises(EngineError, match=r"model\.bin from directory .*mirror is not the file"):
        pull(a_model(mirror), shelf, Unwatched())

    assert on_the_shelf(shelf) == []


def test_the_next_source_is_tried_and_the_first_good_one_counts(
    shelf: Shelf, tmp_path: Path
) -> None:
    altered = a_directory(tmp_path / "altered", ALTERED)
    good = a_directory(tmp_path / "good")

    place = pull(
        a_model(DirectorySource(path=tmp_path / "absent"), altered, good), shelf, Unwatched()
    )

    assert (place / "model.bin").read_bytes() == FILES["model.bin"]


def test_when_no_source_will_do_each_answer_is_given(shelf: Shelf, tmp_path: Path) -> None:
    sources = (
        DirectorySource(path=tmp_path / "absent"),
        a_directory(tmp_path / "altered", ALTERED),
        InstalledSource(distribution="no-such-distribution", members=()),
    )

    with pytest.raises(EngineError) as refused:
        pull(a_model(*sources), shelf, Unwatched())

    for said in ("absent lacks", "is not the file", "no-such-distribution is not installed"):
        assert said in refused.value.message


def test_a_failed_pull_leaves_what_was_there(shelf: Shelf, tmp_path: Path) -> None:
    mirror = a_directory(tmp_path / "mirror")
    pull(a_model(mirror), shelf, Unwatched())
    a_directory(tmp_path / "mirror", ALTERED)

    with pytest.raises(EngineError):
        pull(a_model(mirror), shelf, Unwatched())

    assert shelf.state(a_model()) is State.PRESENT


def test_a_damaged_model_is_replaced_whole(shelf: Shelf, tmp_path: Path) -> None:
    mirror = a_directory(tmp_path / "mirror")
    place = pull(a_model(mirror), shelf, Unwatched())
    (place / "model.bin").write_bytes(b"damaged")
    (place / "stray.txt").write_text("left by somebody")

    pull(a_model(mirror), shelf, Unwatched())

    assert shelf.state(a_model()) is State.PRESENT
    assert not (place / "stray.txt").exists()
    assert on_the_shelf(shelf) == ["tiny"]


def test_a_pull_that_is_interrupted_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    class Impatient(Unwatched):
        @contextmanager
        def stage(self, model_id: str, stage: Stage, total_bytes: int | None) -> Iterator[Advance]:
            yield self._interrupt

        def _interrupt(self, _bytes: int) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(a_model(a_directory(tmp_path / "mirror")), shelf, Impatient())

    assert on_the_shelf(shelf) == []


def test_scratch_of_a_pull_that_was_killed_long_ago_is_swept(shelf: Shelf, tmp_path: Path) -> None:
    old, young = (shelf.root / name for name in (".pull-old", ".pull-young"))
    for scratch in (old, young):
        (scratch / "staged").mkdir(parents=True)
    long_ago = time.time() - ABANDONED_S - 60
    os.utime(old, (long_ago, long_ago))

    pull(a_model(a_directory(tmp_path / "mirror")), shelf, Unwatched())

    assert on_the_shelf(shelf) == [".pull-young", "tiny"]


def test_a_shelf_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EngineError, match="HOTLINE_WEIGHTS_DIR") as refused:
        pull(a_model(a_directory(tmp_path / "mirror")), Shelf(tmp_path / "file" / "x"), Unwatched())

    assert refused.value.code == "models.shelf"


def test_a_file_of_an_installed_package_is_found(shelf: Shelf) -> None:
    content = Path(pytest.__file__).read_bytes()
    source = InstalledSource(distribution="pytest", members=(("door.py", "pytest/__init__.py"),))

    place = pull(a_model(source, files={"door.py": content}), shelf, Unwatched())

    assert (place / "door.py").read_bytes() == content
