"""Read files out of the archives that registries hand out, without unpacking anything else of them."""

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from domain.errors import InputError

DAMAGE = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)


class Archive(Protocol):
    """An open wheel or npm tarball."""

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        """Raises InputError when there is no such file inside."""
        ...


class _Wheel:
    """A zip file, as pip packages are."""

    def __init__(self, wheel: zipfile.ZipFile) -> None:
        self._wheel = wheel

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        try:
            return self._wheel.open(member)
        except KeyError as absent:
            raise _missing(self._wheel.filename, member) from absent


class _Tarball:
    """A gzipped tar file, as npm packages are. Members read in the order they lie in cost one pass."""

    def __init__(self, tarball: tarfile.TarFile) -> None:
        self._tarball = tarball

    def open(self, member: str) -> AbstractContextManager[IO[bytes]]:
        try:
            found = self._tarball.extractfile(member)
        except KeyError as absent:
            raise _missing(self._tarball.name, member) from absent
        if found is None:
            raise _missing(self._tarball.name, member)
        return found


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a ``.whl`` or ``.tgz``. Raises InputError when it is neither, or turns out damaged while being read."""
    try:
        if path.suffix == ".tgz":
            with tarfile.open(path, "r:gz") as tarball:
                yield _Tarball(tarball)
        else:
            with zipfile.ZipFile(path) as wheel:
                yield _Wheel(wheel)
    except DAMAGE as broken:
        raise InputError(
            "models.archive", f"{path.name} is damaged or no archive: {broken}"
        ) from broken


def _missing(archive: object, member: str) -> InputError:
    return InputError("models.archive", f"{Path(str(archive)).name} holds no file {member}")
