"""One browser for all tests of a worker."""

from __future__ import annotations

from tests.browser.live import chromium, live
from tests.told import told

__all__ = ["chromium", "live", "told"]
