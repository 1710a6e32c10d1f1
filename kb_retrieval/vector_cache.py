"""Keep vectors on disk, named by what they are vectors of, so that the second start is quick."""

import hashlib
import logging
import os
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from domain.errors import StorageError
from domain.ports import TextRole

log = logging.getLogger(__name__)


def digest_of(model_id: str, role: TextRole, text: str) -> str:
    """Different whenever the model, the role or one letter of the text is."""
    return hashlib.sha256("\0".join((model_id, role, text)).encode()).hexdigest()


class VectorCache:
    """One file per model; a damaged file is forgotten and written anew. Blocking: call it off the event loop."""

    def __init__(self, folder: Path, model_id: str) -> None:
        name = hashlib.sha256(model_id.encode()).hexdigest()[:16]
        self._path = folder / f"vectors-{name}.npz"

    def load(self) -> dict[str, "array[float]"]:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                digests, rows = kept["digests"], kept["rows"]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as damage:
            log.warning("vector cache forgotten", extra={"cause": type(damage).__name__})
            return {}
        return {
            str(digest): array("f", row.tobytes())
            for digest, row in zip(digests, rows, strict=True)
        }

    def save(self, digests: Sequence[str], vectors: Mapping[str, "array[float]"]) -> None:
        """Replace the file in one step, keeping only ``digests``. Raises StorageError."""
        rows = np.array([vectors[digest] for digest in digests], dtype=np.float32)
        growing = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with growing.open("wb") as file:
                np.savez(file, digests=np.array(digests), rows=rows)
            growing.replace(self._path)
        except OSError as failure:
            with suppress(OSError):
                growing.unlink(missing_ok=True)
            raise StorageError(
                "kb_retrieval.cache",
                f"vectors cannot be kept in {self._path.parent}: {failure.strerror}; free or unlock it",
            ) from failure
