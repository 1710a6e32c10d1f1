"""Answer `hotline bench`: print figures beside a peer's."""

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.bench_material import demonstration_calls, mixed_calls, monologues
from app.bench_product import Served, last_words, served
from app.settings import load_settings
from bench.capacity import (
    FINAL_WITHIN_MS,
    LEAST_TRANSCRIBED,
    completeness,
    keeps_up,
    looped,
    speech_accounts,
    step_figures,
    stream_watched,
)
from bench.latency import product_latency
from bench.machine import describe_machine
from bench.process_tree import weigh_tree
from bench.weight_watch import WeightWatch
from bench.word_watch import WordWatch, watching
from domain.errors import InputError
from media_gateway.client.farewell import Farewell
from media_gateway.client.mouth import Source
from media_gateway.client.recording import Recording, load_recording
from models import Shelf, weights_root
from rehearsal.playing import Staged, play_all

bench = typer.Typer(help="Measure what is promised, beside a peer.", no_args_is_help=True)
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Also write the figures to this file.")
]
MOST_COLUMNS = 10


@bench.command("latency")
def latency(
    json_file: JsonFile = None,
    url: Annotated[
        str | None,
        typer.Option("--url", help="A running product; left out, one is started for the bench."),
    ] = None,
    calls: Annotated[
        int,
        typer.Option(help="How many demonstration calls to stream, two at once, and monologues."),
    ] = 4,
    peer: Annotated[
        bool, typer.Option(help="Also time plain faster-whisper on the same utterances.")
    ] = True,
) -> None:
    """Stream two-leg calls in real time over the real wire and tell how long words and cards took."""
    from bench.peer_latency import peer_latency  # faster-whisper takes seconds to import

    staged = demonstration_calls()[:calls] + monologues()
    watch = WordWatch()
    with served(url) as product:
        farewells, views = _stream(staged, product.address, watch)
    settings = load_settings()
    figures: dict[str, Any] = product_latency(views)
    if peer:
        weights = Shelf(weights_root()).path(settings.machines.speech_to_text)
        recordings = [(item.recording, view) for item, view in zip(staged, views, strict=True)]
        threads = settings.asr.whisper.cpu_threads
        figures["peer_final_ms"] = peer_latency(recordings, weights, threads)
    figures |= watch.figures() | speech_accounts(views) | completeness(views, farewells)
    how = "two two-leg calls at once, demonstration calls and monologues"
    beside = "peer: plain faster-whisper alone on each utterance, without any endpointing"
    _tell(figures, json_file, f"{how}; {beside}" if peer else how)


@bench.command("capacity")
def capacity(
    json_file: JsonFile = None,
    url: Annotated[
        str | None,
        typer.Option("--url", help="A running product; left out, one is started for the bench."),
    ] = None,
    steps: Annotated[
        str, typer.Option("--steps", help="How many two-leg calls at once, step by step.")
    ] = "2,4,6,8,10,12",
    seconds: Annotated[int, typer.Option(min=10, help="How long each step streams.")] = 60,
) -> None:
    """Bring more and more two-leg calls in real time until their words come late.

    One step of an hour (--steps 8 --seconds 3600) tells whether the product grows: its memory is written down each minute.
    """
    counts = _numbers(steps)
    sounds = [load_recording([item.recording]) for item in mixed_calls()]
    figures: dict[str, Any] = {"calls": 0}
    with served(url) as product:
        for count in counts:
            step = _capacity_step(sounds, count, seconds, product)
            figures[f"at_{count}"] = step
            if not keeps_up(step):
                break
            figures["calls"] = count
    _tell(
        figures,
        json_file,
        f"two-leg calls at once for {seconds} s each, demonstration calls and monologues in a loop; a step counts while finals come"
        f" within {FINAL_WITHIN_MS} ms at P95 and {LEAST_TRANSCRIBED:.1%} of the speech becomes words",
    )


@bench.command("understanding")
def understanding(json_file: JsonFile = None) -> None:
    """Read sentences nobody trained on: accuracy by language, and silence on what is no matter of ours."""
    from app.benches import understanding_figures  # torch takes seconds to import

    _tell(
        asyncio.run(understanding_figures(load_settings())),
        json_file,
        "sentences of nlu/data/evaluation; peer: the commonest topic",
    )


@bench.command("search")
def search(json_file: JsonFile = None) -> None:
    """Ask the starter knowledge base in nine languages: recall, and silence out of scope."""
    from app.benches import search_figures

    _tell(
        asyncio.run(search_figures(load_settings())),
        json_file,
        "questions of kb_retrieval/evaluation; peers: words alone, meaning alone",
    )


