"""Start the real product and its real clients as processes, and end each by its own id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

HOTLINE = str(Path(sys.executable).with_name("hotline"))
READY_WITHIN_S = 120.0
END_WITHIN_S = 30.0
CLIENT_ENDS_WITHIN_S = 240.0
POLL_S = 0.1
OURS_TO_KEEP = ("HOTLINE_WEIGHTS_DIR", "HOTLINE_TEST_DATA")

T = TypeVar("T")
Finished = subprocess.CompletedProcess[str]
Wrapped = Callable[[list[str]], list[str]]


def wait_for(what: str, look: Callable[[], T | None], within_s: float) -> T:
    """The first answer that is true; fails the test with ``what`` when there is none in time."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within_s:.0f} s: {what}")
        time.sleep(POLL_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """Ours without the settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HOTLINE_") or name in OURS_TO_KEEP
    }
    return kept | {"HOTLINE_DATA_DIR": str(data_dir)} | settings


def hotline(*arguments: object, data_dir: Path, **settings: str) -> Finished:
    """Run `hotline ARGUMENTS` to its end."""
    return subprocess.run(
        [HOTLINE, *map(str, arguments)],
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=CLIENT_ENDS_WITHIN_S,
        check=False,
    )


class Client:
    """`hotline ARGUMENTS` under way in a process of its own. What it says is kept in ``folder``."""

    def __init__(self, *arguments: object, data_dir: Path, folder: Path, name: str) -> None:
        self._files = [folder / f"{name}.{stream}" for stream in ("out", "err")]
        with self._files[0].open("wb") as out, self._files[1].open("wb") as err:
            self.process = subprocess.Popen(
                [HOTLINE, *map(str, arguments)],
                env=environment(data_dir),
                stdout=out,
                stderr=err,
            )

    def ends(self, within_s: float = CLIENT_ENDS_WITHIN_S) -> int:
        """Its exit code."""
        return self.process.wait(timeout=within_s)

    def said(self) -> str:
        return self._files[0].read_text(encoding="utf-8")

    def complained(self) -> str:
        return self._files[1].read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        end(self.process)


def end(process: "subprocess.Popen[bytes]") -> int:
    """Ask politely, insist later; the exit code."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(timeout=END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


class Product:
    """`hotline serve` over one data directory; it can be killed and started again on the same port."""

    def __init__(self, folder: Path, *, wrapped: Wrapped = list, **settings: str) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.client_data_dir = folder / "client"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._wrapped = wrapped
        self._log_path = folder / "serve.log"
        self._log = self._log_path.open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._wrapped([HOTLINE, "serve", "--port", str(self.port)]),
            env=environment(self.data_dir, **self._settings),
            stdout=self._log,
            stderr=self._log,
        )
        wait_for(f"the product is ready; {self._log_path}", self._is_ready, READY_WITHIN_S)

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=END_WITHIN_S)

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        assert self.process is not None
        return end(self.process)

    def close(self) -> None:
        if self.process is not None:
            end(self.process)
        self._log.close()

    def get(self, path: str, **query: str | int) -> Any:
        answer = httpx.get(self.url + path, params=query, timeout=30, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def download(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, trust_env=False)

    def calls(self) -> list[dict[str, Any]]:
        """Newest first."""
        found: list[dict[str, Any]] = self.get("/api/calls")["calls"]
        return found

    def call(self, call_id: str) -> dict[str, Any]:
        view: dict[str, Any] = self.get(f"/api/calls/{call_id}")
        return view

    def log_lines(self) -> list[dict[str, Any]]:
        """What it logged, as objects; anything that is no JSON line is left out."""
        lines = self._log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def hotline(self, *arguments: object) -> Finished:
        """A client of this product that runs to its end."""
        return hotline(*arguments, "--url", self.url, data_dir=self.client_data_dir)

    def client(self, *arguments: object, name: str) -> Client:
        """A client of this product, under way; close it."""
        return Client(
            *arguments,
            "--url",
            self.url,
            data_dir=self.client_data_dir,
            folder=self.folder,
            name=name,
        )

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(f"the product ended with {self.process.returncode}: {self._log_path}")
        try:
            return httpx.get(f"{self.url}/health", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def running_product(folder: Path, *, wrapped: Wrapped = list, **settings: str) -> Iterator[Product]:
    product = Product(folder, wrapped=wrapped, **settings)
    try:
        product.start()
        yield product
    finally:
        product.close()


def last_words_are_in(view: dict[str, Any]) -> bool:
    return view["state"] == "ended" and all(leg["transcribed"] for leg in view["legs"])


def whole_call(product: Product, call_id: str) -> dict[str, Any] | None:
    """The call once it has ended and every word is in."""
    view = product.call(call_id)
    return view if last_words_are_in(view) else None


def calls_as_json(product: Product, *arguments: str) -> Any:
    """What `hotline calls ARGUMENTS --json` tells a program."""
    finished = product.hotline("calls", *arguments, "--json")
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def firm_words(view: dict[str, Any], leg: str | None = None) -> list[dict[str, Any]]:
    lines: Sequence[dict[str, Any]] = view["transcript"]
    return [line for line in lines if line["is_final"] and leg in (None, line["leg"])]
