"""`serve` and `worker`: the two processes that run the product."""

from __future__ import annotations

import logging
import signal
import threading
from dataclasses import replace
from types import FrameType
from typing import Any
from uuid import UUID

import click

from partnerjourney import features
from partnerjourney.core import (
    clearing,
    clock,
    commandline,
    dead_jobs,
    jobs,
    logs,
    mail_hold,
    memory,
)
from partnerjourney.core.commandline import Failure
from partnerjourney.core.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes (setting workers).")
def serve(port: int, workers: int | None) -> None:
    """Serve the pages until SIGINT or SIGTERM."""
    from partnerjourney.web import server

    logs.set_up(level=logging.INFO)
    installation = commandline.installation()
    settings = installation.settings
    try:
        listener = server.listen(settings.bind, port)
    except server.PortBusyError as error:
        raise Failure(str(error)) from error
    commandline.open_engine().dispose()
    if settings.base_url == Settings.base_url:
        installation.use(replace(settings, base_url=f"http://127.0.0.1:{port}"))
    server.serve(installation.app, listener, workers=workers or settings.workers)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then end.")
@click.option("--dead", is_flag=True, help="List the jobs that were given up.")
@click.option("--retry", "job_id", type=click.UUID, metavar="ID", help="Try a dead job again.")
@commandline.json_option
def worker(*, once: bool, dead: bool, job_id: UUID | None, as_json: bool) -> None:
    """Send mails and do other jobs until SIGINT or SIGTERM; the current job is finished first."""
    if as_json and not dead:
        raise click.UsageError("--json goes with --dead")
    engine = commandline.open_engine()
    if dead:
        _list_dead(as_json=as_json)
        return
    if job_id is not None:
        dead_jobs.retry(engine, job_id, at=clock.now())
        commandline.say(f"Job {job_id} will be tried again.")
        return
    logs.set_up(level=logging.INFO)
    if since := mail_hold.since(engine):
        commandline.say(
            f"Mail is held since {since:%Y-%m-%d %H:%M} UTC, after a restore:"
            " `partnerjourney db release-mail` lets it go."
        )
    _work(once=once)


def _work(*, once: bool) -> None:
    from partnerjourney.notices import jobs as overviews

    installation = commandline.installation()
    features.employ()
    stop = stopping()
    installation.engine.dispose()  # the application has its own
    app = installation.app_without_pages()
    memory.give_back()
    clearing.schedule(app.extensions["engine"], at=clock.now())
    overviews.schedule(app.extensions["engine"], at=clock.now())
    with app.app_context():
        jobs.work(app.extensions["engine"], installation.settings, stop=stop, once=once)
    if given_up := len(dead_jobs.dead(app.extensions["engine"])):
        commandline.say(f"{given_up} given up: see `partnerjourney worker --dead`.")


def stopping() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return stop


def _list_dead(*, as_json: bool) -> None:
    found = dead_jobs.dead(commandline.installation().engine)
    rows: list[dict[str, Any]] = [
        {
            "id": job.id,
            "kind": job.kind,
            "thing": job.thing_id,
            "attempts": job.attempts,
            "created_at": job.created_at,
            "error": job.last_error,
        }
        for job in found
    ]
    lines = [f"{job.id}  {job.kind}  {job.attempts} attempts  {job.last_error}" for job in found]
    commandline.answer(rows, "\n".join(lines) or "No dead jobs.", as_json=as_json)
