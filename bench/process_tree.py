"""Weigh a process that we started, with everything it started itself."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """``memory_bytes``: what the processes occupy together, shared pages counted once; ``cpu_s``: used so far."""

    processes: int
    memory_bytes: int
    cpu_s: float


def weigh_session(leader: int) -> Weight:
    """All processes of the session this process leads."""
    memory_bytes = ticks = count = 0
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        fields = _stat(folder)
        if len(fields) > 13 and int(fields[3]) == leader:
            count += 1
            ticks += int(fields[11]) + int(fields[12])
            memory_bytes += _share_bytes(folder)
    return Weight(
        processes=count, memory_bytes=memory_bytes, cpu_s=ticks / os.sysconf("SC_CLK_TCK")
    )


def _stat(folder: Path) -> list[str]:
    """The fields after the name in brackets: state, parent, group, session … (proc(5))."""
    try:
        return (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _share_bytes(folder: Path) -> int:
    """Its proportional share of the pages it uses (Pss); 0 when it is gone."""
    try:
        lines = (folder / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
