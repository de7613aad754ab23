"""Clearing: once a day the worker removes what is older than the settings keep it.

No clock outside is needed: a worker that starts asks for today's run, and each run asks for that
of tomorrow before it does anything else. The day is the dedupe key, so many workers make one run.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, or_

from partnerjourney.core import border, clock, jobs, mail, retention
from partnerjourney.core.jobs import Context, Job, JobState
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.logins import LoginSession
from partnerjourney.core.scopes import System

CLEAR = "retention.clear"
HOUR = 3
"""At this hour (UTC) a run begins; the first one as soon as a worker starts."""
LONGEST = 120.0
"""Seconds after which a run makes place for other jobs and goes on in another."""

log = logging.getLogger(__name__)


def schedule(engine: Engine, *, at: datetime) -> None:
    """Have a worker clear at `at`, unless a run for that day (UTC) was asked for already."""
    at = at.astimezone(UTC)
    with (
        border.open_session(engine, System(CLEAR), write=True) as session,
        session.begin(),
    ):
        jobs.enqueue(session, CLEAR, at=clock.now(), run_at=at, dedupe_key=at.date().isoformat())


@jobs.handler(CLEAR)
def clear(context: Context, job: Job) -> None:
    """Clear by every rule; a rule that fails keeps no other from its turn, and is tried again."""
    tomorrow = context.at.astimezone(UTC) + timedelta(days=1)
    schedule(context.engine, at=tomorrow.replace(hour=HOUR, minute=0, second=0, microsecond=0))
    ends, left = time.monotonic() + LONGEST, False
    failed: Exception | None = None
    for rule in list(retention.RULES.values()):
        try:
            left |= _clear_by(rule, context, ends)
        except Exception as error:  # noqa: BLE001 - raised below, once the others had their turn
            failed = error
    if failed is not None:
        raise failed
    with context.closing(job) as session:
        if left:
            jobs.enqueue(session, CLEAR, at=clock.now())


def _clear_by(rule: retention.Rule, context: Context, ends: float) -> bool:
    """Remove what one rule names; say whether time was up before all of it was gone."""
    gone = 0
    before = rule.before(context.settings, context.at)
    try:
        for number in rule.clear(context.engine, context.settings, before):
            gone += number
            if time.monotonic() > ends:
                return True
    finally:
        if gone:
            log.info("cleared: %s %s", gone, rule.what)
    return False


# --- what the core itself keeps for a while -------------------------------------------------------


@retention.rule("attempts", setting="keep_attempts_days")
def _attempts(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Counters of windows that are over."""
    yield from retention.delete_rows(engine, Attempt, Attempt.window_start < before)


@retention.rule("signed-in browsers", setting="keep_logins_days")
def _logins(engine: Engine, settings: Any, before: datetime) -> Iterator[int]:
    """Logins that ended, were left idle or grew too old so long ago."""
    over = or_(
        LoginSession.seen_at < before - timedelta(hours=settings.session_idle_hours),
        LoginSession.created_at < before - timedelta(days=settings.session_days),
    )
    yield from retention.delete_rows(
        engine,
        LoginSession,
        or_(LoginSession.ended_at < before, LoginSession.ended_at.is_(None) & over),
    )


@retention.rule("done jobs", setting="keep_jobs_days")
def _done_jobs(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Jobs that did what they were for."""
    yield from retention.delete_rows(
        engine, Job, (Job.state == JobState.DONE) & (Job.done_at < before)
    )


@retention.rule("dead jobs", setting="keep_dead_jobs_days")
def _dead_jobs(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Jobs that were given up and that nobody has tried again since."""
    yield from retention.delete_rows(
        engine, Job, (Job.state == JobState.DEAD) & (Job.run_at < before)
    )


_MAIL = re.compile(r"\.?(\d{8}T\d{6})-[0-9a-f-]{36}\.eml(\.part)?")


@retention.rule("mails in the folder", setting="keep_mail_days")
def _mails(_engine: Engine, settings: Any, before: datetime) -> Iterator[int]:
    """Mails that were written to a folder, by the moment in their name; nothing else in it."""
    folder = mail.folder(settings.mail_url)
    if folder is None or not folder.is_dir():
        return
    stamp = before.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    for path in sorted(folder.iterdir()):
        if _is_old(path, stamp):
            path.unlink(missing_ok=True)
            yield 1


def _is_old(path: Path, stamp: str) -> bool:
    found = _MAIL.fullmatch(path.name)
    return found is not None and found[1] < stamp
