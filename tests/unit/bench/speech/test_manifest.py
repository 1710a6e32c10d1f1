from pathlib import Path

import pytest

from bench.speech.manifest import read_manifest, spread
from domain.errors import InputError

HEAD = "path,lang,transcript,start_s,end_s,mood"


def a_manifest(folder: Path, *lines: str, head: str = HEAD) -> Path:
    (folder / "a.wav").write_bytes(b"sound")
    path = folder / "list.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def test_paths_are_relative_to_the_list_and_other_columns_are_ignored(tmp_path: Path) -> None:
    (row,) = read_manifest(a_manifest(tmp_path, "a.wav,zh,你好,0.5,1.25,calm"))

    assert row.path == tmp_path / "a.wav"
    assert (row.language, row.transcript, row.start_s, row.end_s) == ("zh", "你好", 0.5, 1.25)
    assert row.line == 2


def test_an_absolute_path_stays_itself(tmp_path: Path) -> None:
    elsewhere = tmp_path / "b.wav"
    elsewhere.write_bytes(b"sound")

    (row,) = read_manifest(a_manifest(tmp_path, f"{elsewhere},en,hello,,,"))

    assert row.path == elsewhere
    assert (row.start_s, row.end_s) == (None, None)


def test_a_list_without_times_is_fine(tmp_path: Path) -> None:
    (row,) = read_manifest(a_manifest(tmp_path, "a.wav,en,hello", head="path,lang,transcript"))

    assert (row.start_s, row.end_s) == (None, None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (",en,hello,,,", "expected a path, got none"),
        ("gone.wav,en,hello,,,", "expected a sound file, got no file at"),
        ("a.wav,en,hello,soon,2,", "expected start_s in seconds from 0 on, got 'soon'"),
        ("a.wav,en,hello,-1,2,", "expected start_s in seconds from 0 on, got '-1'"),
        ("a.wav,en,hello,0,nan,", "expected end_s in seconds from 0 on, got 'nan'"),
        ("a.wav,en,hello,2,1,", "expected end_s after start_s, got 2.0 to 1.0"),
    ],
)
def test_a_wrong_row_is_named_by_its_line(tmp_path: Path, line: str, expected: str) -> None:
    path = a_manifest(tmp_path, "a.wav,en,hello,0,1,", line)

    with pytest.raises(InputError) as refused:
        read_manifest(path)

    assert f"line 3: {expected}" in refused.value.message


def test_a_column_that_is_needed_and_missing_is_named(tmp_path: Path) -> None:
    path = a_manifest(tmp_path, "a.wav,en", head="path,lang")

    with pytest.raises(InputError, match="expected a column transcript"):
        read_manifest(path, needs=("lang", "transcript"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b""])
def test_what_is_no_csv_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(InputError):
        read_manifest(path)


def test_a_limit_takes_rows_of_every_language_evenly(tmp_path: Path) -> None:
    rows = [f"a.wav,{lang},{number},,," for lang in ("zh", "en") for number in range(9)]

    taken = spread(read_manifest(a_manifest(tmp_path, *rows)), 3)

    assert [(row.language, row.transcript) for row in taken] == [
        *(("en", "0"), ("en", "3"), ("en", "6")),
        *(("zh", "0"), ("zh", "3"), ("zh", "6")),
    ]


@pytest.mark.parametrize("line", ["a.wav,zh,<silence>,,,", "a.wav,<silence>,,,,"])
def test_silence_can_be_labelled_as_words_or_as_a_language(tmp_path: Path, line: str) -> None:
    (row,) = read_manifest(a_manifest(tmp_path, line))

    assert row.is_silence
