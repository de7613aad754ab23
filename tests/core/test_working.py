"""What a worker does with jobs that fail, that wait for mail, and that were given up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock, dead_jobs, ids, jobs, logs, mail, mail_hold
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, JobState
from partnerjourney.core.scopes import System
from tests.command import call
from tests.core import smtp_server

A_MAIL = mail.Mail("jan@example.org", "Hallo", "Dag", "<p>Dag</p>", "Merk")


@pytest.fixture
def handlers() -> Iterator[dict[str, Any]]:
    """Give the table of handlers, put back afterwards."""
    before = dict(jobs.HANDLERS)
    yield jobs.HANDLERS
    jobs.HANDLERS.clear()
    jobs.HANDLERS.update(before)


@pytest.fixture
def outbox(tmp_path: Any, handlers: dict[str, Any]) -> Any:
    """Give a folder into which jobs of the kind `mail` write."""
    handlers["mail"] = lambda context, job: mail.send(
        A_MAIL, url=context.settings.mail_url, sender="a@b.example"
    )
    handlers["other"] = lambda context, job: None
    return tmp_path / "mail"


def enqueue(engine: Engine, *kinds: str) -> None:
    """Add a job of each kind."""
    with border.open_session(engine, System("test"), write=True) as session:
        for kind in kinds:
            jobs.enqueue(session, kind, at=clock.now())
        session.commit()


def found(engine: Engine) -> dict[str, Job]:
    """Return the jobs by kind."""
    with border.open_session(engine, System("test")) as session:
        return {job.kind: job for job in session.scalars(select(Job))}


def work(engine: Engine, outbox: Any = None) -> None:
    """Do all that is due."""
    settings = SimpleNamespace(mail_url=f"file:{outbox}")
    jobs.work(engine, settings, stop=threading.Event(), once=True)


def test_held_mail_waits_unharmed_while_other_work_goes_on(engine: Engine, outbox: Any) -> None:
    with border.open_session(engine, System("test"), write=True) as session:
        mail_hold.hold(session, reason="restore", at=clock.now())
        session.commit()
    enqueue(engine, "mail", "other", "mail")
    for _ in range(10):  # more often than a job may fail
        work(engine, outbox)
    assert found(engine)["other"].state is JobState.DONE
    waiting = found(engine)["mail"]
    assert (waiting.state, waiting.attempts, waiting.last_error) == (JobState.WAITING, 0, None)
    assert not outbox.exists()
    assert mail_hold.release(engine)
    assert not mail_hold.release(engine)
    work(engine, outbox)
    assert found(engine)["mail"].state is JobState.DONE
    assert len(list(outbox.glob("*.eml"))) == 2


def test_mail_that_a_request_sends_itself_is_not_held(tmp_path: Any) -> None:
    mail.send(A_MAIL, url=f"file:{tmp_path}", sender="a@b.example")
    assert list(tmp_path.glob("*.eml"))


def fail_until_dead(engine: Engine) -> Job:
    """Try a failing job until it is given up."""
    at = clock.now()
    for number in range(jobs.MOST_ATTEMPTS):
        with clock.at(at + number * timedelta(hours=7)):
            work(engine)
    return found(engine)["bad"]


def test_a_job_that_fails_is_given_up_seen_and_tried_again(
    engine: Engine, database_url: str, handlers: dict[str, Any]
) -> None:
    def bad(context: Context, job: Job) -> None:
        raise ValueError("https://x.example/s/abcdefghijklmnopqrstuvwxyz is wrong")

    handlers["bad"] = bad
    enqueue(engine, "bad")
    job = fail_until_dead(engine)
    assert (job.state, job.attempts) == (JobState.DEAD, jobs.MOST_ATTEMPTS)
    told = call("worker", "--dead", "--json", database_url=database_url)
    (listed,) = json.loads(told.stdout)
    assert listed["id"] == str(job.id)
    assert listed["error"] == "ValueError: https://x.example/*** is wrong"
    assert call("worker", "--retry", str(job.id), database_url=database_url).exit_code == 0
    assert found(engine)["bad"].state is JobState.WAITING
    again = call("worker", "--retry", str(job.id), database_url=database_url)
    assert (again.exit_code, again.stdout) == (4, "")
    handlers["bad"] = lambda context, job: None
    work(engine)
    assert not dead_jobs.dead(engine)
    assert found(engine)["bad"].state is JobState.DONE


@pytest.mark.parametrize(
    "answer",
    [
        "451 4.7.1 <jan@example.org> greylisted, see https://mail.example/why?jan@example.org",
        '450 user "jan"@example.org of jan@example.org is over quota',
    ],
)
def test_what_a_mail_server_says_of_an_address_is_not_stored(
    engine: Engine, handlers: dict[str, Any], caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    with smtp_server.serving() as server:
        server.refusal = answer
        handlers["mail"] = lambda context, job: mail.send(
            A_MAIL, url=f"smtp://127.0.0.1:{server.port}", sender="a@b.example"
        )
        enqueue(engine, "mail")
        work(engine)
    job = found(engine)["mail"]
    assert job.state is JobState.WAITING
    error = job.last_error or ""
    assert error.startswith("SMTPRecipientsRefused: ")
    assert answer[:3] in error
    logged = logs.Redacting("%(message)s").format(caplog.records[-1])
    for text in (error, logged):
        assert "jan" not in text
        assert "example.org" not in text


def test_only_dead_jobs_are_retried(engine: Engine) -> None:
    with pytest.raises(NotFoundError):
        dead_jobs.retry(engine, ids.new_v7(), at=clock.now())


def test_a_job_that_ends_its_worker_every_time_is_given_up(engine: Engine) -> None:
    enqueue(engine, "poison")
    at = clock.now()
    for number in range(jobs.MOST_CLAIMS + 1):  # claimed, and never heard of again
        jobs.claim(engine, ids.new_v4(), at=at + number * (jobs.LEASE + timedelta(seconds=1)))
    assert [job.kind for job in dead_jobs.dead(engine)] == ["poison"]


def test_who_lost_the_lease_leaves_no_effect(engine: Engine) -> None:
    enqueue(engine, "other")
    at = clock.now()
    (mine,) = jobs.claim(engine, ids.new_v4(), at=at)
    (theirs,) = jobs.claim(engine, ids.new_v4(), at=at + 2 * jobs.LEASE)
    assert mine.id == theirs.id
    context = Context(engine, None, at)
    with pytest.raises(jobs.LeaseLostError), context.closing(mine) as session:
        mail_hold.hold(session, reason="an effect", at=at)
    assert mail_hold.since(engine) is None
    with context.closing(theirs) as session:
        mail_hold.hold(session, reason="an effect", at=at)
    assert mail_hold.since(engine) == at
    assert found(engine)["other"].state is JobState.DONE
