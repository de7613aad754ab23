"""Holding mail back: after a restore nothing goes out until an operator has looked at it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.parties import Setting
from partnerjourney.core.scopes import System

KEY = "mail_held"


def hold(session: Session, *, reason: str, at: datetime) -> None:
    """Hold outgoing mail from now on; the session is the product's own."""
    session.merge(Setting(key=KEY, value={"since": at.isoformat(), "reason": reason}))
    session.flush()


def since(engine: Engine) -> datetime | None:
    """Return since when mail is held, or None."""
    with border.open_session(engine, System("is mail held?")) as session:
        value = session.scalar(select(Setting.value).where(Setting.key == KEY))
    return datetime.fromisoformat(value["since"]) if value else None


def release(engine: Engine) -> bool:
    """Let mail go out again; say whether it was held."""
    with border.open_session(engine, System("release mail"), write=True) as session:
        there = session.scalar(select(Setting.key).where(Setting.key == KEY)) is not None
        session.execute(delete(Setting).where(Setting.key == KEY))
        session.commit()
    return there
