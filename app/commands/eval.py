"""Answer `hotline eval`: judge recognition on labelled recordings, beside a peer on the same sound."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.offline import Manner
from app.settings import Settings, load_settings
from bench.machine import describe_machine
from bench.speech.clip import Codec
from bench.speech.manifest import Row, read_manifest, spread
from domain.errors import InputError

evaluate = typer.Typer(
    help="Judge recognition on labelled recordings, beside a peer.", no_args_is_help=True
)


class Against(StrEnum):
    """With whom to compare."""

    FASTER_WHISPER = "faster-whisper"


class Telling(StrEnum):
    """Whether both sides are told a clip's language or find it."""

    GIVEN = "given"
    FOUND = "found"


Manifest = Annotated[
    Path,
    typer.Option("--manifest", help="CSV with path,lang,transcript,start_s,end_s; times optional."),
]
CodecName = Annotated[
    Codec, typer.Option("--codec", help="g711 (µ-law) or g711a: as it sounds over a telephone.")
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Also write the figures to this file.")
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=1, help="At most so many rows of each language, evenly spread."),
]
WithClips = Annotated[
    bool, typer.Option("--clips", help="Write what became of every clip into the JSON file too.")
]


@evaluate.command("asr")
def asr(
    manifest: Manifest,
    codec: CodecName = Codec.NONE,
    against: Annotated[
        Against | None, typer.Option("--against", help="Run the plain library on the same sound.")
    ] = None,
    language: Annotated[
        Telling, typer.Option("--language", help="Tell both sides the language, or neither.")
    ] = Telling.GIVEN,
    manner: Annotated[
        Manner, typer.Option("--as", help="Cut into utterances as a recording is, or a live call.")
    ] = Manner.RECORDING,
    limit: Limit = None,
    clips: WithClips = False,
    json_file: JsonFile = None,
) -> None:
    """Words: error rates by language, what they cost, what was left out and what was invented."""
    from app.word_evaluation import asr_figures  # faster-whisper takes seconds to import
    from bench.speech.recognition import Contest

    settings = load_settings()
    labelled = read_manifest(manifest, needs=("lang", "transcript"))
    rows = spread((row for row in labelled if row.transcript), limit)
    _check(rows, manifest, "rows with a transcript")
    peer = None if against is None else _peer(settings)
    contest = Contest(codec=codec, tells_language=language is Telling.GIVEN, peer=peer)
    with _progress(len(rows)) as done:
        figures = asyncio.run(
            asr_figures(settings, rows, contest, manner=manner, with_clips=clips, done=done)
        )
    about = {
        "codec": codec,
        "cut_as": manner,
        "language": language,
        "peer": None if peer is None else peer.name,
        "rows_without_transcript": sum(not row.transcript for row in labelled),
    }
    _tell(figures | about, json_file, figures["languages"] | {"all": figures["overall"]})


@evaluate.command("silence")
def silence(
    codec: CodecName = Codec.G711,
    seconds: Annotated[float, typer.Option(min=30, help="How long nobody says a word.")] = 1_200,
    json_file: JsonFile = None,
) -> None:
    """Silence, line noise, music, tones, keys and chimes: how many words come out of them."""
    from app.word_evaluation import silence_figures  # the machines take seconds to import
    from bench.speech.programme import PIECES

    with _progress(PIECES) as done:
        figures = asyncio.run(
            silence_figures(load_settings(), codec=codec, seconds=seconds, done=done)
        )
    _tell(figures | {"codec": codec}, json_file, {})


@evaluate.command("lid")
def lid(
    manifest: Manifest,
    codec: CodecName = Codec.NONE,
    window_s: Annotated[
        float, typer.Option("--window-s", min=0.5, max=30, help="How much of a row is heard.")
    ] = 3.0,
    limit: Limit = None,
    clips: WithClips = False,
    json_file: JsonFile = None,
) -> None:
    """Languages: right among the decided, undecided, and seconds for each decision, on single windows."""
    from app.speech_evaluations import lid_figures

    rows = spread(read_manifest(manifest, needs=("lang",)), limit)
    _check(rows, manifest, "rows with a language")
    with _progress(len(rows)) as done:
        figures = asyncio.run(
            lid_figures(
                load_settings(), rows, codec=codec, window_s=window_s, with_clips=clips, done=done
            )
        )
    _tell(figures | {"codec": codec, "window_s": window_s}, json_file, figures["languages"])


