"""Answer `hotline call`: bring a recording to a running product as a live call, or as many."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table

from app.commands.calls import clock, write_call
from app.commands.product import DEFAULT_URL, URL_HELP, Product
from domain.errors import EngineError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell
from media_gateway.client.load_run import LoadReport, first_named, run_load
from media_gateway.client.lookup import find_call_id
from media_gateway.client.metadata import Metadata
from media_gateway.client.recording import Recording, load_recording
from media_gateway.client.wires import WIRES, Order, new_call, wire_client

LAST_WORDS_S = 40.0
POLL_S = 0.5
MOST_CALLS = 10_000


def call(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE [FILE2]",
            help="One stereo file (caller left, agent right), or one mono file per leg.",
        ),
    ],
    url: Annotated[str, typer.Option("--url", help=URL_HELP)] = DEFAULT_URL,
    wire: Annotated[
        str, typer.Option("--wire", help=f"The wire to come in on: {', '.join(WIRES)}.")
    ] = "audio_fork",
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="ADDRESS",
            help="Where the wire is, if not where it usually is: tcp://host:9092, sip:host:5060.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            envvar="OPENHOTLINE_CALL_KEY",
            help="What the wire wants to see: audiohook's id:base64-secret, webrtc's token.",
        ),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast", help="With --wire file: as fast as it can be heard, not in real time."
        ),
    ] = False,
    count: Annotated[
        int,
        typer.Option(
            "--count", min=1, max=MOST_CALLS, help="Place so many calls and tell how they fared."
        ),
    ] = 1,
    spread_s: Annotated[
        float,
        typer.Option("--spread-s", min=0, help="Begin the calls evenly over so many seconds."),
    ] = 0.0,
    title: Annotated[
        str | None,
        typer.Option(help="What the desk shows as the call's title; the file's name if left out."),
    ] = None,
    caller_number: Annotated[
        str | None, typer.Option("--from", help="The caller's number.")
    ] = None,
    dialled_number: Annotated[str | None, typer.Option("--to", help="The number dialled.")] = None,
    convert: Annotated[
        bool,
        typer.Option(
            "--convert",
            help="Also take what no telephone sounds like: 24-bit, float, above 96 kHz.",
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print the call's id and nothing else.")
    ] = False,
) -> None:
    """Stream a recording in real time, wait for its last words, and print what was understood."""
    wire_client(wire)
    recording = load_recording(files, convert=convert)
    order = Order(
        wire=wire,
        product=url,
        at=at,
        fast=fast,
        key=key,
        metadata=Metadata(
            title=title or files[0].stem, caller_number=caller_number, dialled_number=dialled_number
        ),
    )
    if count > 1:
        _load(order, recording, count=count, spread_s=spread_s, quiet=quiet)
    else:
        _one(order, recording, quiet=quiet)


def _one(order: Order, recording: Recording, *, quiet: bool) -> None:
    farewell = asyncio.run(_stream(order, recording, quiet=quiet))
    if not farewell.said_goodbye:
        raise EngineError(
            "call.ended",
            f"the product ended the call after {farewell.sent_samples} samples: {farewell.reason}",
            retryable=True,
        )
    if farewell.call_id is None:
        raise EngineError(
            "call.id",
            "the product did not say the call's id; look for it with: hotline calls list",
            retryable=False,
        )
    view = await_last_words(Product(order.product), farewell.call_id)
    if quiet:
        typer.echo(farewell.call_id)
    else:
        write_call(view, Console())


async def _stream(order: Order, recording: Recording, *, quiet: bool) -> Farewell:
    """One call to its end, and what the product calls it."""
    columns = (TextColumn("streaming"), BarColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("", total=recording.duration_ms, at="")
        source = wire_client(order.wire).carried(recording)

        def on_sent(samples: int) -> None:
            sent_ms = samples * 1000 // source.sample_rate_hz
            progress.update(
                bar, completed=sent_ms, at=f"{clock(sent_ms)} of {clock(recording.duration_ms)}"
            )

        try:
            farewell = await new_call(_numbered(order, on_sent)).run(source)
        except ExceptionGroup as group:
            raise first_named(group) from None
    return replace(farewell, call_id=farewell.call_id or await _looked_up(order, farewell))


async def _looked_up(order: Order, farewell: Farewell) -> CallId | None:
    if farewell.wire_call_id is None:
        return None
    return await find_call_id(
        order.product,
        wire=wire_client(order.wire).known_as,
        wire_call_id=farewell.wire_call_id,
    )


def _numbered(order: Order, on_sent: Callable[[int], None]) -> Order:
    """The order of a single call, with a name by which the product can be asked for it."""
    metadata = replace(order.metadata, wire_call_id=str(uuid4()))
    return replace(order, metadata=metadata, on_sent=on_sent)


def _load(order: Order, recording: Recording, *, count: int, spread_s: float, quiet: bool) -> None:
    report = asyncio.run(
        _stream_many(order, recording, count=count, spread_s=spread_s, quiet=quiet)
    )
    if not quiet:
        rate_hz = wire_client(order.wire).carried(recording).sample_rate_hz
        _write_report(report, rate_hz, Console())
    if not report.is_good:
        raise typer.Exit(1)


async def _stream_many(
    order: Order, recording: Recording, *, count: int, spread_s: float, quiet: bool
) -> LoadReport:
    columns = (
        TextColumn("{task.fields[calls]} calls"),
        BarColumn(),
        TextColumn("{task.fields[at]}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("", total=count * recording.duration_ms, at="", calls=count)
        client = wire_client(order.wire)
        rate_hz = client.carried(recording).sample_rate_hz
        return await run_load(
            lambda number: new_call(_numbered(order, _share(progress, bar, rate_hz))),
            lambda: client.carried(recording.again()),
            count=count,
            spread_s=spread_s,
        )


def _share(progress: Progress, bar: TaskID, rate_hz: int) -> Callable[[int], None]:
    """Move the one bar by what one of many calls has sent."""
    told_ms = 0

    def on_sent(samples: int) -> None:
        nonlocal told_ms
        sent_ms = samples * 1000 // rate_hz
        progress.advance(bar, sent_ms - told_ms)
        told_ms = sent_ms

    return on_sent


def _write_report(report: LoadReport, sample_rate_hz: int, console: Console) -> None:
    table = Table(show_header=False)
    table.add_row("calls", str(report.count))
    table.add_row("connected", str(report.connected))
    table.add_row("ended well", str(report.ended_well))
    table.add_row("refused", str(report.refused))
    for reason, calls in report.ended_by_product.most_common():
        table.add_row("ended by the product", f"{calls}: {reason}")
    for reason, calls in report.failed.most_common():
        table.add_row("failed", f"{calls}: {reason}")
    sent = report.sent_samples
    table.add_row("sent samples", f"{sent} ({clock(sent * 1000 // sample_rate_hz)} of each leg)")
    console.print(table)


def await_last_words(product: Product, call_id: str) -> dict[str, Any]:
    """The call once every leg is transcribed, or as it stands when that takes too long."""
    deadline = time.monotonic() + LAST_WORDS_S
    while True:
        view: dict[str, Any] = product.get(f"/api/calls/{call_id}")
        if view["state"] == "ended" and all(leg["transcribed"] for leg in view["legs"]):
            return view
        if time.monotonic() > deadline:
            return view
        time.sleep(POLL_S)
