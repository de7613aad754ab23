"""Liveness and readiness, for what runs the product."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from partnerjourney.core import border, migrate, rls, watching
from partnerjourney.web.identity import public
from partnerjourney.web.session import engine

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process lives."""
    return {"status": "ok"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether the database answers, is migrated, and guards its rows."""
    problems = []
    try:
        with engine().connect() as connection:
            border.run(connection, text("select 1"))
            if not rls.effective(connection):
                problems.append("row-level security is not effective")
            if not watching.effective(connection):
                problems.append("changes are not noticed: triggers are missing")
        if migrate.current(engine()) != migrate.head():
            problems.append("the database is not migrated")
    except SQLAlchemyError:
        current_app.logger.exception("not ready")
        problems.append("the database does not answer")
    return {"status": "not ready" if problems else "ok", "problems": problems}, (
        503 if problems else 200
    )
