"""Answer `hotline run`: the product and the demonstration calls, with one Ctrl-C for all of it."""

import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from app.children import Child, ending, start_child, stop_signals_as_interrupt
from app.commands.serve import DEFAULT_HOST, DEFAULT_PORT
from app.ports import open_port
from app.settings import load_settings
from domain.errors import EngineError, StorageError

START_WITHIN_S = 180
POLL_S = 0.3


def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = DEFAULT_PORT,
    demonstration: Annotated[bool, typer.Option(help="Play the demonstration calls.")] = True,
) -> None:
    """Start the product and play the demonstration calls to it over a real wire. Ctrl-C ends everything."""
    console = Console()
    settings = load_settings()
    open_port(host, port).close()
    url = f"http://{host}:{port}"
    log_path = _log_in(settings.data_dir)
    try:
        with (
            stop_signals_as_interrupt(),
            log_path.open("ab") as log,
            ending(start_child("serve", "--host", host, "--port", str(port), output=log)) as server,
        ):
            _show(console, url, server, log_path, demonstration=demonstration)
    except KeyboardInterrupt:
        console.print("Ended.")


def _show(
    console: Console, url: str, server: Child, log_path: Path, *, demonstration: bool
) -> None:
    _await_ready(console, url, server, log_path)
    console.print(f"The product is running. Open [bold]{url}[/bold] in a browser.")
    if demonstration:
        console.print(
            "Playing four synthetic calls to it over a real WebSocket; watch them on the desk."
        )
        _rehearse(console, "--url", url)
    console.print(f"Open [bold]{url}[/bold] · its log: {log_path} · Ctrl-C ends it.")
    _stay(server, log_path)


def _log_in(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "app.data_dir",
            f"cannot use {data_dir}: {error.strerror}; set HOTLINE_DATA_DIR to a folder you own",
        ) from error
    return data_dir / "hotline.log"


def _await_ready(console: Console, url: str, server: Child, log_path: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    with console.status("Starting: loading the recogniser, the classifier and the knowledge …"):
        while not _is_up(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise EngineError(
                    "app.start",
                    f"the product did not start: {_last_words(log_path)}",
                    retryable=False,
                )
            time.sleep(POLL_S)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=5.0, trust_env=False).status_code in (200, 503)
    except httpx.HTTPError:
        return False


def _rehearse(console: Console, *arguments: str) -> None:
    with ending(start_child("rehearse", *arguments)) as child:
        if child.wait():
            console.print("[yellow]The demonstration did not finish; the product goes on.[/yellow]")


def _stay(server: Child, log_path: Path) -> None:
    """Until Ctrl-C, or until the product ends by itself."""
    if server.wait():
        raise EngineError(
            "app.ended", f"the product ended by itself: {_last_words(log_path)}", retryable=True
        )


def _last_words(log_path: Path) -> str:
    lines = log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line.removeprefix("hotline: ") for line in lines[-20:] if line.startswith("hotline: ")]
    return said[-1] if said else f"see {log_path}"
