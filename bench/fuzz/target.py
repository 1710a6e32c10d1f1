"""Describe one parser that strangers reach, and try bytes on it."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from domain.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """``read`` may return anything and raise InputError; whatever else it does is a finding. ``seeds`` are good inputs."""

    wire: str
    parser: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]

    @property
    def name(self) -> str:
        return f"{self.wire}.{self.parser}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An input that a parser did not refuse in its own words. ``where`` is the line that failed."""

    target: str
    error: str
    where: str
    data_hex: str


def tried(target: Target, data: bytes) -> Finding | None:
    """What is wrong with how a parser takes these bytes; None when nothing is."""
    try:
        target.read(data)
    except InputError:
        return None
    except Exception as error:  # noqa: BLE001 — supervisor: whatever it is, it is what we look for
        return Finding(
            target=target.name,
            error=f"{type(error).__name__}: {error}"[:300],
            where=_where(error),
            data_hex=data.hex(),
        )
    return None


def _where(error: Exception) -> str:
    """The innermost line of ours; that of a library only when nothing of ours is on the way."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "media_gateway" in f.filename]
    if not frames:
        return "outside the gateway"
    last = frames[-1]
    path = Path(last.filename)
    return f"{path.parent.name}/{path.name}:{last.lineno} {last.name}"
