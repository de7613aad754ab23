"""Where databases of tests lie: in memory where there is room, since none outlives its run."""

from __future__ import annotations

import os
from pathlib import Path

SHARED = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free; a run takes about a tenth of it."""


def folder(otherwise: str | None = None) -> str | None:
    """Return the folder for temporary databases; `otherwise` where memory is no place for them."""
    try:
        found = os.statvfs(SHARED)
    except OSError:
        return otherwise
    roomy = found.f_bavail * found.f_frsize >= ROOM
    return str(SHARED) if roomy and os.access(SHARED, os.W_OK | os.X_OK) else otherwise
