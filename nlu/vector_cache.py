"""Remember vectors on disk, so that a second start need not compute them again."""

import hashlib
import logging
from array import array
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.ports import Embedder, TextRole

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]


async def vectors_of(
    texts: Sequence[str], *, embedder: Embedder, cache_dir: Path | None
) -> Vectors:
    """float32 (texts, dimension), from disk when the same texts were placed by the same model before."""
    kept = None if cache_dir is None else cache_dir / f"{_digest(texts, embedder)}.npy"
    found = None if kept is None else _read(kept, (len(texts), embedder.dimension))
    if found is not None:
        return found
    vectors = _matrix(await embedder.embed(texts, role=TextRole.QUERY))
    if kept is not None:
        _write(kept, vectors)
    return vectors


def _digest(texts: Sequence[str], embedder: Embedder) -> str:
    told = "\x00".join((embedder.model_id, str(embedder.dimension), *texts))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _matrix(rows: Sequence["array[float]"]) -> Vectors:
    return np.asarray(rows, dtype=np.float32)


def _read(path: Path, shape: tuple[int, int]) -> Vectors | None:
    """None when there is none or it is damaged: it is only a cache."""
    try:
        vectors: Vectors = np.load(BytesIO(path.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.shape == shape else None


def _write(path: Path, vectors: Vectors) -> None:
    """Beside and renamed, so that a killed process leaves no half file; a full disk only costs the next start."""
    beside = path.with_suffix(".part.npy")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(beside, vectors)
        beside.replace(path)
    except OSError:
        log.warning("vectors not kept", extra={"path": str(path)}, exc_info=True)
        with suppress(OSError):
            beside.unlink()
