"""Keep spoken prompts on disk, so that a sentence is synthesised once and then only read."""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from domain.errors import StorageError


class PromptCache:
    """Sound by digest of everything that shapes it. Files appear whole or not at all. Not for the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, *, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _storage_error(error) from error

    def keep(self, pcm: bytes, *, key: str) -> None:
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=path.parent, delete=False) as growing:
                growing.write(pcm)
            os.replace(growing.name, path)
        except OSError as error:
            raise _storage_error(error) from error

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest}.pcm"


def _storage_error(error: OSError) -> StorageError:
    return StorageError(
        "tts.cache",
        f"the prompt cache cannot be used: {error.strerror or error}; free or repair the disk",
    )
