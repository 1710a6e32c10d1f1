"""Read the list of labelled recordings that an evaluation runs over."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from domain.errors import InputError
from domain.language import LanguageTag

SILENCE = "<silence>"  # as a transcript or a language: nobody speaks here


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled stretch of one file; without ``start_s`` or ``end_s`` it reaches to the file's edge.

    ``language`` is as the list writes it: ``zh``, ``en+zh`` where two are mixed, ``<silence>``.
    """

    line: int
    path: Path
    language: str
    transcript: str
    speaker: str
    start_s: float | None
    end_s: float | None

    @property
    def main_language(self) -> LanguageTag:
        """The first of several."""
        return LanguageTag(self.language.split("+")[0])

    @property
    def is_silence(self) -> bool:
        return SILENCE in (self.transcript, self.language)


def read_manifest(path: Path, *, needs: Sequence[str] = ()) -> tuple[Row, ...]:
    """Rows in the file's order; ``needs`` are columns that must be there beside ``path``.

    Columns: path (relative to the list's folder, or absolute), lang, transcript, start_s, end_s, speaker; others are
    ignored. Raises InputError naming the line and what was expected.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            _check_columns(path, table.fieldnames or (), ("path", *needs))
            return tuple(_row(path, table.line_num, cells) for cells in table)
    except OSError as error:
        raise InputError("manifest.unreadable", f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError("manifest.text", f"expected CSV in UTF-8, got bytes in {path}") from None
    except csv.Error as error:
        raise InputError("manifest.csv", f"expected CSV, got {error} in {path}") from None


def spread(rows: Iterable[Row], limit: int | None) -> tuple[Row, ...]:
    """At most ``limit`` rows of each language, evenly over the list, in the order of the languages."""
    languages = groupby(sorted(rows, key=_by_language), key=lambda row: row.language)
    return tuple(row for _, group in languages for row in _evenly(list(group), limit))


def _by_language(row: Row) -> tuple[str, int]:
    return row.language, row.line


def _evenly(rows: list[Row], limit: int | None) -> list[Row]:
    if limit is None or len(rows) <= limit:
        return rows
    return [rows[number * len(rows) // limit] for number in range(limit)]


def _check_columns(path: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InputError(
            "manifest.columns",
            f"expected a column {' and '.join(missing)} in {path}, got {', '.join(found) or 'nothing'}",
        )


def _row(manifest: Path, line: int, cells: Mapping[str, str | None]) -> Row:
    where = (cells.get("path") or "").strip()
    if not where:
        raise _wrong(manifest, line, "a path", "none")
    file = manifest.parent / where  # an absolute path stays itself
    if not file.is_file():
        raise _wrong(manifest, line, "a sound file", f"no file at {file}")
    start_s, end_s = (_seconds(manifest, line, name, cells.get(name)) for name in _EDGES)
    if end_s is not None and end_s <= (start_s or 0.0):
        raise _wrong(manifest, line, "end_s after start_s", f"{start_s or 0.0} to {end_s}")
    return Row(
        line=line,
        path=file,
        language=(cells.get("lang") or "").strip(),
        transcript=(cells.get("transcript") or "").strip(),
        speaker=(cells.get("speaker") or "").strip(),
        start_s=start_s,
        end_s=end_s,
    )


_EDGES = ("start_s", "end_s")


def _seconds(manifest: Path, line: int, name: str, cell: str | None) -> float | None:
    if not (cell or "").strip():
        return None
    try:
        seconds = float(cell or "")
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise _wrong(manifest, line, f"{name} in seconds from 0 on", repr(cell))
    return seconds


def _wrong(manifest: Path, line: int, expected: str, got: str) -> InputError:
    return InputError("manifest.row", f"{manifest}, line {line}: expected {expected}, got {got}")
