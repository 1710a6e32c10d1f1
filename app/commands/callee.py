"""Answer `hotline callee`: a simulated telephone line whose people answer the bot."""

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.commands.product import DEFAULT_URL, URL_HELP
from app.logs import set_up_logs
from app.settings import load_settings

DEFAULT_PORT = 8077


def callee(
    port: Annotated[
        int, typer.Option(help="Port of the line's HTTP side; 0 takes a free one.")
    ] = DEFAULT_PORT,
    url: Annotated[str, typer.Option("--url", help=URL_HELP)] = DEFAULT_URL,
    log: Annotated[
        Path | None,
        typer.Option(
            "--log", help="Where each call it takes is noted; in the data directory if left out."
        ),
    ] = None,
    with_parent: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Be the telephone line of a rehearsal: people who say yes, no or perhaps, press keys, stay silent or hang up."""
    settings = load_settings()
    set_up_logs("warning")
    from app.wiring import open_voice  # the voice's libraries take seconds to import
    from rehearsal.callee import run_callee

    async def answer() -> None:
        async with open_voice(settings) as voice:
            await run_callee(
                host="127.0.0.1",
                port=port,
                wire_url_base=url,
                tts=voice,
                log_path=log or settings.data_dir / "callee-calls.jsonl",
                on_ready=lambda line: Console(stderr=True).print(
                    f"simulated line at {line}", highlight=False
                ),
            )

    if with_parent:
        threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    asyncio.run(answer())


def _end_with_parent(parent: int) -> None:
    """A line that was started for one run must not outlive it, however that run ended."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
