"""The application for tests, and browsers that talk to it: as a browser of today would."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.routing import Rule

from partnerjourney import create_app
from partnerjourney.core import border, clock, logins
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from partnerjourney.core.settings import Settings, load
from tests.databases import ROLES

ADDRESS = "http://localhost"


def settings_for(database_url: str, folder: Path, **given: Any) -> Settings:
    """Return settings of an installation on this machine whose mails land in a folder."""
    return load(
        {},
        **{
            "database_url": database_url,
            "database_roles": ROLES,
            "base_url": ADDRESS,
            "mail_url": f"file:{folder}",
            **given,
        },
    )


_builders: dict[tuple[object, ...], Any] = {}
_compile_builder = Rule._compile_builder


def _builder(rule: Rule, append_unknown: bool = True) -> Any:
    """Give what makes addresses of a rule, compiled once: the same for every application."""
    key = (rule.rule, rule.host, rule.subdomain, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


@dataclass
class _Built:
    """An application as it was built, which one test at a time has."""

    app: Flask
    attributes: dict[str, Any]
    config: dict[str, Any]
    extensions: dict[str, Any]

    def again(self, settings: Settings, engine: Engine) -> Flask:
        """Return it as it was, with other settings and another database."""
        app = self.app
        vars(app).clear()
        vars(app).update(self.attributes)
        for held, was in ((app.config, self.config), (app.extensions, self.extensions)):
            held.clear()
            held.update(was)
        app.extensions |= {"settings": settings, "engine": engine}
        app.extensions["kept"].forget()
        app.extensions["kept"].checking = True
        return app


_built: dict[Settings, _Built] = {}
_lent: set[Settings] = set()


@contextmanager
def lent_app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """Lend an application that was built for an earlier test, if no one else has it."""
    where = "http://localhost" if settings.loopback else settings.base_url
    kind = replace(settings, database_url="", mail_url="", base_url=where)
    if kind in _lent:
        yield make_app(settings, engine)
        return
    if kind not in _built:
        app = make_app(settings, engine)
        _built[kind] = _Built(app, dict(vars(app)), dict(app.config), dict(app.extensions))
    _lent.add(kind)
    try:
        yield _built[kind].again(settings, engine)
    finally:
        _lent.remove(kind)


def make_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Return an application; with `engine` on the one that the test has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _builder)
        app = create_app(settings)
    app.testing = True
    app.extensions["kept"].checking = True
    if engine is not None:
        app.extensions["engine"].dispose()
        app.extensions["engine"] = engine
    return app


@pytest.fixture
def app(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Give the application on each engine in turn; its mails land in tmp_path / 'mail'."""
    with lent_app(settings_for(database_url, tmp_path / "mail"), engine) as found:
        yield found


def browser(app: Flask, *, site: str | None = "same-origin") -> FlaskClient:
    """Return a browser that is not signed in and says where its requests come from."""
    client = app.test_client()
    if site is not None:
        client.environ_base["HTTP_SEC_FETCH_SITE"] = site
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def client_of(app: Flask, user_id: uuid.UUID, *, means: str = "password") -> FlaskClient:
    """Return a browser in which a person is signed in."""
    with border.open_session(app.extensions["engine"], System("a test"), write=True) as session:
        user = session.get_one(User, user_id)
        words, at = "Firefox/140.0 (Linux)", clock.now()
        token = logins.start(session, user, browser=words, at=at, means=means)
        session.commit()
    client = browser(app)
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return client
