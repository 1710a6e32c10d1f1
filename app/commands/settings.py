"""Answer `hotline settings`: what is configured, from where, and whether it holds."""

import dataclasses
import os
from collections.abc import Iterator
from typing import Any

import typer
from pydantic import BaseModel

from app.settings import PREFIX, Settings, load_settings

settings = typer.Typer(help="Show and check the configuration.", no_args_is_help=True)

HIDDEN = "**********"  # as pydantic shows a secret


@settings.command("show")
def show() -> None:
    """Print every setting, its value and where it came from."""
    for name, value in flatten(load_settings()):
        is_set = any(each == name or each.startswith(f"{name}__") for each in os.environ)
        origin = "environment" if is_set else "default"
        typer.echo(f"{name}={value}  ({origin})")


@settings.command("check")
def check() -> None:
    """Exit with code 2 and one sentence when a setting is wrong."""
    load_settings()
    typer.echo("settings are fine")


@settings.command("page")
def page() -> None:
    """Print docs/settings.md."""
    from app.commands.settings_page import settings_page  # it reads this module's `flatten`

    typer.echo(settings_page(), nl=False)


def flatten(value: Settings) -> Iterator[tuple[str, Any]]:
    """(environment name, value) of every leaf, in order of declaration."""
    for name in Settings.model_fields:
        yield from leaves(PREFIX + name.upper(), getattr(value, name))


def leaves(name: str, value: Any, *, joint: str = "__") -> Iterator[tuple[str, Any]]:
    """The same for one part that has this name; ``joint`` stands between it and what is in it."""
    if isinstance(value, BaseModel):
        names = list(type(value).model_fields)
    elif dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.repr]
        for field in dataclasses.fields(value):
            if not field.repr:
                is_set = bool(getattr(value, field.name))
                yield f"{name}__{field.name.upper()}", HIDDEN if is_set else None
    else:
        yield name, value
        return
    for part in names:
        yield from leaves(f"{name}{joint}{part.upper()}", getattr(value, part))
