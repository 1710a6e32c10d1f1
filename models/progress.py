"""Show how far a pull has come, in bytes, to whoever watches a terminal."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TransferSpeedColumn,
)

from models.digest import Advance, ignore


class Stage(StrEnum):
    """What is being done to a model; the value is shown."""

    DOWNLOAD = "下载 download"
    UNPACK = "解包 unpack"
    CONVERT = "转换 convert"
    VERIFY = "校验 verify"


class Watcher(Protocol):
    """Somebody who wants to see bytes go by."""

    def stage(
        self, model_id: str, stage: Stage, total_bytes: int | None
    ) -> AbstractContextManager[Advance]:
        """Open one bar; ``total_bytes`` is None when nobody knows."""
        ...


class Unwatched:
    """Nobody looks: a log file, a pipe, a test."""

    @contextmanager
    def stage(self, model_id: str, stage: Stage, total_bytes: int | None) -> Iterator[Advance]:
        yield ignore


class Bars:
    """One line per stage on the terminal, kept when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, model_id: str, stage: Stage, total_bytes: int | None) -> Iterator[Advance]:
        columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
        if total_bytes is not None:
            columns += [DownloadColumn(binary_units=True), TransferSpeedColumn()]
        with Progress(*columns, console=self._console) as bars:
            task = bars.add_task(f"{model_id:<24} {stage}", total=total_bytes)
            yield lambda done: bars.advance(task, done)
            bars.update(task, total=total_bytes or 1, completed=total_bytes or 1)


def watcher(console: Console) -> Watcher:
    """Bars on a terminal, silence elsewhere."""
    return Bars(console) if console.is_terminal else Unwatched()
