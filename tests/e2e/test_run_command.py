"""`hotline run` starts the product and the demonstration, and ends everything it started."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.e2e.product import Client, Product, wait_for

pytestmark = pytest.mark.weights

RINGS_WITHIN_S = 120.0
ENDS_WITHIN_S = 60.0
INTERRUPTED = 130


def test_ctrl_c_in_the_middle_of_the_demonstration_ends_everything_that_was_started(
    set_up: None, tmp_path: Path
) -> None:
    product = Product(tmp_path)  # asked here, started by `hotline run`
    run = Client(
        "run", "--port", product.port, data_dir=product.data_dir, folder=tmp_path, name="run"
    )
    with closing(product), closing(run):
        wait_for("a demonstration call", lambda: live_calls(product), RINGS_WITHIN_S)
        started = children(run.process.pid)
        run.process.send_signal(signal.SIGINT)

        assert run.ends(ENDS_WITHIN_S) in (0, INTERRUPTED), run.complained()
    assert len(started) == 2, "the product and the demonstration"
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    assert product.url in run.said()
    assert run.complained() == ""
    assert calls_of("CallEnded", product) == calls_of("CallStarted", product) != set()


def live_calls(product: Product) -> list[str]:
    try:
        return [call["call_id"] for call in product.calls() if call["state"] == "live"]
    except httpx.HTTPError:
        return []


def children(pid: int) -> list[int]:
    """Every process that one of its threads started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in lists for child in file.read_text(encoding="ascii").split()]


def calls_of(kind: str, product: Product) -> set[str]:
    """The calls of which such a fact was kept."""
    with closing(sqlite3.connect(product.data_dir / "openhotline.db")) as database:
        rows = database.execute("SELECT call_id FROM events WHERE kind = ?", (kind,))
        return {call_id for (call_id,) in rows}
