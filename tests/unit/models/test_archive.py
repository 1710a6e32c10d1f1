"""Files are read out of wheels and npm tarballs, and a damaged one is named."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from domain.errors import InputError
from models.archive import open_archive


def a_wheel(folder: Path) -> Path:
    path = folder / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("carrier/part.bin", b"from a wheel")
    return path


def a_tarball(folder: Path) -> Path:
    path = folder / "carrier-1.0.tgz"
    with tarfile.open(path, "w:gz") as tarball:
        member = tarfile.TarInfo("package/part.bin")
        member.size = len(b"from a tarball")
        tarball.addfile(member, io.BytesIO(b"from a tarball"))
        folder_member = tarfile.TarInfo("package/folder")
        folder_member.type = tarfile.DIRTYPE
        tarball.addfile(folder_member)
    return path


def test_a_file_is_read_out_of_a_wheel(tmp_path: Path) -> None:
    with open_archive(a_wheel(tmp_path)) as archive, archive.open("carrier/part.bin") as file:
        assert file.read() == b"from a wheel"


def test_a_file_is_read_out_of_an_npm_tarball(tmp_path: Path) -> None:
    with open_archive(a_tarball(tmp_path)) as archive, archive.open("package/part.bin") as file:
        assert file.read() == b"from a tarball"


@pytest.mark.parametrize("make", [a_wheel, a_tarball])
@pytest.mark.parametrize("member", ["absent.bin", "package/folder"])
def test_a_file_that_is_not_inside_is_named(tmp_path: Path, make: object, member: str) -> None:
    assert callable(make)
    with (
        open_archive(make(tmp_path)) as archive,
        pytest.raises(InputError, match=rf"carrier-1\.0.* holds no file {member}"),
        archive.open(member),
    ):
        pass


@pytest.mark.parametrize("name", ["x.whl", "x.tgz"])
def test_something_that_is_no_archive_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>404</html>")

    with (
        pytest.raises(InputError, match=f"{name} is damaged or no archive"),
        open_archive(tmp_path / name),
    ):
        pass


@pytest.mark.parametrize("make", [a_wheel, a_tarball])
def test_an_archive_cut_short_is_refused(tmp_path: Path, make: object) -> None:
    assert callable(make)
    path: Path = make(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(InputError, match="damaged"):
        read_all(path)


def read_all(path: Path) -> None:
    with open_archive(path) as archive:
        for member in ("carrier/part.bin", "package/part.bin"):
            with archive.open(member) as file:
                file.read()
