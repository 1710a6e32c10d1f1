"""Write `docs/settings.md`: every setting, its default and what it is for."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.commands.settings import leaves
from app.settings import PREFIX, Settings, installed_share

HEAD = """# Settings

All configuration is read once at start from environment variables. A name or value that is wrong is refused with what was expected;
`hotline settings show` prints what is in force and where it came from, `hotline settings check` only judges. This page is made by
`hotline settings page`, and a test compares it with the program.
"""
CODE = Path(__file__).parents[2]


def settings_page() -> str:
    """Markdown: one section per room, in the order of `app/settings.py`, and one below it per part of a room's settings."""
    defaults = Settings.model_construct()
    sections = [HEAD, _table("## The house", _own(PREFIX.rstrip("_"), defaults, joint="_"))]
    for name, field in Settings.model_fields.items():
        if _has_parts(field.default):
            sections += _sections(name, f"{PREFIX}{name.upper()}", field.default, "##")
    return "\n".join(sections)


def _sections(title: str, prefix: str, value: Any, heading: str) -> Iterator[str]:
    yield _table(f"{heading} {title}", _own(prefix, value), _about(value))
    for name in _names(value):
        part = getattr(value, name)
        if _has_parts(part):
            yield from _sections(f"{title}: {name}", f"{prefix}__{name.upper()}", part, "###")


def _own(prefix: str, value: Any, *, joint: str = "__") -> list[tuple[str, Any]]:
    """The leaves of a part itself, without those of the parts in it."""
    parts = {f"{prefix}{joint}{n.upper()}" for n in _names(value) if _has_parts(getattr(value, n))}
    return [
        (name, shown)
        for name, shown in leaves(prefix, value, joint=joint)
        if not any(name.startswith(f"{part}__") for part in parts)
    ]


def _has_parts(value: Any) -> bool:
    return isinstance(value, BaseModel) or dataclasses.is_dataclass(value)


def _names(value: Any) -> list[str]:
    if isinstance(value, BaseModel):
        return list(type(value).model_fields)
    return [field.name for field in dataclasses.fields(value)]


def _about(value: Any) -> str:
    """The docstring of the settings, whose words explain the names."""
    return " ".join((type(value).__doc__ or "").split())


def _table(title: str, rows: list[tuple[str, Any]], about: str = "") -> str:
    lines = [title, ""]
    lines += [about, ""] if about else []
    if not rows:
        return "\n".join(lines)
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
