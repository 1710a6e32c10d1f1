"""Answer `hotline models`: what lies on the shelf, bring it, verify it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.settings import load_settings
from domain.errors import EngineError
from models import Shelf, weights_root
from models.catalogue import Catalogue
from models.catalogue_file import load_catalogue
from models.commands import Row, describe_directory, list_models, pull_models, verify_models
from models.progress import Watcher, watcher
from models.shelf import State

models = typer.Typer(help="The shelf of trained weights.", no_args_is_help=True)
Names = Annotated[
    list[str] | None, typer.Argument(metavar="ID…", help="Which models; all when none is named.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
MIB = 2**20


@models.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the models of the catalogue and what lies on this machine."""
    rows = list_models(_catalogue(), Shelf(weights_root()))
    if as_json:
        typer.echo(
            json.dumps({"models": [_plain(row) for row in rows]}, ensure_ascii=False, indent=2)
        )
        return
    table = Table("model", "task", "languages", "licence", "MiB", "state")
    for row in rows:
        model = row.model
        table.add_row(
            model.model_id,
            model.task,
            " ".join(model.languages),
            model.licence,
            f"{model.size_bytes / MIB:.0f}",
            row.state,
        )
    Console().print(table)


@models.command("pull")
def pull(names: Names = None) -> None:
    """Bring what is missing, from the first source that has it unaltered."""
    _each(pull_models, names)


@models.command("verify")
def verify(names: Names = None) -> None:
    """Hash every file and compare it with the catalogue; exit code 1 names what is not right."""
    rows = _each(verify_models, names)
    wrong = [
        f"{row.model.model_id}: {'; '.join(row.faults) or row.state}"
        for row in rows
        if row.state is not State.PRESENT
    ]
    if wrong:
        raise EngineError(
            "models.verify",
            f"{' | '.join(wrong)}; bring it again with: hotline models pull",
            retryable=False,
        )


@models.command("describe")
def describe(directory: Path, model_id: str, task: str) -> None:
    """Print a catalogue entry for a folder of your own weights."""
    typer.echo(describe_directory(directory, model_id, task))


def _catalogue() -> Catalogue:
    return load_catalogue(load_settings().models.extra_catalogue)


def _each(
    work: Callable[[Catalogue, Shelf, Sequence[str], Watcher], tuple[Row, ...]],
    names: list[str] | None,
) -> tuple[Row, ...]:
    console = Console(stderr=True)
    rows = work(_catalogue(), Shelf(weights_root()), names or [], watcher(console))
    for row in rows:
        console.print(f"{row.model.model_id}: {row.state}", highlight=False)
    return rows


def _plain(row: Row) -> dict[str, object]:
    return {
        "id": row.model.model_id,
        "task": row.model.task,
        "languages": list(row.model.languages),
        "licence": row.model.licence,
        "bytes": row.model.size_bytes,
        "state": row.state.value,
    }
