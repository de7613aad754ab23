"""Jobs of leaving: the day itself, making packages, and forgetting what was kept long enough."""

from __future__ import annotations

import logging
import uuid

from partnerjourney.core import border, clock
from partnerjourney.core.apart import Takeout, TakeoutState
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, enqueue, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError, Permission
from partnerjourney.core.scopes import Member, System
from partnerjourney.leaving import services
from partnerjourney.leaving.services import telling
from partnerjourney.leaving.services.ending import FORGET_JOB
from partnerjourney.leaving.services.takeouts import TAKEOUT_JOB
from partnerjourney.leaving.services.telling import TELL_JOB
from partnerjourney.organisations.queries import acting
from partnerjourney.web.mails import send_mail

log = logging.getLogger(__name__)


@handler(services.LEAVE_JOB)
def leave(context: Context, job: Job) -> None:
    """Let a party leave whose last day is over; another day was agreed, or it is done: nothing."""
    if job.thing_id is None:
        return
    with context.closing(job) as system:
        services.ending.end(system, job.thing_id, language="nl", at=context.at)


@handler(FORGET_JOB)
def forget(context: Context, job: Job) -> None:
    """Delete what somebody who left kept, once its last day of reading is over."""
    if job.organisation_id is None or job.thing_id is None:
        return
    with context.closing(job) as system:
        services.ending.forget(system, job.organisation_id, job.thing_id, at=context.at)


@handler(TAKEOUT_JOB)
def take_out(context: Context, job: Job) -> None:
    """Make a package. Who leaves while it is made gets one of what was kept on that day."""
    if job.organisation_id is None or job.thing_id is None:
        return
    owner, takeout_id = job.organisation_id, job.thing_id
    try:
        actor = _actor(context, owner, job.user_id)
        with border.open_session(context.engine, actor) as session:
            takeout = session.get(Takeout, (owner, takeout_id))
            if takeout is None or takeout.state is TakeoutState.DONE:
                return
            found = services.making.source(session, actor, takeout, at=clock.now())
        data = services.making.make(
            context.engine,
            found,
            at=clock.now(),
            progressed=lambda number: _note(context, actor, takeout_id, number),
        )
    except (NotFoundError, NotAllowedError):
        with context.closing(job) as system:
            services.making.fail(system, owner, takeout_id)
        return
    with context.closing(job) as system:
        if services.making.unchanged(system, found):
            services.making.store(system, takeout, data, at=clock.now())
            return
        enqueue(
            system,
            TAKEOUT_JOB,
            at=clock.now(),
            thing_id=takeout_id,
            organisation_id=owner,
            user_id=job.user_id,
        )


@handler(TELL_JOB, mails=True)
def tell(context: Context, job: Job) -> None:
    """Tell the admins of an organisation to look: by mail, without saying at what."""
    if job.organisation_id is None or job.thing_id is None:
        return
    with border.open_session(context.engine, System("who is told of a parting")) as session:
        found = telling.addressed(session, job.thing_id, job.organisation_id)
    if found is None:
        return
    organisation, other, admins = found
    for admin in admins:
        try:
            send_mail(
                "leaving/mail/parting",
                admin.language,
                to=admin.email,
                sender_name="PartnerJourney",
                name=admin.name,
                other=other,
                link=f"{context.settings.base_url.rstrip('/')}/o/{organisation.slug}/",
            )
        except MailNotTakenError:
            log.warning("the address of user %s was refused", admin.id)


def _actor(context: Context, organisation_id: uuid.UUID, user_id: uuid.UUID | None) -> Member:
    """Who asked, in the role of today; the package of the last day is the organisation's own."""
    if user_id is None:
        return Member(None, organisation_id, Role.ADMIN)
    with border.open_session(context.engine, System("who asked for a package")) as session:
        actor = acting(session, organisation_id, user_id)
    if actor is None:
        raise NotAllowedError(Permission.TAKEOUT_MAKE)
    return actor


def _note(context: Context, actor: Member, takeout_id: uuid.UUID, number: int) -> None:
    with border.open_session(context.engine, actor, write=True) as session, session.begin():
        services.making.progressed(session, actor.organisation_id, takeout_id, number)
