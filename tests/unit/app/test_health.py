"""Health names the part that is wrong and what to do."""

from pathlib import Path

from app.health import disk_check, examine, services_check
from app.supervisor import ServiceHealth
from domain.errors import StorageError

TERABYTES_MB = 10**9


async def fine() -> str | None:
    return None


async def broken() -> str | None:
    raise StorageError("storage.locked", "the database is locked; stop the other program")


async def test_everything_fine_is_ready() -> None:
    found = await examine({"database": fine})

    assert (found.status, dict(found.checks)) == ("ready", {"database": "ok"})


async def test_one_broken_part_degrades_and_is_named() -> None:
    found = await examine({"database": broken, "disk": fine})

    assert found.status == "degraded"
    assert "stop the other program" in found.checks["database"]
    assert found.checks["disk"] == "ok"


async def test_a_disk_that_fills_is_told_before_it_is_full(tmp_path: Path) -> None:
    found = await examine({"disk": disk_check(tmp_path, TERABYTES_MB)})

    assert "make room" in found.checks["disk"]


async def test_a_service_that_is_down_is_named() -> None:
    health = ServiceHealth(down={"nlu"})

    found = await examine({"services": services_check(health)})

    assert "nlu" in found.checks["services"]