@evaluate.command("vad")
def vad(manifest: Manifest, codec: CodecName = Codec.NONE, json_file: JsonFile = None) -> None:
    """Speech: what the detector missed and what it took for speech, beside Silero as faster-whisper ships it.

    The rows of a file are its speech; the rest of it is silence. A row whose language is <silence> adds no speech.
    """
    from app.speech_evaluations import vad_figures

    rows = read_manifest(manifest)
    _check(rows, manifest, "rows")
    with _progress(len({row.path for row in rows})) as done:
        figures = vad_figures(load_settings(), rows, codec=codec, done=done)
    _tell(figures | {"codec": codec}, json_file, {})


@evaluate.command("diarization")
def diarization(
    manifest: Manifest,
    codec: CodecName = Codec.NONE,
    speakers: Annotated[
        Telling, typer.Option("--speakers", help="Tell how many there are, or let it find out.")
    ] = Telling.GIVEN,
    json_file: JsonFile = None,
) -> None:
    """Speakers: the diarisation error rate over all recordings, each row a turn with its speaker.

    The speaker's name stands in the column speaker, or in transcript where there is no such column.
    """
    from app.speech_evaluations import speaker_figures  # torch takes seconds to import

    rows = read_manifest(manifest, needs=("start_s", "end_s"))
    _check(rows, manifest, "rows")
    with _progress(len({row.path for row in rows})) as done:
        figures = speaker_figures(
            load_settings(),
            rows,
            codec=codec,
            tells_speakers=speakers is Telling.GIVEN,
            done=done,
        )
    _tell(figures | {"codec": codec, "speakers": speakers}, json_file, {})


def _peer(settings: Settings) -> Any:
    from bench.speech.peer import PlainWhisper
    from models import Shelf, weights_root

    return PlainWhisper(
        Shelf(weights_root()).path(settings.machines.speech_to_text),
        cpu_threads=os.cpu_count() or 1,  # as anybody would run it
    )


def _check(rows: Sequence[Row], manifest: Path, wanted: str) -> None:
    if not rows:
        raise InputError("manifest.empty", f"expected {wanted} in {manifest}, got none")
    for row in rows:
        if wanted != "rows" and not row.language:
            raise InputError(
                "manifest.row",
                f"{manifest}, line {row.line}: expected a language in lang, got none",
            )


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    columns = (TextColumn("evaluating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=total)
        yield lambda: progress.advance(bar)


def _tell(figures: dict[str, Any], json_file: Path | None, rows: dict[str, dict[str, Any]]) -> None:
    machine = describe_machine()
    command = shlex.join(["hotline", *sys.argv[1:]])
    console = Console()
    if rows:
        console.print(_side_by_side(rows))
    plain = {name: value for name, value in figures.items() if not isinstance(value, dict | list)}
    table = Table("figure", "value", box=SIMPLE_HEAD)
    for name, value in plain.items():
        table.add_row(name, json.dumps(value, ensure_ascii=False))
    console.print(table)
    console.print(f"{command}. Machine: {', '.join(machine.values())}", highlight=False)
    if json_file is not None:
        whole = figures | {"machine": machine, "command": command}
        json_file.write_text(json.dumps(whole, ensure_ascii=False, indent=2), encoding="utf-8")


_SHOWN = {
    "clips": "clips",
    "unit": "",
    "error_rate": "errors",
    "peer_error_rate": "peer",
    "error_ratio": "ratio",
    "error_ratio_interval_95": "95 %",
    "cost_ratio": "cost",
    "speech_transcribed_percent": "heard %",
    "windows": "windows",
    "right": "right",
    "wrong": "wrong",
    "undecided": "undecided",
    "taken_for": "taken for",
}


def _side_by_side(rows: dict[str, dict[str, Any]]) -> Table:
    names = [name for name in _SHOWN if any(row.get(name) is not None for row in rows.values())]
    table = Table("", *(_SHOWN[name] for name in names), box=SIMPLE_HEAD)
    for language, row in rows.items():
        table.add_row(language, *(_short(row.get(name)) for name in names))
    return table


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, list):
        return "–".join("?" if part is None else f"{part:.2f}" for part in value)
    if isinstance(value, float):
        return f"{value:.3f}"
    return "" if value is None else str(value)
