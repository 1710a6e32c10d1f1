"""Notice that a process at work does nothing: it is stopped, or waits for what never comes."""

from pathlib import Path

_USER_TICKS, _SYSTEM_TICKS = 11, 12  # of the fields after the name in /proc/PID/stat (proc(5))


class Stillness:
    """Called now and then, says whether the process used no processor time since the last call.

    Where /proc does not tell, nobody is ever still, and only deadlines count.
    """

    def __init__(self, pid: int) -> None:
        self._stat = Path(f"/proc/{pid}/stat")
        self._before = self._ticks()

    def __call__(self) -> bool:
        before, self._before = self._before, self._ticks()
        return self._before is not None and self._before == before

    def _ticks(self) -> int | None:
        try:
            fields = self._stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            return None
        used = fields.split()
        return int(used[_USER_TICKS]) + int(used[_SYSTEM_TICKS])
