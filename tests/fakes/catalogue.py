"""Build small models and catalogues whose files are a few bytes long."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from models.catalogue import Model, ModelFile
from models.sources import DirectorySource, Source

FILES: Mapping[str, bytes] = {"model.bin": b"weights" * 100, "voices/one.bin": b"voice"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def a_model(*sources: Source, model_id: str = "tiny", files: Mapping[str, bytes] = FILES) -> Model:
    return Model(
        model_id=model_id,
        title="A tiny model",
        task="speech-to-text",
        languages=("zh",),
        revision="1",
        licence="MIT",
        sample_rate_hz=16_000,
        files=tuple(
            ModelFile(path=path, sha256=sha256(content), size_bytes=len(content))
            for path, content in files.items()
        ),
        sources=sources,
    )


def a_directory(folder: Path, files: Mapping[str, bytes] = FILES) -> DirectorySource:
    """A mirror in ``folder`` that holds ``files``."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return DirectorySource(path=folder)
