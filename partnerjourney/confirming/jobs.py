"""The mail that asks a party: one link for each question, and never what it is about."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import LASTS
from partnerjourney.confirming.models import PartyAsking
from partnerjourney.confirming.rules import AskingState
from partnerjourney.confirming.services import JOB
from partnerjourney.confirming.services.answering import link, open_rows
from partnerjourney.core import border
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import System
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations.jobs import brand_of
from partnerjourney.organisations.queries import acting
from partnerjourney.organisations.services import filled
from partnerjourney.web.mails import day_in_words, send_mail

SHOWN = 8
"""Links that one mail holds; the page after an answer leads to what is left."""

log = logging.getLogger(__name__)


@handler(JOB, mails=True)
def send(context: Context, job: Job) -> None:
    """Mail the questions that still wait, if who asked may still ask and nobody joined."""
    with border.open_session(context.engine, System("who asks a party?")) as session:
        actor = acting(session, job.organisation_id, job.user_id)
    if actor is None or job.thing_id is None:
        return
    with border.open_session(context.engine, actor) as session:
        asking = session.scalar(
            select(PartyAsking).where(
                PartyAsking.id == job.thing_id, PartyAsking.state == AskingState.OPEN
            )
        )
        if asking is None:
            return
        try:
            place = journeys.find(session, actor, asking.journey_id)
        except NotFoundError:
            return
        party = place.parties.get(asking.party_id)
        may = allows(actor, Permission.PARTY_ASK, place)
        if party is None or not may or not party.provisional or filled(session, party):
            return
        brand = session.get_one(Organisation, actor.organisation_id)
        asker = session.get(User, actor.user_id) if actor.user_id else None
    paths = _links(context, asking)
    if not paths:
        return
    base = context.settings.base_url.rstrip("/")
    try:
        send_mail(
            "confirming/mail/asked",
            asking.language,
            to=asking.email,
            sender_name=brand.name,
            reply_to=asker.email if asker else brand.reply_to,
            brand=brand_of(brand),
            organisation=brand.name,
            asker=asker.name if asker else brand.name,
            name=asking.name,
            party=party.name,
            journey=place.journey.name,
            links=[base + path for path in paths[:SHOWN]],
            number=len(paths),
            day=day_in_words((context.at + LASTS).date(), asking.language),
        )
    except MailNotTakenError:
        log.warning("the address of asking %s was refused", asking.id)
        with context.closing(job) as system:
            _bounced(system, asking)


def _links(context: Context, asking: PartyAsking) -> list[str]:
    """Make a link for each question that waits; those that no mail holds are not made."""
    scope = System("ask a party by mail")
    with border.open_session(context.engine, scope, write=True) as session, session.begin():
        rows = open_rows(session, asking)
        made = [link(session, asking, row, at=context.at) for row in rows[:SHOWN]]
        return made + [""] * (len(rows) - len(made))


def _bounced(system: Session, asking: PartyAsking) -> None:
    row = system.get_one(PartyAsking, (asking.owner_id, asking.id))
    if row.state is AskingState.OPEN:
        row.state = AskingState.BOUNCED
