"""The worker's part: what time decides, and the people who are mailed before it does.

A mail holds no content: it says that something waits, before which day, and opens it once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import Person as Asked
from partnerjourney.answering.services import make
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.parties import (
    CircleSeat,
    Organisation,
    Participation,
    ParticipationState,
    User,
)
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.notices.jobs import DueMail, climb, due
from partnerjourney.notices.queries import first_of
from partnerjourney.notices.services import send_due
from partnerjourney.proposals.models import EmergencyChange, Proposal
from partnerjourney.proposals.rules import State, waits_for
from partnerjourney.proposals.services import closing, emergency
from partnerjourney.proposals.services.following import (
    ALARM,
    CALMED,
    CLOSE,
    FALL_BACK,
    LADDER,
)

KIND = "proposal"
EMERGENCY = "emergency"


@handler(CLOSE)
def close(context: Context, job: Job) -> None:
    """Decide a proposal whose time is up, unless somebody answered it."""
    with context.closing(job) as session:
        found = closing.find_open(session, job.thing_id) if job.thing_id else None
        if found is not None:
            closing.close(session, found, at=context.at)


@handler(FALL_BACK)
def fall_back(context: Context, job: Job) -> None:
    """Let the old text stand again when an emergency change has run its hours."""
    with context.closing(job) as session:
        if job.thing_id is not None:
            emergency.end_due(session, job.thing_id, at=context.at)


# --- mail -----------------------------------------------------------------------------------------


def _asked(session: Session, proposal_id: uuid.UUID) -> tuple[uuid.UUID, list[uuid.UUID]] | None:
    """Return the organisations that a proposal waits for while it is open."""
    found = session.scalar(select(Proposal).where(Proposal.id == proposal_id))
    if found is None or found.state is not State.OPEN or found.members:
        return None
    return found.journey_id, _organisations(session, found)


def _organisations(session: Session, proposal: Proposal) -> list[uuid.UUID]:
    """Return which organisations a proposal waits for; of a group its one member."""
    asked = [uuid.UUID(one) for one in waits_for(proposal.asked, proposal.agreed)]
    query = select(Participation.organisation_id).where(
        Participation.journey_id == proposal.journey_id,
        Participation.party_id.in_(asked),
        Participation.state == ParticipationState.ACTIVE,
    )
    if proposal.terms_id is not None:
        terms = session.get_one(HandoverTerms, (proposal.journey_id, proposal.terms_id))
        if terms.member_id is not None:
            own = (Participation.id == terms.member_id) | Participation.discreet.is_(False)
            query = query.where(own)
    return list(session.scalars(query.order_by(Participation.id)))


def _alarm(context: Context, job: Job) -> None:
    """Have everybody mailed who shares an emergency change, but for who made or ended it."""
    with context.closing(job) as session:
        found = session.scalar(select(EmergencyChange).where(EmergencyChange.id == job.thing_id))
        if found is None or (job.kind == ALARM and found.ended_at is not None):
            return
        seated = (
            select(Participation.organisation_id)
            .join(CircleSeat, CircleSeat.participation_id == Participation.id)
            .where(
                CircleSeat.journey_id == found.journey_id,
                CircleSeat.circle_id == found.circle_id,
                Participation.journey_id == found.journey_id,
                Participation.state == ParticipationState.ACTIVE,
            )
            .distinct()
        )
        for organisation_id in session.scalars(seated.order_by(Participation.organisation_id)):
            if organisation_id == job.organisation_id:
                continue
            for person in first_of(session, organisation_id, found.journey_id, context.at):
                send_due(
                    session,
                    organisation_id=organisation_id,
                    user_id=person.user_id,
                    kind=EMERGENCY,
                    thing_id=found.id,
                    key=f"{job.kind} {found.id}",
                    at=context.at,
                )


@handler(ALARM)
def alarm(context: Context, job: Job) -> None:
    """Mail the other side at once."""
    _alarm(context, job)


@handler(CALMED)
def calmed(context: Context, job: Job) -> None:
    """Mail those who share it that the old text stands again."""
    _alarm(context, job)


def _prepare_alarm(session: Session, job: Job, _at: datetime) -> DueMail | None:
    """Lead to the hand-over, where the change stands or what it fell back to."""
    found = session.scalar(select(EmergencyChange).where(EmergencyChange.id == job.thing_id))
    if found is None or job.organisation_id is None:
        return None
    slug = session.get_one(Organisation, job.organisation_id).slug
    link = f"/o/{slug}/journeys/{found.journey_id}/handovers/{found.handover_id}"
    over = found.ended_at is not None
    return DueMail(found.until.date(), link, template="proposals/mail/emergency", over=over)


def _prepare(session: Session, job: Job, at: datetime) -> DueMail | None:
    """Make the link by which one person answers, unless somebody has by now."""
    found = session.scalar(select(Proposal).where(Proposal.id == job.thing_id))
    if found is None or found.state is not State.OPEN or job.user_id is None:
        return None
    if job.organisation_id not in _organisations(session, found):
        return None
    user = session.get_one(User, job.user_id)
    person = Asked(user.name, user.email, user.language, user.id, job.organisation_id)
    shown, journey_id = str(found.id), found.journey_id
    link = make(session, KIND, found.id, person, journey_id=journey_id, shown=shown, at=at)
    return DueMail(found.due_at.date(), link, reminder=True)


due(KIND, _prepare)
climb(LADDER, KIND, _asked)
due(EMERGENCY, _prepare_alarm, alone=True)
