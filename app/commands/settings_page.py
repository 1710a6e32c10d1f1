"""Write `docs/settings.md`: every setting, its default and what it is for."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.commands.settings import flatten
from app.settings import PREFIX, Settings, installed_share

HEAD = """# Settings

All configuration is read once at start from environment variables. A name or value that is wrong is refused with what was expected;
`hotline settings show` prints what is in force and where it came from, `hotline settings check` only judges. This page is made by
`hotline settings page`, and a test compares it with the program.
"""
CODE = Path(__file__).parents[2]


def settings_page() -> str:
    """Markdown: one section per room, in the order of `app/settings.py`."""
    defaults = Settings.model_construct()
    sections = [HEAD, _table("The house", _leaves(defaults))]
    for name, field in Settings.model_fields.items():
        value = field.default
        if isinstance(value, BaseModel) or dataclasses.is_dataclass(value):
            rows = [
                (key, shown)
                for key, shown in flatten(defaults)
                if key.startswith(f"{PREFIX}{name.upper()}__")
            ]
            sections.append(_table(name, rows, _about(value)))
    return "\n".join(sections)


def _leaves(settings: Settings) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in flatten(settings) if "__" not in key)


def _about(value: Any) -> str:
    """The docstring of the room's settings, whose words explain the names."""
    return " ".join((type(value).__doc__ or "").split())


def _table(
    title: str, rows: Iterator[tuple[str, Any]] | list[tuple[str, Any]], about: str = ""
) -> str:
    lines = [f"## {title}", ""]
    lines += [about, ""] if about else []
    lines += ["| variable | default |", "| --- | --- |"]
    lines += [f"| `{name}` | `{_shown(value)}` |" for name, value in rows]
    return "\n".join([*lines, ""])


def _shown(value: Any) -> str:
    """Paths are shown from where the program or its environment lies, because the page is read elsewhere."""
    if isinstance(value, Path):
        for start, name in (
            (installed_share(), "<environment>/share/openhotline"),
            (CODE, "<program>"),
        ):
            if value.is_relative_to(start):
                return f"{name}/{value.relative_to(start).as_posix()}"
    return "unset" if value is None else str(value)
