"""Say whether the product is ready, and if not, which part and what to do."""

import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.supervisor import ServiceHealth
from domain.errors import ContactCentreError

Check = Callable[[], Awaitable[str | None]]
READY, DEGRADED = "ready", "degraded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``checks``: name → "ok" or one sentence about what is wrong."""

    status: str
    checks: Mapping[str, str]


async def examine(checks: Mapping[str, Check]) -> Health:
    """Ask every check; one that fails is an answer, never an exception."""
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            found[name] = await check() or "ok"
        except ContactCentreError as error:
            found[name] = str(error)
    status = READY if all(answer == "ok" for answer in found.values()) else DEGRADED
    return Health(status=status, checks=found)


def disk_check(folder: Path, min_free_mb: int) -> Check:
    async def check() -> str | None:
        free_mb = shutil.disk_usage(folder).free // 2**20
        return (
            None
            if free_mb >= min_free_mb
            else f"{free_mb} MB free in {folder}, {min_free_mb} wanted; make room"
        )

    return check


def services_check(health: ServiceHealth) -> Check:
    async def check() -> str | None:
        return (
            f"starting again: {', '.join(sorted(health.down))}; see the log"
            if health.down
            else None
        )

    return check
