"""Know the memory of this process, and keep no more of it than is needed."""

import os
from collections.abc import Callable
from pathlib import Path

from models.frugality import trim as trim_of_this_system

_GATHERED_MB = 32


def rss_mb() -> int | None:
    """Memory this process has in use, in MiB; None where /proc does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


class Thrift:
    """Give the system back what the allocator keeps of loading and of large batches.

    Only after so much has gathered: it takes 3 ms, and the next batch has its pages cleared anew. glibc alone keeps
    that much and can be told (malloc_trim(3)).
    """

    def __init__(
        self,
        memory_mb: Callable[[], int | None] = rss_mb,
        trim: Callable[[], None] = trim_of_this_system,
    ) -> None:
        self._memory_mb = memory_mb
        self._trim = trim
        self._least_mb = 0

    def after_batch(self) -> None:
        if (self._memory_mb() or 0) > self._least_mb + _GATHERED_MB:
            self.give_back()

    def give_back(self) -> None:
        self._trim()
        self._least_mb = self._memory_mb() or 0
