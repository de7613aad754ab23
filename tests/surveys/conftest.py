"""The story of a delivery, on the engine of the test."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.surveys.story import Story, tell


@pytest.fixture
def story(engine: Engine) -> Story:
    """Give the delivery that is asked about."""
    return tell(engine)