@bench.command("gateway")
def gateway(
    json_file: JsonFile = None,
    wire: Annotated[
        list[str] | None, typer.Option("--wire", help="Only this wire; may be given again.")
    ] = None,
    calls: Annotated[
        int | None, typer.Option(help="So many two-leg calls at once; else what suits each wire.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="How long each wire is weighed.")] = 10.0,
) -> None:
    """Weigh every wire beside a bare receive loop of its socket library, and the bridge."""
    from app.gateway_bench import gateway_bench  # aiortc takes a moment to import

    _tell(
        asyncio.run(gateway_bench(wire or [], calls, seconds)),
        json_file,
        "receive → decode → fork → recorder on disk + ring for recognition, in a process of its own; frames per"
        " CPU-second beside a bare receive loop given the same load",
    )


@bench.command("fuzz")
def fuzz(
    json_file: JsonFile = None,
    inputs: Annotated[int, typer.Option(help="Inputs for each wire.")] = 1_000_000,
    wire: Annotated[
        list[str] | None, typer.Option("--wire", help="Only this wire; may be given again.")
    ] = None,
) -> None:
    """Throw damaged input at every parser: nothing but a refusal in one sentence may come out."""
    from bench.fuzz.figures import fuzz_figures

    _tell(
        fuzz_figures(inputs, wire or []),
        json_file,
        "atheris, coverage-guided; findings are failures",
    )


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise InputError("bench.steps", f"expected numbers like 2,4,8, got {text!r}")
    return numbers


def _capacity_step(
    sounds: list[Recording], count: int, seconds: int, product: Served
) -> dict[str, Any]:
    calls = [looped(sounds, number, seconds) for number in range(count)]
    if product.process is None:
        farewells, watch = _stream_step(calls, seconds, product.address)
        return step_figures(last_words(farewells, product.address), farewells, watch)
    weigh = partial(weigh_tree, product.process)
    before = weigh()
    with WeightWatch(weigh) as weights:
        farewells, watch = _stream_step(calls, seconds, product.address)
    step = step_figures(last_words(farewells, product.address), farewells, watch)
    cores = round((weigh().cpu_s - before.cpu_s) / seconds, 2)
    return step | weights.figures() | {"cores": cores}


def _stream_step(
    calls: Sequence[Source], seconds: int, address: str
) -> tuple[list[Farewell], WordWatch]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, refresh_per_second=1) as progress:
        bar = progress.add_task(f"streaming {len(calls)} calls", total=seconds)
        return asyncio.run(
            stream_watched(calls, address, lambda at_s: progress.update(bar, completed=at_s))
        )


def _stream(
    staged: list[Staged], address: str, watch: WordWatch
) -> tuple[list[Farewell], list[dict[str, Any]]]:
    """The calls as they stand when every word is in, in the order of ``staged``."""
    with Console(stderr=True).status(f"Streaming {len(staged)} calls in real time …"):
        farewells = asyncio.run(_watched(staged, address, watch))
    return farewells, last_words(farewells, address)


async def _watched(staged: list[Staged], address: str, watch: WordWatch) -> list[Farewell]:
    async with watching(watch, address):
        return await play_all(staged, address, lambda *_: None)


def _tell(figures: dict[str, Any], json_file: Path | None, how: str) -> None:
    machine = describe_machine()
    console = Console()
    rows = {name: value for name, value in figures.items() if isinstance(value, dict)}
    columns = list(next(iter(rows.values()), {}))
    if len(rows) > 1 and all(list(value) == columns for value in rows.values()):
        side_by_side = _alike if len(columns) <= MOST_COLUMNS else _across
        console.print(side_by_side(rows, columns))
        rest = {name: value for name, value in figures.items() if name not in rows}
    else:
        rest = figures
    if rest:
        table = Table("figure", "value")
        for name, value in rest.items():
            table.add_row(name, json.dumps(value, ensure_ascii=False))
        console.print(table)
    console.print(f"{how}. Machine: {', '.join(machine.values())}", highlight=False)
    if json_file is not None:
        json_file.write_text(
            json.dumps(figures | {"machine": machine, "how": how}, ensure_ascii=False, indent=2),
            encoding="utf-8",
        )


def _alike(rows: dict[str, dict[str, Any]], columns: list[str]) -> Table:
    """Figures with the same parts read better side by side."""
    table = Table(*(column.replace("_", " ") for column in ["", *columns]))
    table.columns[0].no_wrap = True
    for name, row in rows.items():
        table.add_row(name, *(_short(row[column]) for column in columns))
    return table


def _across(rows: dict[str, dict[str, Any]], columns: list[str]) -> Table:
    """As `_alike`, turned: more parts than fit across a terminal go down it."""
    table = Table("figure", *rows)
    for column in columns:
        table.add_row(column, *(_short(row[column]) for row in rows.values()))
    return table


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return json.dumps(value, ensure_ascii=False)
