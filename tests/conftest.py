"""What every test can use, and which tests run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from partnerjourney.web.server import GC_THRESHOLD
from tests import cheap_passwords, postgres
from tests.chromium import chromium_path
from tests.command import disposed
from tests.databases import (
    database_url,
    engine,
    postgresql_database,
    sqlite_database,
    sqlite_template,
    statements,
    world,
)
from tests.postgres import postgresql_server
from tests.web_client import app

__all__ = [
    "app",
    "chromium_path",
    "database_url",
    "disposed",
    "engine",
    "postgresql_database",
    "postgresql_server",
    "sqlite_database",
    "sqlite_template",
    "statements",
    "world",
]

TEST_DATA = "PARTNERJOURNEY_TEST_DATA"
without_data = pytest.StashKey[int]()

# No test fails on a clock; in CI the same examples are tried every time.
settings.register_profile("suite", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Start what the workers share; let garbage and passwords cost what a test can bear."""
    gc.set_threshold(*GC_THRESHOLD)
    cheap_passwords.use()
    config.stash[without_data] = 0
    postgres.pytest_configure(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests that lack their data, and benchmarks unless they are asked for."""

    def left_out(item: pytest.Item) -> bool:
        if item.get_closest_marker("external_data") and not os.environ.get(TEST_DATA):
            config.stash[without_data] += 1
            return True
        return bool(item.get_closest_marker("bench")) and "bench" not in config.option.markexpr

    gone = [item for item in items if left_out(item)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in set(gone)]


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Let a worker tell the process that started it what was left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["without_data"] = session.config.stash[without_data]
    yield


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what a worker left out: every worker collects the same tests."""
    count = getattr(node, "workeroutput", {}).get("without_data", 0)
    node.config.stash[without_data] = count  # type: ignore[attr-defined]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say in the summary which tests were left out for want of data."""
    if count := config.stash[without_data]:
        terminalreporter.write_line(
            f"{TEST_DATA} is not set: {count} tests marked external_data were deselected"
        )
