"""The company, on each engine in turn."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.organisations.company import Company, build


@pytest.fixture
def company(engine: Engine) -> Company:
    """Give two organisations and their people."""
    return build(engine)
