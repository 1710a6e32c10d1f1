"""Give memory back to the system that loading has used and does not need any more."""

import ctypes
import gc


def give_memory_back() -> None:
    """Weights before they were converted, files before they were parsed. Takes some tens of milliseconds."""
    gc.collect()
    trim()


def trim() -> None:
    """Let the allocator keep nothing that is free (malloc_trim(3)); 3 ms. Where it is not glibc's, nothing happens."""
    of_glibc = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if of_glibc is not None:
        of_glibc(0)
