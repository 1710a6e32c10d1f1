"""Count the processor seconds of this process and of everything it started."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_PARENT, _FIRST_TIME, _LAST_TIME = 1, 11, 15  # fields behind the name in stat, see proc_pid_stat(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a piece of work took; ``cpu_s`` counts every thread and every child process."""

    cpu_s: float
    wall_s: float

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(cpu_s=self.cpu_s + other.cpu_s, wall_s=self.wall_s + other.wall_s)


class Meter:
    """Runs from the moment it is made."""

    def __init__(self) -> None:
        self._cpu_s, self._wall_s = cpu_seconds(), time.monotonic()

    def read(self) -> Cost:
        return Cost(cpu_s=cpu_seconds() - self._cpu_s, wall_s=time.monotonic() - self._wall_s)


def cpu_seconds() -> float:
    """Of this process, of children that ended, and of those that live (where there is a ``/proc``, else not)."""
    ended = os.times()
    living_s = sum(_ticks(fields) for fields in _descendants(os.getpid())) / _ticks_per_s()
    return time.process_time() + ended.children_user + ended.children_system + living_s


def _ticks_per_s() -> int:
    return os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _ticks(fields: list[str]) -> int:
    """User and system time of a process and of the children it has seen the end of."""
    return sum(int(field) for field in fields[_FIRST_TIME:_LAST_TIME])


def _descendants(pid: int) -> Iterator[list[str]]:
    """The ``stat`` fields of every process below this one."""
    below: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
    for child, fields in _processes():
        below[int(fields[_PARENT])].append((child, fields))
    waiting = [pid]
    while waiting:
        for child, fields in below[waiting.pop()]:
            waiting.append(child)
            yield fields


def _processes() -> Iterator[tuple[int, list[str]]]:
    for path in PROC.glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        yield int(path.parent.name), text.rpartition(")")[2].split()
