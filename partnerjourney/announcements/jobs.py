"""The worker's part: a mail about what a partner announces. It holds a link, and no word of it."""

from __future__ import annotations

import logging

from sqlalchemy import select

from partnerjourney.announcements.rules import When, when
from partnerjourney.announcements.services.making import today
from partnerjourney.announcements.services.shown import TABLES
from partnerjourney.announcements.services.telling import TELL_JOB
from partnerjourney.core import border
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.scopes import System
from partnerjourney.journeys import services as journeys
from partnerjourney.notices.queries import setting_of
from partnerjourney.organisations import queries as people
from partnerjourney.web.mails import send_mail

log = logging.getLogger(__name__)
OURS = "PartnerJourney"


@handler(TELL_JOB, mails=True)
def tell(context: Context, job: Job) -> None:
    """Tell one person that a partner announces something, if it may still read it."""
    if job.organisation_id is None or job.user_id is None:
        return
    with border.open_session(context.engine, System(job.kind)) as session:
        actor = people.acting(session, job.organisation_id, job.user_id)
        setting = setting_of(session, job.organisation_id, job.user_id)
        if actor is None or (setting is not None and not setting.immediate):
            return
        user = session.get_one(User, job.user_id)
        organisation = session.get_one(Organisation, job.organisation_id)
    with border.open_session(context.engine, actor) as session:
        found = None
        for table in TABLES:
            found = found or session.scalar(
                select(table).where(table.id == job.thing_id, table.withdrawn_at.is_(None))
            )
        if found is None:
            return
        try:
            place = journeys.find(session, actor, found.journey_id)
        except NotFoundError:
            return
        if when(found, today(place, context.at)) is When.PAST:
            return
        journey = place.journey.name
        brand = session.get_one(Organisation, place.journey.organisation_id).name
    base = context.settings.base_url.rstrip("/")
    try:
        send_mail(
            "announcements/mail/soon",
            user.language,
            to=user.email,
            sender_name=OURS,
            name=user.name,
            organisation=organisation.name,
            journey=journey,
            coordinator=brand,
            link=f"{base}/o/{organisation.slug}/journeys/{place.id}/announcements/",
            settings=f"{base}/account/mail",
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)
