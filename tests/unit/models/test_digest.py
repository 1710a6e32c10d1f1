"""A file is only ever what its digest says."""

import io
from pathlib import Path

import pytest

from domain.errors import EngineError, InputError
from models.digest import Part, file_part, join_verified, sha256_of
from tests.fakes.catalogue import sha256


def parts(*contents: bytes) -> list[Part]:
    return [lambda content=content: io.BytesIO(content) for content in contents]  # type: ignore[misc]


def join(target: Path, *contents: bytes, promised: bytes) -> None:
    join_verified(
        parts(*contents),
        target,
        sha256=sha256(promised),
        size_bytes=len(promised),
        origin="a test",
    )


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    join(tmp_path / "deep" / "model.bin", b"one ", b"two", promised=b"one two")

    assert (tmp_path / "deep" / "model.bin").read_bytes() == b"one two"


@pytest.mark.parametrize("got", [b"one tw0", b"one", b"one two three"])
def test_another_file_than_promised_is_refused_and_not_kept(tmp_path: Path, got: bytes) -> None:
    target = tmp_path / "model.bin"

    with pytest.raises(InputError) as refused:
        join(target, got, promised=b"one two")

    assert refused.value.code == "models.digest"
    assert not target.exists()


def test_a_refusal_names_the_file_the_origin_what_was_expected_what_came_and_what_to_do(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError) as refused:
        join(tmp_path / "model.bin", b"one tw0", promised=b"one two")

    for said in ("model.bin", "a test", sha256(b"one two"), sha256(b"one tw0"), "another source"):
        assert said in refused.value.message


def test_an_endless_file_is_given_up_at_the_first_byte_too_many(tmp_path: Path) -> None:
    endless = _Zeros()

    with pytest.raises(InputError, match="expected 10 bytes, got more"):
        join_verified(
            [lambda: endless], tmp_path / "x", sha256="0" * 64, size_bytes=10, origin="a bomb"
        )


class _Zeros(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return bytes(size or 1)


def test_hashing_tells_how_far_it_has_come(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abc" * 1_000_000)
    seen: list[int] = []

    assert sha256_of(file, seen.append) == sha256(b"abc" * 1_000_000)
    assert sum(seen) == 3_000_000
    assert len(seen) > 1


def test_a_part_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"absent\.bin cannot be read"):
        file_part(tmp_path / "absent.bin")()
