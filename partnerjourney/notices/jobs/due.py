"""The worker's part: mailing one person at once what is due, one mail of all that is.

What is asked of somebody comes from many hands: five reminders in a minute, two lanes of one
company, a proposal and a version on the same morning. They are jobs of their own, and whichever
runs first takes the others along.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.jobs_together import done_with, take_along
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.scopes import System
from partnerjourney.notices import queries, services
from partnerjourney.notices.jobs.overviews import OURS
from partnerjourney.organisations.queries import acting
from partnerjourney.web.mails import day_in_words, send_mail

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DueMail:
    """What a mail about one thing says: before which day, and where to answer.

    `link` is a path of this site or a whole address; a link that works once is made here, when the
    mail goes out. `reminder` says that it was asked before. Another `template` says it in other
    words; `over` then tells that what it is about has ended.
    """

    day: date
    link: str
    reminder: bool = False
    template: str = "notices/mail/due"
    over: bool = False


Prepare = Callable[[Session, Job, datetime], DueMail | None]


HOLD = timedelta(minutes=2)
"""A reminder by hand waits so long: several of them, one after the other, are one mail."""
_TOGETHER: dict[str, Prepare] = {}
"""Kinds of job that one mail tells of together."""


def due(kind: str, prepare: Prepare, *, alone: bool = False) -> None:
    """Register a kind of thing that `services.send_due` mails about.

    `prepare(session, job, at)` works under System, in a transaction that is committed before the
    mail goes out; it returns None when the thing waits no more for the job's person. What is told
    `alone` has a mail of its own, whatever else is due.
    """
    name = services.due_job(kind)
    if not alone:
        _TOGETHER[name] = prepare

    @handler(name, mails=True)
    def _deliver(context: Context, job: Job) -> None:
        _send_due(context, job, prepare)


def _send_due(context: Context, job: Job, prepare: Prepare) -> None:
    if job.organisation_id is None or job.user_id is None:
        return
    scope = System("mail what is due")
    with border.open_session(context.engine, scope, write=True) as session, session.begin():
        others = _others(session, job, context.at)
        if others is None:  # an earlier mail told of it
            return
        found = []
        if _wanted(session, job.organisation_id, job.user_id):
            found = [prepare(session, job, context.at)]
            found += [_TOGETHER[one.kind](session, one, context.at) for one in _once(job, others)]
        user = session.get_one(User, job.user_id)
        organisation = session.get_one(Organisation, job.organisation_id)
    mails = sorted((one for one in found if one is not None), key=lambda one: (one.day, one.link))
    if mails:
        _send(context, user, organisation, mails)
    if others:
        done_with(context.engine, others)


def _once(job: Job, others: Sequence[Job]) -> list[Job]:
    """Leave out what is about a thing that the mail tells of already."""
    told, found = {(job.kind, job.thing_id)}, []
    for one in others:
        if (one.kind, one.thing_id) not in told:
            told.add((one.kind, one.thing_id))
            found.append(one)
    return found


def _wanted(session: Session, organisation_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Say whether somebody acts for the organisation still, and wants such mail."""
    if acting(session, organisation_id, user_id) is None:
        return False
    setting = queries.setting_of(session, organisation_id, user_id)
    return setting is None or setting.immediate


def _others(session: Session, job: Job, at: datetime) -> list[Job] | None:
    """Return what else is due for the same person, or None where the job itself was told of."""
    if job.kind not in _TOGETHER:
        return []
    return take_along(session, job, kinds=_TOGETHER, until=at + HOLD, at=at)


def _send(
    context: Context, user: User, organisation: Organisation, mails: Sequence[DueMail]
) -> None:
    """Send one mail about all of these; a single thing may say it in words of its own."""
    base = context.settings.base_url.rstrip("/")
    first = mails[0]
    things = [
        (
            day_in_words(one.day, user.language),
            base + one.link if one.link.startswith("/") else one.link,
        )
        for one in mails
    ]
    try:
        send_mail(
            first.template if len(mails) == 1 else "notices/mail/due",
            user.language,
            to=user.email,
            sender_name=OURS,
            name=user.name,
            organisation=organisation.name,
            day=things[0][0],
            reminder=all(one.reminder for one in mails),
            over=first.over,
            link=things[0][1],
            things=things,
            settings=f"{base}/account/mail",
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)
