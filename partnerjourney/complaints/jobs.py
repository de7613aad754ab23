"""The worker's part: mails that ask for an answer. Each holds a link, and no word of it."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from partnerjourney.answering import services as links
from partnerjourney.answering.services import Person
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import State
from partnerjourney.complaints.services import Matter
from partnerjourney.complaints.services.telling import BY_MAIL, REMIND_JOB, TELL_JOB
from partnerjourney.core import border
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Organisation, Participation, User
from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import System
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations import queries as people
from partnerjourney.organisations.jobs import brand_of
from partnerjourney.web.mails import send_mail

log = logging.getLogger(__name__)


@handler(TELL_JOB, mails=True)
def tell(context: Context, job: Job) -> None:
    """Tell one person of a complaint, if it still shares it and may answer."""
    _ask(context, job, "reported", State.REPORTED, State.PICKED_UP)


@handler(REMIND_JOB, mails=True)
def remind(context: Context, job: Job) -> None:
    """Ask one person whether what it promised is done, if it still is to be done."""
    _ask(context, job, "promised", State.PICKED_UP, by_picker=True)


def _ask(
    context: Context, job: Job, template: str, *states: State, by_picker: bool = False
) -> None:
    """Send a mail with a link of its own; border and policy are asked again when it runs."""
    with border.open_session(context.engine, System(job.kind)) as session:
        actor = people.acting(session, job.organisation_id, job.user_id)
    if actor is None or actor.user_id is None:
        return
    with border.open_session(context.engine, actor) as session:
        complaint = session.scalar(select(Complaint).where(Complaint.id == job.thing_id))
        if complaint is None or complaint.state not in states:
            return
        picker = session.scalar(
            select(Participation.organisation_id).where(
                Participation.journey_id == complaint.journey_id,
                Participation.id == complaint.picker_id,
            )
        )
        if by_picker and picker != actor.organisation_id:
            return
        try:
            place = journeys.find(session, actor, complaint.journey_id)
        except NotFoundError:
            return
        if not allows(actor, Permission.COMPLAINT_ANSWER, Matter(place.standing)):
            return
        user = session.get_one(User, actor.user_id)
        brand = session.get_one(Organisation, place.journey.organisation_id)
    person = Person(user.name, user.email, user.language, user.id, actor.organisation_id)
    link = context.settings.base_url.rstrip("/") + _link(context, complaint, person, context.at)
    try:
        send_mail(
            f"complaints/mail/{template}",
            user.language,
            to=user.email,
            sender_name=brand.name,
            reply_to=brand.reply_to,
            brand=brand_of(brand),
            organisation=brand.name,
            name=user.name,
            link=link,
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)


def _link(context: Context, complaint: Complaint, person: Person, at: datetime) -> str:
    """Store a link for one person, and return its path."""
    with (
        border.open_session(context.engine, System("ask by mail"), write=True) as session,
        session.begin(),
    ):
        return links.make(
            session,
            BY_MAIL,
            complaint.id,
            person,
            journey_id=complaint.journey_id,
            shown="",
            at=at,
        )
