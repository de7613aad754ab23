"""Memory: what starting up needed and serving does not goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """Collect garbage and have glibc return its free pages; elsewhere nothing is returned.

    Compiling modules and templates leaves about 5 MiB of holes in a process that then idles.
    """
    gc.collect()
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
