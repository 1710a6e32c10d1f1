"""Run parts of the product as processes of their own, and end every one of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

END_WITHIN_S = 25  # draining a server takes up to `drain_seconds` and its closing a little more
Child = subprocess.Popen[bytes]


def start_child(
    *arguments: str, output: IO[bytes] | None = None, data_dir: Path | None = None
) -> Child:
    """Start `hotline ARGUMENTS`; without ``output`` it writes to our terminal, with ``data_dir`` it keeps its data there.

    In a session of its own: Ctrl-C reaches us alone, and we end our children in order, each once.
    """
    command = [str(Path(sys.executable).with_name("hotline")), *arguments]
    environment = os.environ | ({"HOTLINE_DATA_DIR": str(data_dir)} if data_dir is not None else {})
    return subprocess.Popen(  # noqa: S603 — this very program
        command, stdout=output, stderr=output, env=environment, start_new_session=True
    )


def end_child(child: Child) -> None:
    """Ask it to end, wait, and insist only when it does not."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=END_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def ending(child: Child) -> Iterator[Child]:
    try:
        yield child
    finally:
        end_child(child)


@contextmanager
def stop_signals_as_interrupt() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C, so that children are ended too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
