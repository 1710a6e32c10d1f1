"""Answer `hotline models list | pull | verify | describe` with rows; the command line decides how they look."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import InputError
from models.catalogue import Catalogue, Model
from models.digest import sha256_of
from models.progress import Stage, Watcher
from models.pull import pull
from models.shelf import Shelf, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One model as it lies here. ``faults`` has a sentence per file that is not right."""

    model: Model
    state: State
    path: Path
    faults: tuple[str, ...] = ()


def list_models(catalogue: Catalogue, shelf: Shelf) -> tuple[Row, ...]:
    """By stamps, so it answers at once."""
    return tuple(_row(model, shelf, shelf.state(model)) for model in catalogue)


def pull_models(
    catalogue: Catalogue, shelf: Shelf, model_ids: Sequence[str], watcher: Watcher
) -> tuple[Row, ...]:
    """Bring what is missing or damaged among the named models; no name means all of them.

    Raises NotFound for an unknown name before anything is brought, EngineError at the first model that no
    source has; those before it stay.
    """
    wanted = catalogue.models(model_ids)
    for model in wanted:
        if shelf.state(model) is not State.PRESENT:
            pull(model, shelf, watcher)
    return tuple(_row(model, shelf, State.PRESENT) for model in wanted)


def verify_models(
    catalogue: Catalogue, shelf: Shelf, model_ids: Sequence[str], watcher: Watcher
) -> tuple[Row, ...]:
    """Hash every file of the named models, whatever the stamps say; no name means all of them."""
    return tuple(_verify(model, shelf, watcher) for model in catalogue.models(model_ids))


def describe_directory(directory: Path, model_id: str, task: str) -> str:
    """A catalogue entry for a folder of the operator's, ready to be put into the extra catalogue."""
    files = sorted(
        path for path in directory.rglob("*") if path.is_file() and not _hidden(path, directory)
    )
    if not files:
        raise InputError(
            "models.describe", f"expected a folder with a model in it, found no file in {directory}"
        )
    head = (
        f'[[models]]\nid = {_quoted(model_id)}\ntask = {_quoted(task)}\nlanguages = ["*"]\n'
        'revision = "local"\nlicence = "as its publisher states"\n'
    )
    entries = "".join(
        f"\n[[models.files]]\npath = {_quoted(path.relative_to(directory).as_posix())}\n"
        f'sha256 = "{sha256_of(path)}"\nbytes = {path.stat().st_size}\n'
        for path in files
    )
    place = _quoted(str(directory.resolve()))
    return f'{head}{entries}\n[[models.sources]]\nkind = "directory"\npath = {place}\n'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML string


def _verify(model: Model, shelf: Shelf, watcher: Watcher) -> Row:
    if not shelf.place(model.model_id).is_dir():
        return _row(model, shelf, State.MISSING)
    with watcher.stage(model.model_id, Stage.VERIFY, model.size_bytes) as advance:
        faults = shelf.faults(model, advance)
    return _row(model, shelf, State.DAMAGED if faults else State.PRESENT, faults)


def _row(model: Model, shelf: Shelf, state: State, faults: tuple[str, ...] = ()) -> Row:
    return Row(model=model, state=state, path=shelf.place(model.model_id), faults=faults)


def _hidden(path: Path, directory: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(directory).parts)
