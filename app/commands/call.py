"""Answer `hotline call`: stream a recording to a running product as a live call."""

import asyncio
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from app.commands.calls import clock, write_call
from app.commands.product import DEFAULT_URL, URL_HELP, Product
from domain.errors import ContactCentreError, EngineError
from media_gateway.client.audio_fork import AudioForkCall, Farewell, Metadata, wire_url
from media_gateway.client.recording import Recording, load_recording

SAID_GOODBYE = 1000  # RFC 6455 section 7.4.1
LAST_WORDS_S = 40.0
POLL_S = 0.5


def call(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE [FILE2]",
            help="One stereo file (caller left, agent right), or one mono file per leg.",
        ),
    ],
    url: Annotated[str, typer.Option("--url", help=URL_HELP)] = DEFAULT_URL,
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
    recording = load_recording(files, convert=convert)
    metadata = Metadata(
        title=title or files[0].stem, caller_number=caller_number, dialled_number=dialled_number
    )
    farewell = asyncio.run(_stream(recording, url, metadata, quiet=quiet))
    if farewell.code != SAID_GOODBYE:
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
    view = await_last_words(Product(url), farewell.call_id)
    if quiet:
        typer.echo(farewell.call_id)
    else:
        write_call(view, Console())


async def _stream(recording: Recording, url: str, metadata: Metadata, *, quiet: bool) -> Farewell:
    columns = (TextColumn("streaming"), BarColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        bar = progress.add_task("", total=recording.duration_ms, at="")

        def on_sent(samples: int) -> None:
            sent_ms = samples * 1000 // recording.sample_rate_hz
            progress.update(
                bar, completed=sent_ms, at=f"{clock(sent_ms)} of {clock(recording.duration_ms)}"
            )

        try:
            return await AudioForkCall(url=wire_url(url), metadata=metadata, on_sent=on_sent).run(
                recording
            )
        except ExceptionGroup as group:
            raise _first_named(group) from None


def _first_named(group: ExceptionGroup[Exception]) -> Exception:
    named = group.subgroup(ContactCentreError)
    return named.exceptions[0] if named is not None else group


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
