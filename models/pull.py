"""Put a model on the shelf: bring it, check it, and only then give it its name."""

import shutil
import tempfile
import time
from pathlib import Path

from domain.errors import EngineError, InputError
from models.catalogue import Model
from models.progress import Watcher
from models.shelf import Shelf, write_stamp
from models.sources import Source
from models.staging import stage

SCRATCH = ".pull-"
ABANDONED_S = 24 * 3600  # a scratch folder this old belongs to a pull that was killed


def pull(model: Model, shelf: Shelf, watcher: Watcher) -> Path:
    """Bring ``model`` from the first source that has all of it, unaltered.

    What lay there before stays until the new one is whole. Raises EngineError ("models.no_source") that
    says what each source answered, or ("models.shelf") when the folder refuses us.
    """
    try:
        _prepare(shelf.root)
        return _pull(model, shelf, watcher)
    except OSError as refused:
        raise EngineError(
            "models.shelf",
            f"the weights folder {shelf.root} cannot be written: {refused.strerror or refused}; "
            "make room there or set HOTLINE_WEIGHTS_DIR to another place",
            retryable=False,
        ) from refused


def _pull(model: Model, shelf: Shelf, watcher: Watcher) -> Path:
    answers: list[str] = []
    for source in model.sources:
        with tempfile.TemporaryDirectory(dir=shelf.root, prefix=SCRATCH) as scratch:
            try:
                staged = stage(model, source, Path(scratch), watcher)
            except (InputError, EngineError) as refused:
                answers.append(_answer(source, refused.message))
                continue
            write_stamp(model, staged)
            return _give_name(staged, shelf.place(model.model_id), Path(scratch))
    raise EngineError(
        "models.no_source", f"{model.model_id} was not pulled: {'; '.join(answers)}", retryable=True
    )


def _answer(source: Source, said: str) -> str:
    return said if str(source) in said else f"{source}: {said}"


def _prepare(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for abandoned in root.glob(f"{SCRATCH}*"):
        if time.time() - abandoned.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(abandoned, ignore_errors=True)


def _give_name(staged: Path, place: Path, scratch: Path) -> Path:
    """Swap the folder in by renaming; the old one leaves with the scratch folder."""
    if place.exists():
        place.rename(scratch / "before")
    staged.rename(place)
    return place
