"""What the command line lists by hand is complete."""

from __future__ import annotations

from pathlib import Path

import partnerjourney
from partnerjourney.cli import FEATURES
from partnerjourney.features import JOBS

PACKAGE = Path(partnerjourney.__file__).parent


def features_with(room: str) -> set[str]:
    """Return the features that have a module or a folder of this name."""
    places = (*PACKAGE.glob(f"*/{room}.py"), *PACKAGE.glob(f"*/{room}/__init__.py"))
    found = {path.relative_to(PACKAGE).parts[0] for path in places}
    return found - {"core", "web", "cli"}


def test_every_feature_with_commands_is_listed() -> None:
    assert set(FEATURES) == features_with("commands")


def test_every_feature_with_jobs_is_known_to_the_worker() -> None:
    worded = {"announcements.words.overviews", "home.words", "versions.words"}
    kept = {"core.clearing"} | worded  # what clears, and what overviews by mail say
    assert set(JOBS) == kept | {f"{feature}.jobs" for feature in features_with("jobs")}
