"""Drawing a PDF in a process of its own, which gets facts and nothing else of this product."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from partnerjourney.core.places import PACKAGE

CHILD = "partnerjourney.reviews.child"
LARGEST = 4 * 1024 * 1024

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH")
_KEPT_TOO = ("FONTCONFIG_FILE", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What drawing one report may take: processor and clock time in seconds, memory in MiB."""

    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    mebibytes: int = 1536


class DrawingError(Exception):
    """The report could not be drawn; `reason` is large, slow or failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the report could not be drawn: {reason}")
        self.reason = reason


def draw(
    facts: dict[str, Any],
    *,
    language: str,
    limits: Limits | None = None,
    progressed: Callable[[int], None] | None = None,
) -> bytes:
    """Return the PDF of facts as JSON; `progressed` hears how far it is, in per cent.

    Raises DrawingError where it is too large, takes too long or fails.
    """
    limits = limits or Limits()
    given = json.dumps({"language": language, "facts": facts}, allow_nan=False).encode()
    if len(given) > LARGEST:
        raise DrawingError("large")
    command = [sys.executable, "-m", CHILD, str(limits.cpu_seconds), str(limits.mebibytes)]
    with TemporaryFile() as facts_file, TemporaryFile() as pdf_file:
        facts_file.write(given)
        facts_file.seek(0)
        child = subprocess.Popen(
            command,
            stdin=facts_file,
            stdout=pdf_file,
            stderr=subprocess.PIPE,
            cwd=PACKAGE.parent,
            env={name: os.environ[name] for name in (*_KEPT, *_KEPT_TOO) if name in os.environ},
            text=True,
            errors="replace",
        )
        slow = _watch(child, limits, progressed)
        pdf_file.seek(0)
        pdf = pdf_file.read()
    if slow:
        raise DrawingError("slow")
    if child.returncode == 65:  # child.TOO_LARGE, which is not imported: it limits its process
        raise DrawingError("large")
    if child.returncode or not pdf.startswith(b"%PDF-"):
        log.warning("a report was not drawn: the child ended with %s", child.returncode)
        raise DrawingError("failed")
    return pdf


def _watch(
    child: subprocess.Popen[str], limits: Limits, progressed: Callable[[int], None] | None
) -> bool:
    """Follow a child until it ends; say whether it took too long and was killed."""
    slow = threading.Event()

    def end() -> None:
        slow.set()
        child.kill()

    timer = threading.Timer(limits.wall_seconds, end)
    timer.start()
    try:
        assert child.stderr is not None
        with child.stderr as lines:
            for line in lines:
                word, _, number = line.strip().partition(" ")
                if word == "progress" and number.isdigit() and progressed is not None:
                    progressed(int(number))
                elif word == "refused":
                    log.warning("a report asked for %s things that are not ours", number)
        child.wait()
    finally:
        timer.cancel()
        if child.poll() is None:
            child.kill()
            child.wait()
    return slow.is_set() or child.returncode in _OUT_OF_TIME


_OUT_OF_TIME = (-9, -24)
"""SIGKILL at the hard limit of processor time, SIGXCPU at the soft one."""
