"""Read catalogue files: ours, and an operator's that adds models or names other sources for ours."""

import tomllib
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from domain.errors import InputError
from models.catalogue import Catalogue, Model, ModelFile
from models.sources import (
    Carrier,
    DirectorySource,
    HubSource,
    InstalledSource,
    Member,
    PackageSource,
    Source,
)

BUILT_IN = Path(__file__).with_name("catalogue.toml")
REQUIRED = ("task", "languages", "revision", "licence", "files", "sources")

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ModelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]  # it names a folder


class _Strict(BaseModel):
    """Refuse keys we do not know: a misspelt key is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _File(_Strict):
    """`[[models.files]]`."""

    path: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path:
            raise ValueError("expected a relative path inside the model's folder")
        return path


class _Carrier(_Strict):
    """`carrier = {…}` of a package source with a conversion."""

    sha256: Sha256
    bytes: int
    members: list[str]


class _Package(_Strict):
    """`kind = "package"`."""

    kind: Literal["package"]
    download_bytes: int | None = None
    members: dict[str, list[str]] = {}
    conversion: str | None = None
    carrier: _Carrier | None = None


class _Installed(_Strict):
    """`kind = "installed"`."""

    kind: Literal["installed"]
    distribution: str
    members: dict[str, str]


class _Directory(_Strict):
    """`kind = "directory"`; a relative path counts from the catalogue file."""

    kind: Literal["directory"]
    path: str


class _Hub(_Strict):
    """`kind = "hub"`."""

    kind: Literal["hub"]
    repository: str
    revision: str


_Source = Annotated[_Package | _Installed | _Directory | _Hub, Field(discriminator="kind")]


class _Model(_Strict):
    """`[[models]]`; whatever an entry for a known id leaves out stays as it was."""

    id: ModelId
    title: str | None = None
    task: str | None = None
    languages: list[str] | None = None
    revision: str | None = None
    licence: str | None = None
    sample_rate_hz: int | None = None
    files: Annotated[list[_File], Field(min_length=1)] | None = None
    sources: Annotated[list[_Source], Field(min_length=1)] | None = None


class _Document(_Strict):
    """The whole file."""

    models: list[_Model]


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """Our catalogue, with the operator's ``extra`` laid over it. Raises InputError naming file and key."""
    ours = Catalogue(_models_of(BUILT_IN, Catalogue(())))
    return ours if extra is None else Catalogue((*ours, *_models_of(extra, ours)))


def _models_of(path: Path, known: Catalogue) -> list[Model]:
    before = {model.model_id: model for model in known}
    try:
        return [_model(entry, before.get(entry.id), path.parent) for entry in _read(path).models]
    except OSError as missing:
        raise InputError(
            "models.catalogue", f"the catalogue {path} cannot be read: {missing.strerror}"
        ) from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise InputError("models.catalogue", f"{path} is not TOML: {broken}") from broken
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError("models.catalogue", f"{path}: {place}: {first['msg']}") from wrong
    except InputError as wrong:
        raise InputError(wrong.code, f"{path}: {wrong.message}") from wrong


def _read(path: Path) -> _Document:
    return _Document.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _model(entry: _Model, before: Model | None, folder: Path) -> Model:
    given = _given(entry, folder)
    if before is not None:
        return replace(before, **given)
    missing = [name for name in REQUIRED if name not in given]
    if missing:
        raise InputError("models.catalogue", f"the new model {entry.id} lacks {', '.join(missing)}")
    return Model(**{"model_id": entry.id, "title": entry.id, "sample_rate_hz": None, **given})


def _given(entry: _Model, folder: Path) -> dict[str, Any]:
    """What the entry states, by the names of Model's fields."""
    given = entry.model_dump(exclude={"id", "languages", "files", "sources"}, exclude_none=True)
    if entry.languages is not None:
        given["languages"] = tuple(entry.languages)
    if entry.files is not None:
        given["files"] = tuple(map(_file, entry.files))
    if entry.sources is not None:
        given["sources"] = tuple(_source(source, folder) for source in entry.sources)
    return given


def _file(file: _File) -> ModelFile:
    return ModelFile(path=file.path, sha256=file.sha256, size_bytes=file.bytes)


def _source(source: _Package | _Installed | _Directory | _Hub, folder: Path) -> Source:
    match source:
        case _Package():
            return _package_source(source)
        case _Installed():
            return InstalledSource(
                distribution=source.distribution, members=tuple(source.members.items())
            )
        case _Directory():
            return DirectorySource(path=(folder / Path(source.path).expanduser()).resolve())
        case _Hub():
            return HubSource(repository=source.repository, revision=source.revision)


def _package_source(source: _Package) -> PackageSource:
    carrier = source.carrier
    if (carrier is None) != (source.conversion is None):
        raise InputError(
            "models.catalogue", "a conversion needs a carrier, and a carrier a conversion"
        )
    return PackageSource(
        members=tuple(
            (path, tuple(map(Member.parse, parts))) for path, parts in source.members.items()
        ),
        download_bytes=source.download_bytes,
        conversion=source.conversion,
        carrier=None if carrier is None else _carrier(carrier),
    )


def _carrier(carrier: _Carrier) -> Carrier:
    members = tuple(map(Member.parse, carrier.members))
    return Carrier(sha256=carrier.sha256, size_bytes=carrier.bytes, members=members)
