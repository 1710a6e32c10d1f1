"""Weigh a process that we started, with everything it started itself."""

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PARENT = 1  # fields of `stat` after the name in brackets (proc(5)); the first is the state
_CPU_TICKS = slice(
    11, 15
)  # its own in user and system mode, then those of the children it has waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """``own_bytes`` is what the process itself occupies, ``children_bytes`` each of its descendants, heaviest first.

    Pages that several processes share are divided among them, so that the sum counts them once. ``cpu_s`` is what all
    of them have used so far, and what those used that ended and were waited for.
    """

    own_bytes: int
    children_bytes: tuple[int, ...]
    cpu_s: float

    @property
    def processes(self) -> int:
        return 1 + len(self.children_bytes)

    @property
    def memory_bytes(self) -> int:
        return self.own_bytes + sum(self.children_bytes)


def weigh_tree(root: int) -> Weight:
    """This process and its descendants, in whatever session they are; zeros when it is gone.

    A descendant whose parent ended before it is no longer found: the kernel has given it to another family.
    """
    stats = dict(_stats())
    family = _family(root, {pid: int(fields[_PARENT]) for pid, fields in stats.items()})
    ticks = sum(sum(map(int, stats[pid][_CPU_TICKS])) for pid in family if pid in stats)
    return Weight(
        own_bytes=_share_bytes(root),
        children_bytes=tuple(sorted(map(_share_bytes, family[1:]), reverse=True)),
        cpu_s=ticks / os.sysconf("SC_CLK_TCK"),
    )


def _family(root: int, parents: Mapping[int, int]) -> list[int]:
    """The process, then its children, then theirs."""
    children: dict[int, list[int]] = defaultdict(list)
    for pid, parent in parents.items():
        children[parent].append(pid)
    family = [root]
    for pid in family:
        family += children[pid]
    return family


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # it ended meanwhile
        yield int(folder.name), text.rpartition(")")[2].split()


def _share_bytes(pid: int) -> int:
    """Its proportional share of the pages it uses (Pss); 0 when it is gone."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
