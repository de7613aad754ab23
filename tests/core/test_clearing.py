"""What is cleared after its time, by a worker that asks itself for it, and what stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, clearing, clock, ids, jobs, ledger, retention
from partnerjourney.core.jobs import Job, JobState
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.logins import LoginSession
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from partnerjourney.core.settings import Settings
from tests.command import call
from tests.factories import row

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> dict[str, retention.Rule]:
    """Give the table of rules, for a test to fill: it starts empty."""
    monkeypatch.setattr(retention, "RULES", {})
    return retention.RULES


def add(engine: Engine, *rows: Any) -> None:
    """Store rows."""
    with border.open_session(engine, System("test"), write=True) as session, session.begin():
        for one in rows:
            session.add(one)
            session.flush()


def run(engine: Engine, at: datetime, **settings: Any) -> None:
    """Start a worker at a moment and let it do what is due."""
    with clock.at(at):
        clearing.schedule(engine, at=clock.now())
        jobs.work(engine, Settings(**settings), stop=threading.Event(), once=True)


def runs(engine: Engine) -> list[Job]:
    """Return the runs that were asked for, in order of their time."""
    with border.open_session(engine, System("test")) as session:
        query = select(Job).where(Job.kind == clearing.CLEAR).order_by(Job.run_at, Job.id)
        return list(session.scalars(query))


def left(engine: Engine, column: Any) -> set[Any]:
    """Return what stands in a column."""
    with border.open_session(engine, System("test")) as session:
        return set(session.scalars(select(column)))


# --- when ---------------------------------------------------------------------------------------


def test_a_worker_clears_once_a_day_by_itself(
    engine: Engine, rules: dict[str, retention.Rule]
) -> None:
    seen: list[datetime] = []

    @retention.rule("nothing", setting="keep_jobs_days")
    def _nothing(_engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
        seen.append(before)
        yield 0

    for _ in range(2):  # a second worker on the same day
        run(engine, NOW)
    assert seen == [NOW - 14 * DAY]
    first, second = runs(engine)
    assert (first.state, second.state) == (JobState.DONE, JobState.WAITING)
    night = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert second.run_at == night
    for hours in range(0, 72, 6):  # no worker starts anew: each run asked for the next one
        with clock.at(night + timedelta(hours=hours)):
            jobs.work(engine, Settings(), stop=threading.Event(), once=True)
    assert seen[1:] == [night + number * DAY - 14 * DAY for number in range(3)]


def test_the_command_schedules_and_clears(engine: Engine, database_url: str) -> None:
    add(engine, row(Attempt, window_start=clock.now() - 3 * DAY, count=1))
    assert call("worker", "--once", database_url=database_url).exit_code == 0
    assert left(engine, Attempt.count) == set()
    assert [job.state for job in runs(engine)] == [JobState.DONE, JobState.WAITING]


def test_a_rule_that_fails_stops_no_other_and_is_tried_again(
    engine: Engine, rules: dict[str, retention.Rule]
) -> None:
    turns: list[str] = []

    @retention.rule("bad", setting="keep_jobs_days")
    def _bad(_engine: Engine, _settings: Any, _before: datetime) -> Iterator[int]:
        turns.append("bad")
        yield 1
        raise OSError("the disk is away")

    @retention.rule("good", setting="keep_jobs_days")
    def _good(_engine: Engine, _settings: Any, _before: datetime) -> Iterator[int]:
        turns.append("good")
        yield 1

    run(engine, NOW)
    first, second = runs(engine)
    assert turns == ["bad", "good"]
    assert (first.state, first.attempts) == (JobState.WAITING, 1)
    assert second.run_at > NOW, "tomorrow's run does not hang on today's success"
    run(engine, NOW + timedelta(minutes=1))
    assert turns == ["bad", "good"] * 2


def test_what_takes_long_makes_place_and_goes_on(
    engine: Engine, rules: dict[str, retention.Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clearing, "LONGEST", -1.0)  # time is up after each batch
    monkeypatch.setattr(retention, "BATCH", 2)
    retention.rule("attempts", setting="keep_attempts_days")(clearing._attempts)
    add(engine, *(row(Attempt, window_start=NOW - 9 * DAY, count=n) for n in range(5)))
    run(engine, NOW)
    assert left(engine, Attempt.count) == set()
    assert len([job for job in runs(engine) if job.state is JobState.DONE]) > 2


def test_many_rows_go_in_short_transactions(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 4)
    monkeypatch.setattr(retention, "PAGE", 10)
    add(engine, *(row(Attempt, window_start=NOW - 9 * DAY, count=n) for n in range(23)))
    found = list(retention.delete_rows(engine, Attempt, Attempt.window_start < NOW))
    assert found == [4, 4, 2, 4, 4, 2, 3]


def test_a_row_that_is_used_again_meanwhile_stays(engine: Engine) -> None:
    add(engine, row(Attempt, subject="a", window_start=NOW - 9 * DAY, count=1))
    add(engine, row(Attempt, subject="b", window_start=NOW - 9 * DAY, count=1))
    old = (Attempt.window_start < NOW) & (Attempt.count < 2)

    def meanwhile(*_: Any) -> None:
        with ledger.writing(engine, "test") as session:
            session.get_one(Attempt, ("b", NOW - 9 * DAY)).count = 2

    real = border.open_session
    opened: list[int] = []

    def opening(*arguments: Any, **more: Any) -> Any:
        opened.append(1)
        if len(opened) == 2:  # between finding and deleting
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(border, "open_session", real)
                meanwhile()
        return real(*arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(border, "open_session", opening)
        assert list(retention.delete_rows(engine, Attempt, old)) == [1]
    assert left(engine, Attempt.subject) == {"b"}


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        ("2026-11-22", 36, "2023-11-22"),
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-15", 12, "2025-12-15"),
    ],
)
def test_months_are_those_of_the_calendar(at: str, months: int, before: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert retention.months_before(moment, months).date().isoformat() == before


# --- what ---------------------------------------------------------------------------------------


def test_attempts_go_when_their_window_is_over(engine: Engine) -> None:
    with clock.at(NOW):
        for days in (0, 3):
            ledger.count_attempt(
                engine,
                "sign in",
                str(days),
                limit=9,
                window=timedelta(minutes=5),
                at=NOW - days * DAY,
            )
    run(engine, NOW)
    (start,) = left(engine, Attempt.window_start)
    assert start > NOW - DAY


def test_logins_go_after_their_end_and_never_one_that_is_in_use(engine: Engine) -> None:
    somebody = row(User)
    add(engine, somebody)

    def login(name: str, created: int, seen: int, ended: int | None) -> LoginSession:
        return row(
            LoginSession,
            user_id=somebody.id,
            browser=name,
            created_at=NOW - created * DAY,
            seen_at=NOW - seen * DAY,
            ended_at=None if ended is None else NOW - ended * DAY,
        )

    add(
        engine,
        login("ended long ago", 100, 100, 95),
        login("ended lately", 100, 89, 89),
        login("idle for long", 100, 95, None),
        login("in use", 1, 0, None),
        login("in use, kept long by the settings", 200, 0, None),
    )
    run(engine, NOW, session_days=150, session_idle_hours=24 * 150)
    assert left(engine, LoginSession.browser) == {
        "ended lately",
        "idle for long",
        "in use",
        "in use, kept long by the settings",
    }
    run(engine, NOW + DAY)
    assert left(engine, LoginSession.browser) == {"ended lately", "in use"}


def test_jobs_go_when_they_are_done_and_dead_ones_wait_to_be_seen(engine: Engine) -> None:
    def job(kind: str, state: JobState, days: int) -> Job:
        at = NOW - days * DAY
        done = at if state is JobState.DONE else None
        return row(Job, kind=kind, state=state, run_at=at, created_at=at, done_at=done)

    later = NOW + 99 * DAY
    add(
        engine,
        job("done long ago", JobState.DONE, 15),
        job("done", JobState.DONE, 13),
        job("dead", JobState.DEAD, 89),
        job("dead long ago", JobState.DEAD, 91),
        row(Job, kind="waits", run_at=later, created_at=NOW - 200 * DAY),
    )
    run(engine, NOW)
    assert left(engine, Job.kind) - {clearing.CLEAR} == {"done", "dead", "waits"}


def test_mails_in_a_folder_go_and_nothing_else_in_it(engine: Engine, tmp_path: Path) -> None:
    def name(days: int) -> str:
        return f"{NOW - days * DAY:%Y%m%dT%H%M%S}-{ids.new_v7()}.eml"

    old, new, half = name(15), name(13), f".{name(15)}.part"
    others = ["20200101T000000-notes.txt", "report.eml", "20200101T000000-x.eml"]
    for each in (old, new, half, *others):
        (tmp_path / each).touch()
    for form in ("file:", "file://"):
        run(engine, NOW, mail_url=f"{form}{tmp_path}")
        assert {path.name for path in tmp_path.iterdir()} == {new, *others}
    run(engine, NOW + DAY, mail_url=f"file:{tmp_path}/missing")
    run(engine, NOW + 2 * DAY, mail_url="smtp://localhost:25")
    assert not [job for job in runs(engine) if job.last_error]


@pytest.mark.parametrize(
    ("setting", "days"),
    [("keep_attempts_days", 1), ("keep_jobs_days", 14), ("keep_logins_days", 90)],
)
def test_a_setting_moves_the_moment(setting: str, days: int) -> None:
    rule = next(rule for rule in retention.RULES.values() if rule.setting == setting)
    assert rule.before(Settings(), NOW) == NOW - days * DAY
    assert rule.before(replace(Settings(), **{setting: 5}), NOW) == NOW - 5 * DAY
