"""The worker's part: a change of very many places, in chunks, in the name of who made it."""

from __future__ import annotations

from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.scopes import System
from partnerjourney.library.models import LibraryChange
from partnerjourney.library.rules import CHUNK, Result
from partnerjourney.library.services import CHANGE_JOB, go_on
from partnerjourney.organisations.queries import acting


@handler(CHANGE_JOB)
def change(context: Context, job: Job) -> None:
    """Go on until no place waits; a run that is cut short goes on where it stopped."""
    if job.organisation_id is None or job.user_id is None or job.thing_id is None:
        return
    with border.open_session(context.engine, System(job.kind), write=True) as session:
        actor = acting(session, job.organisation_id, job.user_id)
        if actor is None:  # who made it acts for the organisation no more
            row = session.scalars(select(LibraryChange).where(LibraryChange.id == job.thing_id))
            _give_up(row.one(), context)
            session.commit()
            return
    more = True
    while more:
        with (
            border.open_session(context.engine, actor, write=True) as session,
            session.begin(),
        ):
            more = go_on(session, actor, job.thing_id, at=context.at, most=CHUNK)


def _give_up(row: LibraryChange, context: Context) -> None:
    row.places = [
        {**one, "result": Result.CANNOT.value} if one["result"] == Result.WAITS else one
        for one in row.places
    ]
    row.finished_at = context.at
