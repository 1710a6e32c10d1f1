"""Put a transcript into a file beside its recording, whole or not at all."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from asr.transcript_file.document import TranscriptDocument
from asr.transcript_file.own_json import as_own_json
from asr.transcript_file.plain_text import as_plain_text
from asr.transcript_file.vcon import as_vcon
from asr.transcript_file.webvtt import as_webvtt
from domain.errors import InputError


class Format(StrEnum):
    """How a transcript is written."""

    VTT = "vtt"
    JSON = "json"
    VCON = "vcon"
    TXT = "txt"


_SUFFIXES = {
    Format.VTT: ".vtt",
    Format.JSON: ".json",
    Format.VCON: ".vcon.json",
    Format.TXT: ".txt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One recording and the file its transcript goes to."""

    recording: Path
    target: Path
    format: Format

    @property
    def is_done(self) -> bool:
        """Written since the recording last changed."""
        try:
            return self.target.stat().st_mtime >= self.recording.stat().st_mtime
        except OSError:
            return False

    def write(self, document: TranscriptDocument, *, embed: bool) -> None:
        """Raises InputError when the folder cannot be written to; nothing half-written stays behind."""
        text = self._text(document, embed=embed)
        part = self.target.with_name(f".{self.target.name}.part")
        try:
            part.write_text(text, encoding="utf-8")
            os.replace(part, self.target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise InputError(
                "transcribe.output",
                f"cannot write {self.target}: {error.strerror}; name another folder with --out",
            ) from None

    def _text(self, document: TranscriptDocument, *, embed: bool) -> str:
        if self.format is Format.VCON:
            sound = self.recording.read_bytes() if embed else None
            return as_vcon(document, uuid=str(uuid4()), sound=sound)
        writers = {
            Format.VTT: as_webvtt,
            Format.JSON: as_own_json,
            Format.TXT: as_plain_text,
        }
        return writers[self.format](document)


def outputs(recordings: Sequence[Path], kind: Format, folder: Path | None) -> list[Output]:
    """Where each transcript goes: beside its recording, or into ``folder``, which is made.

    Raises InputError when two would go to one place, or one would replace its own recording.
    """
    planned = [
        Output(
            recording=path,
            target=(folder or path.parent) / f"{path.stem}{_SUFFIXES[kind]}",
            format=kind,
        )
        for path in dict.fromkeys(recordings)  # one named twice is written once
    ]
    _check_targets(planned)
    if folder is not None:
        _make(folder)
    return planned


def _check_targets(planned: Sequence[Output]) -> None:
    taken: dict[Path, Path] = {}
    for output in planned:
        other = taken.setdefault(output.target.absolute(), output.recording)
        if other is not output.recording:
            raise InputError(
                "transcribe.same_name",
                f"expected a name of its own for each transcript, but {other} and {output.recording}"
                f" would both become {output.target.name}; transcribe them into two folders with --out",
            )
        if output.target.absolute() == output.recording.absolute():
            raise InputError(
                "transcribe.same_name",
                f"the transcript would replace its own recording {output.recording}; use --out",
            )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "transcribe.output", f"cannot make the folder {folder}: {error.strerror}"
        ) from None
