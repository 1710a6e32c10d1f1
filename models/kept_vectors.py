"""Remember on disk where fixed texts lie, so that a second start need not place them again."""

import asyncio
import hashlib
import logging
import os
from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from domain.ports import Embedder, TextRole

log = logging.getLogger(__name__)

Vectors = dict[str, "array[float]"]  # by digest of model, role and text


class KeptEmbedder:
    """An Embedder for texts that are ours: examples, knowledge. Never give it a caller's words, they would be kept.

    One file in ``folder``, replaced as a whole. Losing it costs time and nothing else: a damaged file is forgotten,
    a folder that cannot be written is logged.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        name = hashlib.sha256(embedder.model_id.encode()).hexdigest()[:16]
        self._path = folder / f"vectors-{name}.npz"

    @property
    def model_id(self) -> str:
        return self._embedder.model_id

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed(self, texts: Sequence[str], *, role: TextRole) -> list["array[float]"]:
        """From the file where they are in it, from the machine (and then into the file) where they are not."""
        digests = [self._digest(text, role) for text in texts]
        known = await asyncio.to_thread(self._load)
        missing = {d: text for d, text in zip(digests, texts, strict=True) if d not in known}
        if missing:
            placed = await self._embedder.embed(list(missing.values()), role=role)
            known |= zip(missing, placed, strict=True)
            await asyncio.to_thread(self._save, known)
        return [known[digest] for digest in digests]

    def _digest(self, text: str, role: TextRole) -> str:
        """Different whenever the model, the role or one letter of the text is."""
        return hashlib.sha256("\0".join((self.model_id, role, text)).encode()).hexdigest()

    def _load(self) -> Vectors:
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                digests, rows = kept["digests"], kept["rows"]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as damage:
            log.warning("kept vectors forgotten", extra={"cause": type(damage).__name__})
            return {}
        pairs = zip(digests, rows, strict=True)
        return {str(d): array("f", row.tobytes()) for d, row in pairs if len(row) == self.dimension}

    def _save(self, vectors: Vectors) -> None:
        rows = np.array(list(vectors.values()), dtype=np.float32)
        growing = self._path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with growing.open("wb") as file:
                np.savez(file, digests=np.array(list(vectors)), rows=rows)
            growing.replace(self._path)
        except OSError as failure:
            log.warning(
                "vectors not kept; free or unlock the folder",
                extra={"folder": str(self._path.parent), "cause": failure.strerror},
            )
            with suppress(OSError):
                growing.unlink(missing_ok=True)
