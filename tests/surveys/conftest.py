"""The story, and an application on its database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from partnerjourney import create_app
from partnerjourney.core.settings import load
from tests.databases import ROLES
from tests.surveys.story import Story, tell


@pytest.fixture
def story(engine: Engine) -> Story:
    """Give the delivery that is asked about."""
    return tell(engine)


@pytest.fixture
def app(database_url: str, engine: Engine, tmp_path: object) -> Iterator[Flask]:
    """Give the application on the test's database, its mail in a folder."""
    settings = load(
        {}, database_url=database_url, database_roles=ROLES, mail_url=f"file:{tmp_path}/mail"
    )
    made = create_app(settings)
    made.testing = True
    made.extensions["engine"].dispose()
    made.extensions["engine"] = engine
    yield made
