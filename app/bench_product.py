"""Start a product for a bench, or take one that runs, and ask it what it understood."""

import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.children import ending, start_child
from app.commands.call import await_last_words
from app.commands.product import Product
from domain.errors import EngineError
from domain.ids import CallId
from media_gateway.client.farewell import Farewell

START_WITHIN_S = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running product; ``process`` is its first one, None where somebody else started it."""

    address: str
    process: int | None = None


@contextmanager
def served(url: str | None) -> Iterator[Served]:
    """A running product; one of our own keeps its data in a folder that goes with it."""
    if url is not None:
        yield Served(address=url)
        return
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    try:
        with (
            (folder / "hotline.log").open("wb") as log,
            ending(start_child("serve", "--port", str(port), output=log, data_dir=folder)) as child,
        ):
            _await_ready(address)
            yield Served(address=address, process=child.pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def last_words(farewells: Iterable[Farewell], address: str) -> list[dict[str, Any]]:
    """The calls as ``GET /api/calls/ID`` shows them when every word is in, or as they stand when that takes too long."""
    product = Product(address)
    return [await_last_words(product, _known(farewell.call_id)) for farewell in farewells]


def _await_ready(address: str) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health", timeout=5.0, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.3)
        else:
            return
    raise EngineError(
        "bench.start", "the product did not start; try: hotline serve", retryable=False
    )


def _known(call_id: CallId | None) -> CallId:
    if call_id is None:
        raise EngineError(
            "bench.call_id",
            "the product did not say a call's id; is it older than this program?",
            retryable=False,
        )
    return call_id
