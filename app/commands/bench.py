"""Answer `hotline bench`: print figures beside a peer's."""

import asyncio
import json
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from app.children import ending, start_child
from app.commands.call import await_last_words
from app.commands.prepare import staged_conversations
from app.commands.product import Product
from app.settings import load_settings
from bench.capacity import (
    FINAL_WITHIN_MS,
    LEAST_TRANSCRIBED,
    keeps_up,
    looped,
    speech_accounts,
    step_figures,
    stream_watched,
)
from bench.latency import product_latency
from bench.machine import describe_machine
from bench.process_tree import Weight, weigh_session
from bench.word_watch import WordWatch, watching
from domain.errors import EngineError, InputError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.recording import Recording, load_recording
from models import Shelf, weights_root
from rehearsal.playing import Staged, play_all

bench = typer.Typer(help="Measure what is promised, beside a peer.", no_args_is_help=True)
JsonFile = Annotated[
    Path | None, typer.Option("--json", help="Also write the figures to this file.")
]
START_WITHIN_S = 180


@bench.command("latency")
def latency(
    json_file: JsonFile = None,
    url: Annotated[
        str | None,
        typer.Option("--url", help="A running product; left out, one is started for the bench."),
    ] = None,
    calls: Annotated[
        int, typer.Option(help="How many demonstration calls to stream, two at once.")
    ] = 4,
    peer: Annotated[
        bool, typer.Option(help="Also time plain faster-whisper on the same utterances.")
    ] = True,
) -> None:
    """Stream two-leg calls in real time over the real wire and tell how long words and cards took."""
    from bench.peer_latency import peer_latency  # faster-whisper takes seconds to import

    staged = _ready_conversations()[:calls]
    watch = WordWatch()
    with _product(url) as served:
        views = _stream(staged, served.address, watch)
    settings = load_settings()
    figures: dict[str, Any] = product_latency(views)
    if peer:
        weights = Shelf(weights_root()).path(settings.machines.speech_to_text)
        recordings = [(item.recording, view) for item, view in zip(staged, views, strict=True)]
        threads = settings.asr.whisper.cpu_threads
        figures["peer_final_ms"] = peer_latency(recordings, weights, threads)
    figures |= watch.figures() | speech_accounts(views)
    _tell(
        figures,
        json_file,
        "two two-leg calls at once; peer: plain faster-whisper alone on each utterance, without any endpointing",
    )


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
    """Bring more and more two-leg calls in real time until their words come late."""
    sounds = [load_recording([item.recording]) for item in _ready_conversations()]
    figures: dict[str, Any] = {"calls": 0}
    with _product(url) as served:
        for count in _numbers(steps):
            step = _capacity_step(sounds, count, seconds, served)
            figures[f"at_{count}"] = step
            if not keeps_up(step):
                break
            figures["calls"] = count
    _tell(
        figures,
        json_file,
        f"two-leg calls at once for {seconds} s each, the demonstration calls in a loop; a step counts while finals come"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A running product; ``session`` is that of its processes, None where somebody else started it."""

    address: str
    session: int | None = None

    def weigh(self) -> Weight | None:
        return None if self.session is None else weigh_session(self.session)


def _ready_conversations() -> list[Staged]:
    staged = staged_conversations()
    if not staged:
        raise InputError(
            "bench.unprepared", "no demonstration call is ready; make them with: hotline prepare"
        )
    return staged


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise InputError("bench.steps", f"expected numbers like 2,4,8, got {text!r}")
    return numbers


def _capacity_step(
    sounds: list[Recording], count: int, seconds: int, served: _Served
) -> dict[str, Any]:
    recordings = [looped(sounds, number, seconds) for number in range(count)]
    before = served.weigh()
    with Console(stderr=True).status(f"Streaming {count} calls for {seconds} s …"):
        farewells, watch = asyncio.run(stream_watched(recordings, served.address))
    after = served.weigh()
    step = step_figures(_last_words(farewells, served.address), watch)
    if before is not None and after is not None:
        step["memory_mb"] = round(after.memory_bytes / 2**20)
        step["cores"] = round((after.cpu_s - before.cpu_s) / seconds, 2)
    return step


@contextmanager
def _product(url: str | None) -> Iterator[_Served]:
    """A running product; one of our own keeps its data in a folder that goes with it."""
    if url is not None:
        yield _Served(address=url)
        return
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    try:
        with (
            (folder / "hotline.log").open("wb") as log,
            ending(start_child("serve", "--port", str(port), output=log, data_dir=folder)) as child,
        ):
            _await_ready(address)
            yield _Served(address=address, session=child.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await_ready(address: str) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health", timeout=5.0, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.3)
        else:
            return
    raise EngineError(
        "bench.start", "the product did not start; try: hotline serve", retryable=False
    )


def _stream(staged: list[Staged], address: str, watch: WordWatch) -> list[dict[str, Any]]:
    """The calls as they stand when every word is in, in the order of ``staged``."""
    with Console(stderr=True).status(f"Streaming {len(staged)} calls in real time …"):
        farewells = asyncio.run(_watched(staged, address, watch))
    return _last_words(farewells, address)


async def _watched(staged: list[Staged], address: str, watch: WordWatch) -> list[Farewell]:
    async with watching(watch, address):
        return await play_all(staged, address, lambda *_: None)


def _last_words(farewells: list[Farewell], address: str) -> list[dict[str, Any]]:
    product = Product(address)
    return [
        await_last_words(product, call_id) for call_id in (_known(f.call_id) for f in farewells)
    ]


def _known(call_id: CallId | None) -> CallId:
    if call_id is None:
        raise EngineError(
            "bench.call_id",
            "the product did not say a call's id; is it older than this program?",
            retryable=False,
        )
    return call_id


def _tell(figures: dict[str, Any], json_file: Path | None, how: str) -> None:
    machine = describe_machine()
    console = Console()
    rows = {name: value for name, value in figures.items() if isinstance(value, dict)}
    columns = list(next(iter(rows.values()), {}))
    if len(rows) > 1 and all(list(value) == columns for value in rows.values()):
        console.print(_alike(rows, columns))
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
    table = Table(*(column.replace("_", " ") for column in ["wire", *columns]))
    table.columns[0].no_wrap = True
    for name, row in rows.items():
        table.add_row(name, *(_short(row[column]) for column in columns))
    return table


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return json.dumps(value, ensure_ascii=False)
