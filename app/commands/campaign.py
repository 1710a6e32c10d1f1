"""Answer `hotline campaign`: let the bot call a list, and watch how it goes."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.commands.product import DEFAULT_URL, URL_HELP, Product
from domain.errors import EngineError, InputError

campaign = typer.Typer(help="Run surveys: the bot calls a list of contacts.", no_args_is_help=True)
Url = Annotated[str, typer.Option("--url", help=URL_HELP)]
LineUrl = Annotated[
    str | None,
    typer.Option(
        "--line-url",
        help="The telephone line's HTTP address. Left out: a simulated line is started for this run.",
    ),
]
POLL_S = 1.0
LINE_READY_S = 60


@campaign.command("run")
def run_campaign(
    script: Annotated[Path, typer.Option("--script", help="The survey script (YAML).")],
    contacts: Annotated[Path, typer.Option("--contacts", help="The list of contacts (CSV).")],
    url: Url = DEFAULT_URL,
    line_url: LineUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run a survey to its end. The same script and list are the same campaign: run again, it goes on where it was."""
    product = Product(url)
    body: dict[str, object] = {"script": _text(script), "contacts": _text(contacts)}
    with _line(line_url, url) as line:
        started = product.post("/api/campaigns", body | {"line_url": line})
        finished = _follow(product, started["campaign_id"])
    if as_json:
        typer.echo(json.dumps(finished, ensure_ascii=False, indent=2))
    else:
        write_campaign(finished, Console())


@campaign.command("list")
def list_campaigns(
    url: Url = DEFAULT_URL, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """List campaigns, newest first."""
    answer = Product(url).get("/api/campaigns")
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    table = Table("campaign", "name", "state", "done", "of")
    for row in answer["campaigns"]:
        table.add_row(
            row["campaign_id"],
            row["name"],
            row["state"],
            str(row["contacts_done"]),
            str(row["contacts_total"]),
        )
    Console().print(table)


@campaign.command("show")
def show_campaign(
    campaign_id: str,
    url: Url = DEFAULT_URL,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show one campaign: outcomes, rates, every contact's answers."""
    view = Product(url).get(f"/api/campaigns/{campaign_id}")
    if as_json:
        typer.echo(json.dumps(view, ensure_ascii=False, indent=2))
    else:
        write_campaign(view, Console())


def write_campaign(view: dict[str, Any], console: Console) -> None:
    table = Table("contact", "language", "outcome", "attempts", "answers", "for a person")
    for contact in view["contacts"]:
        answers = ", ".join(f"{a['question_id']}={a['value']}" for a in contact["answers"])
        person = "yes" if contact["needs_human"] else ""
        table.add_row(
            f"{contact['contact_id']} {contact['name_masked']}",
            contact["language"],
            contact["outcome"] or "waiting",
            str(len(contact["attempts"])),
            answers,
            person,
        )
    console.print(table)
    for name, rate in view["rates"].items():
        share = "–" if rate["value"] is None else f"{rate['value']:.0%}"
        console.print(f"{name}: {share} of {rate['n']} asked")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "campaign.file", f"cannot read {path} as UTF-8 text: {error}; name a file that is there"
        ) from error


def _follow(product: Product, campaign_id: str) -> dict[str, Any]:
    """Poll until every contact has an outcome; a product that is being restarted is waited for."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(f"survey {campaign_id}", total=None)
        while True:
            view = _view(product, campaign_id)
            if view is not None:
                progress.update(bar, completed=view["contacts_done"], total=view["contacts_total"])
                if view["state"] == "finished":
                    return view
            time.sleep(POLL_S)


def _view(product: Product, campaign_id: str) -> dict[str, Any] | None:
    try:
        view: dict[str, Any] = product.get(f"/api/campaigns/{campaign_id}")
    except EngineError:
        return None
    return view


@contextmanager
def _line(line_url: str | None, product_url: str) -> Iterator[str]:
    """The line's address; without one, a simulated line that lives as long as the run."""
    if line_url is not None:
        yield line_url.rstrip("/")
        return
    port = _free_port()
    simulated = f"http://127.0.0.1:{port}"
    command = [sys.argv[0], "callee", "--port", str(port), "--url", product_url, "--with-parent"]
    process = subprocess.Popen(command)  # noqa: S603 — this very program
    try:
        _await_line(simulated, process)
        yield simulated
    finally:
        process.terminate()
        process.wait(timeout=10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_line(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LINE_READY_S
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise EngineError(
                "campaign.line",
                f"the simulated line did not start at {url}; start it with: hotline callee",
                retryable=True,
            )
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False
