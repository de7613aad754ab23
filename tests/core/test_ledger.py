"""The ledger: counts that stay, whatever becomes of the request, shared by all processes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, ledger
from partnerjourney.core.errors import TooManyAttemptsError
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.scopes import System
from tests.databases import counted
from tests.factories import MOMENT

HOUR = timedelta(hours=1)


def attempt(engine: Engine, subject: str = "me@example.org", *, minutes: int = 0) -> None:
    """Try once to sign in."""
    at = MOMENT + timedelta(minutes=minutes)
    ledger.count_attempt(engine, "sign in", subject, limit=3, window=HOUR, at=at)


def test_attempts_above_the_limit_are_refused_until_the_window_ends(engine: Engine) -> None:
    for _ in range(3):
        attempt(engine)
    for _ in range(2):
        with pytest.raises(TooManyAttemptsError) as refused:
            attempt(engine)
        assert refused.value.retry_after == 30 * 60  # the moment is half past
    attempt(engine, minutes=30)


def test_subjects_and_purposes_are_counted_apart(engine: Engine) -> None:
    for _ in range(3):
        attempt(engine)
    attempt(engine, "other@example.org")
    ledger.count_attempt(engine, "reset", "me@example.org", limit=1, window=HOUR, at=MOMENT)


def test_a_success_starts_afresh(engine: Engine) -> None:
    for _ in range(3):
        attempt(engine)
    ledger.forget_attempts(engine, "sign in", "me@example.org")
    attempt(engine)


def test_the_subject_is_not_stored(engine: Engine) -> None:
    attempt(engine)
    with border.open_session(engine, System("look")) as session:
        (row,) = session.scalars(select(Attempt))
        assert "me" not in row.subject
        assert len(row.subject) == 64


def test_attempts_at_once_are_all_counted(engine: Engine) -> None:
    """Also the very first ones, which find no row yet."""
    errors: list[BaseException] = []

    def many() -> None:
        try:
            for minute in range(10):
                for _ in range(3):
                    ledger.count_attempt(
                        engine,
                        "sign in",
                        "me",
                        limit=100,
                        window=timedelta(minutes=1),
                        at=MOMENT + timedelta(minutes=minute),
                    )
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=many) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with border.open_session(engine, System("look")) as session:
        assert set(session.scalars(select(Attempt.count))) == {9}


def test_what_is_written_stays_though_the_request_fails(engine: Engine) -> None:
    with border.open_session(engine, System("request")) as session:
        session.scalars(select(Attempt)).all()
        session.rollback()
        attempt(engine)
        session.rollback()
    with border.open_session(engine, System("look")) as session:
        assert session.scalar(select(Attempt.count)) == 1


def test_ledger_writes_are_not_counted_as_statements(engine: Engine) -> None:
    with counted(engine) as found:
        attempt(engine)
        with border.open_session(engine, System("look")) as session:
            session.scalars(select(Attempt)).all()
    assert len(found) == 1, found.texts
