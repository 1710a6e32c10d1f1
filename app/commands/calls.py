"""Answer `hotline calls`: which calls there were, and everything known about one."""

import json
from functools import partial
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from app.commands.product import DEFAULT_URL, URL_HELP, Product

calls = typer.Typer(help="Look at calls, live or ended.", no_args_is_help=True)
Url = Annotated[str, typer.Option("--url", help=URL_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

WIDEST = 400  # characters: a line that wraps tells more than columns squeezed to nothing


@calls.command("list")
def list_calls(url: Url = DEFAULT_URL, as_json: AsJson = False, limit: int = 50) -> None:
    """List calls, newest first."""
    answer = Product(url).get("/api/calls", limit=limit)
    if as_json:
        _write_json({"calls": answer["calls"]})
        return
    table = Table(
        Column("call", no_wrap=True),
        "state",
        "started",
        "language",
        "queue",
        "matter",
        Column("title", no_wrap=True),
    )
    for call in answer["calls"]:
        table.add_row(
            call["call_id"],
            call["state"],
            call["started_at"][:19].replace("T", " "),
            call["language"] or "unknown",
            call["queue"] or "",
            call["topic_zh"] or "",
            call["title"] or "",
        )
    Console(width=WIDEST).print(table)


@calls.command("show")
def show_call(call_id: str, url: Url = DEFAULT_URL, as_json: AsJson = False) -> None:
    """Show one call: transcript, language, routing, suggestions, ticket draft, latency."""
    view = Product(url).get(f"/api/calls/{call_id}")
    if as_json:
        _write_json(view)
        return
    write_call(view, Console())


def write_call(view: dict[str, Any], console: Console) -> None:
    """One call as people read it; what was said is never taken for markup, and no line is broken for a file."""
    tell = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    tell(f"{view['call_id']} {view['state']} {view['title'] or ''}")
    for line in view["transcript"]:
        mark = "" if line["is_final"] else " …"
        tell(
            f"  {clock(line['start_ms'])} {line['leg']:>6} [{line['language'] or 'unknown'}] {line['text']}{mark}"
        )
    if view["routing"]:
        tell(
            f"routing: {view['routing']['queue']} by rule {view['routing']['rule_id']} — {view['routing']['reason_zh']}"
        )
    for card in view["suggestions"]:
        source = card["source"]
        tell(
            f"suggestion ({card['band']}): {card['title']} — {source['department']}, {source['version']}"
        )
    for draft in view["ticket_drafts"]:
        for field in draft["fields"]:
            said = "; ".join(f"{clock(e['start_ms'])} “{e['quote']}”" for e in field["evidence"])
            tell(f"ticket {field['label_zh']}/{field['label_en']}: {field['value']}  ← {said}")
    for name, figures in view["latency"].items():
        tell(f"{name}: p50 {figures['p50']} p95 {figures['p95']} (n={figures['n']})")


def clock(ms: int) -> str:
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}"


def _write_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
