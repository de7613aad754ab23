"""What `make check` checks, one test for each, so that one run tells everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("check", ["format-check", "lint", "types", "imports", "templates"])
def test_check_finds_nothing(check: str) -> None:
    """Run one of the Makefile's checks, in the environment that runs the tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    told = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "--assume-old",
            ".venv/.dev.done",
            f"BIN={Path(sys.executable).parent}",
            check,
        ],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr
