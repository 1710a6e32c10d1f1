"""Know the models: what their files must be, and where they may come from."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.errors import NotFound
from models.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model as it must lie on the shelf; ``path`` is relative, with forward slashes."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One entry. ``languages`` are primary tags, ``("*",)`` when the model does not depend on language."""

    model_id: str
    title: str
    task: str
    languages: tuple[str, ...]
    revision: str
    licence: str
    sample_rate_hz: int | None
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def fingerprint(self) -> str:
        """Changes when any file of the model would."""
        lines = "\n".join(f"{file.path} {file.sha256}" for file in self.files)
        return hashlib.sha256(lines.encode()).hexdigest()


class Catalogue:
    """All known models, in the order they were written; of two with one id the later counts."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._models = {model.model_id: model for model in models}

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def model(self, model_id: str) -> Model:
        """Raises NotFound, naming what there is."""
        if model_id not in self._models:
            known = ", ".join(self._models)
            raise NotFound("models.unknown", f"no model is called {model_id!r}; known are {known}")
        return self._models[model_id]

    def models(self, model_ids: Iterable[str]) -> tuple[Model, ...]:
        """The named ones in that order; all of them when no name is given."""
        return tuple(self.model(model_id) for model_id in model_ids) or tuple(self)
