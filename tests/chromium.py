"""The browser of the browser tests: whichever Chromium or Chrome the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

VARIABLE = "PARTNERJOURNEY_TEST_BROWSER"
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def find_chromium() -> str | None:
    """Return the path of a browser that tells its version, or None.

    Ubuntu's chromium-browser may be a mere script that asks for a snap.
    """
    named = os.environ.get(VARIABLE)
    for name in (named,) if named else NAMES:
        path = shutil.which(name)
        if path:
            told = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)
            if told.returncode == 0 and "Chrom" in told.stdout:
                return path
    return None


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the browser's path; skip, or fail with REQUIRE_BROWSER=1, where there is none."""
    path = find_chromium()
    if path is None:
        failing = os.environ.get("REQUIRE_BROWSER") == "1"
        (pytest.fail if failing else pytest.skip)(f"no Chromium found; {VARIABLE} may name one")
    return path
