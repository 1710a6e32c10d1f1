"""Answer `hotline rehearse`: play the demonstration calls to a running product."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from app.commands.calls import clock
from app.commands.prepare import staged_conversations
from app.commands.product import DEFAULT_URL, URL_HELP
from domain.errors import InputError
from rehearsal.playing import Staged, play_all


def rehearse(url: Annotated[str, typer.Option("--url", help=URL_HELP)] = DEFAULT_URL) -> None:
    """Stream the synthetic demonstration calls in real time, two at once, as a telephone system would."""
    staged = staged_conversations()
    if not staged:
        raise InputError(
            "rehearse.unprepared", "no demonstration call is ready; make them with: hotline prepare"
        )
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
    with Progress(*columns, console=Console()) as progress:
        bars = {item.conversation.name: _bar(progress, item) for item in staged}

        def on_sent(name: str, sent_ms: int, duration_ms: int) -> None:
            progress.update(
                bars[name],
                completed=sent_ms,
                total=duration_ms,
                at=f"{clock(sent_ms)} of {clock(duration_ms)}",
            )

        asyncio.run(play_all(staged, url, on_sent))


def _bar(progress: Progress, item: Staged) -> TaskID:
    return progress.add_task(item.conversation.title, total=None, at="waiting")
