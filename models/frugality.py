"""Give memory back to the system that loading has used and does not need any more."""

import ctypes
import gc
import sys
from contextlib import suppress


def give_memory_back() -> None:
    """Weights before they were converted, files before they were parsed. Takes some tens of milliseconds."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(AttributeError):  # only glibc has it
            ctypes.CDLL(None).malloc_trim(0)
