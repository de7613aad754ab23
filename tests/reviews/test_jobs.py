"""The worker draws what was fixed, for who still acts for the organisation."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import clock, ids
from partnerjourney.core import jobs as queue
from partnerjourney.core.jobs import Job, JobState
from partnerjourney.core.parties import Membership
from partnerjourney.core.scopes import Member
from partnerjourney.reviews import jobs, services
from partnerjourney.reviews.models import Report, ReportState
from partnerjourney.reviews.services import DrawingError
from tests.chain import Chain
from tests.reviews.journey import NOW, make, person
from tests.web_client import settings_for


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return make(engine, "snel")


def fixed(chain: Chain) -> tuple[uuid.UUID, uuid.UUID]:
    """Let somebody of the brand ask for a report; return its id and the person's."""
    with chain.system() as session:
        user = person(session, chain, "telenoord")
    with chain.acting("telenoord") as (session, actor, place):
        asked = Member(user, actor.organisation_id, actor.role)
        return services.fix_facts(session, asked, place, language="nl", at=NOW).id, user


def work(chain: Chain, database_url: str, folder: Path) -> None:
    """Let a worker do what is due."""
    settings = settings_for(database_url, folder)
    with clock.at(NOW):
        queue.run_due(chain.engine, settings, ids.new_v4())


def report_of(chain: Chain) -> Report:
    with chain.system() as session:
        report = session.scalars(select(Report)).one()
        session.refresh(report, ["pdf"])
        return report


def test_the_worker_draws_it(chain: Chain, database_url: str, tmp_path: Path) -> None:
    fixed(chain)
    work(chain, database_url, tmp_path)
    report = report_of(chain)
    assert (report.state, report.progress, report.problem) == (ReportState.DONE, 100, None)
    assert report.pdf is not None
    assert report.pdf.startswith(b"%PDF-")
    with chain.system() as session:
        job = session.scalars(select(Job).where(Job.kind == services.MAKE_JOB)).one()
        assert job.state is JobState.DONE
        job.state, job.attempts = JobState.WAITING, 0
    before = report.pdf
    work(chain, database_url, tmp_path)  # once more changes nothing
    assert report_of(chain).pdf == before


def test_its_steps_can_be_seen(
    chain: Chain, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed(chain)
    seen: list[tuple[ReportState, int]] = []

    def draw(*_: object, **options: object) -> bytes:
        for step in (30, 50, 90):
            options["progressed"](step)  # type: ignore[operator]
            report = report_of(chain)
            seen.append((report.state, report.progress))
        return b"%PDF-x"

    monkeypatch.setattr(jobs.services, "draw", draw)
    work(chain, database_url, tmp_path)
    assert seen == [(ReportState.MAKING, step) for step in (30, 50, 90)]


@pytest.mark.parametrize("reason", ["slow", "large", "failed"])
def test_what_cannot_be_drawn_is_said_and_not_repeated(
    chain: Chain,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    fixed(chain)

    def draw(*_: object, **__: object) -> bytes:
        raise DrawingError(reason)

    monkeypatch.setattr(jobs.services, "draw", draw)
    work(chain, database_url, tmp_path)
    report = report_of(chain)
    assert (report.state, report.problem, report.pdf) == (ReportState.FAILED, reason, None)
    with chain.system() as session:
        assert session.scalars(select(Job.state).where(Job.kind == services.MAKE_JOB)).all() == [
            JobState.DONE
        ]


def test_who_left_gets_no_report(chain: Chain, database_url: str, tmp_path: Path) -> None:
    _, user = fixed(chain)
    with chain.system() as session:
        membership = session.scalars(select(Membership).where(Membership.user_id == user)).one()
        membership.ended_at = NOW
    work(chain, database_url, tmp_path)
    report = report_of(chain)
    assert (report.state, report.problem) == (ReportState.FAILED, "not_allowed")
