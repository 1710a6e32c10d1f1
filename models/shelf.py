"""Keep the models that are on this machine, and know without reading them whether they are whole."""

import json
import sys
from contextlib import suppress
from enum import StrEnum
from os import environ, stat_result
from pathlib import Path

from domain.errors import EngineError
from models.catalogue import Model
from models.digest import Advance, ignore, sha256_of

STAMP = ".verified.json"


class State(StrEnum):
    """What lies on the shelf under a model's name."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"


def weights_root() -> Path:
    """Where weights lie: HOTLINE_WEIGHTS_DIR, or beside the program in its own environment.

    The one place outside `app/settings.py` that reads the environment: tests and `make` must find the
    shelf before there are settings.
    """
    return Path(
        environ.get("HOTLINE_WEIGHTS_DIR") or Path(sys.prefix) / "share" / "openhotline" / "weights"
    )


class Shelf:
    """One folder with a folder per model id in it.

    A stamp in each folder remembers size and modification time of every file when it was last hashed, so
    that a start costs a few `stat` calls instead of reading half a gigabyte.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, model_id: str) -> Path:
        """The folder of a model that was pulled. Raises EngineError ("models.missing")."""
        place = self.place(model_id)
        if not place.is_dir():
            raise EngineError(
                "models.missing",
                f"the model {model_id} is not on this machine ({place}); run: hotline models pull {model_id}",
                retryable=False,
            )
        return place

    def place(self, model_id: str) -> Path:
        """Where the model lies or would lie."""
        return self.root / model_id

    def state(self, model: Model) -> State:
        """By stamp; a folder without a stamp (copied by hand) is hashed once."""
        if not self.place(model.model_id).is_dir():
            return State.MISSING
        if self._stamp_holds(model):
            return State.PRESENT
        return State.DAMAGED if self.faults(model) else State.PRESENT

    def faults(self, model: Model, advance: Advance = ignore) -> tuple[str, ...]:
        """Hash every file; one sentence per file that is not what the catalogue says. Renews the stamp."""
        place = self.place(model.model_id)
        found: list[str] = []
        for file in model.files:
            path = place / file.path
            if not path.is_file():
                found.append(f"{file.path} is missing")
            elif (got := sha256_of(path, advance)) != file.sha256:
                found.append(f"{file.path}: expected sha256 {file.sha256}, got {got}")
        self._renew_stamp(model, whole=not found)
        return tuple(found)

    def _stamp_holds(self, model: Model) -> bool:
        try:
            stamp = json.loads((self.place(model.model_id) / STAMP).read_text(encoding="utf-8"))
            return bool(stamp == _stamp(model, self.place(model.model_id)))
        except (OSError, ValueError):
            return False

    def _renew_stamp(self, model: Model, *, whole: bool) -> None:
        place = self.place(model.model_id)
        with suppress(OSError):  # a shelf mounted read-only is hashed at each start instead
            if whole:
                write_stamp(model, place)
            else:
                (place / STAMP).unlink(missing_ok=True)


def write_stamp(model: Model, place: Path) -> None:
    """Remember that the files in ``place`` were hashed and are right."""
    (place / STAMP).write_text(json.dumps(_stamp(model, place)), encoding="utf-8")


def _stamp(model: Model, place: Path) -> dict[str, object]:
    looks = {file.path: _look((place / file.path).stat()) for file in model.files}
    return {"fingerprint": model.fingerprint, "files": looks}


def _look(seen: stat_result) -> list[int]:
    return [seen.st_size, seen.st_mtime_ns]
