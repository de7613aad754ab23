"""Sending: what may be sent is settled, and its links are made, at the moment of sending.

First the invitation is taken (its state and its links are stored, so that a customer who is fast
finds an open link), then the mail goes out, then the sending is counted. A worker that dies in
between sends again with newer links; both work.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.jobs import Job
from partnerjourney.core.links import Purpose, new_link
from partnerjourney.core.parties import Journey
from partnerjourney.events.rules import State
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Contact, Invitation, Wave
from partnerjourney.surveys.rules import InvitationState, Suppression, WaveState
from partnerjourney.surveys.rules.asking import REMIND_AFTER, is_over, working_days_later
from partnerjourney.surveys.services import waiting
from partnerjourney.surveys.services.asking import REMIND, job, pressure
from partnerjourney.surveys.signals import CellDelta


@dataclass(frozen=True)
class Outgoing:
    """A mail that may go out now: to whom, and the tokens of its two links."""

    contact: Contact
    token: str
    stop_token: str


def take(system: Session, invitation_id: uuid.UUID, *, at: datetime) -> Outgoing | None:
    """Settle whether a question may be sent now, and make its links; None when it may not.

    One worker at a time decides for a customer owner: two waves do not ask one address at once. A
    question that something above holds back stays planned, and waits (services/waiting.py).
    """
    invitation = _held(system, invitation_id)
    if invitation is None or invitation.sent_day is not None:
        return None
    if invitation.state not in (InvitationState.PLANNED, InvitationState.SENT):
        return None
    waiting.turn(system, invitation.customer_owner_id)
    if not _open(system, invitation, at=at):
        waited = invitation.suppressed is not None
        invitation.state = InvitationState.SUPPRESSED if waited else InvitationState.EXPIRED
        return None
    before = pressure(
        system, invitation.customer_owner_id, [invitation.address_mac], at=at, but=invitation.id
    )
    reason = before.reason(invitation.address_mac, at)
    if reason is not None:
        stop = reason == Suppression.OPTED_OUT
        invitation.state = InvitationState.OPTED_OUT if stop else InvitationState.SUPPRESSED
        invitation.suppressed = reason
        return None
    if invitation.state is InvitationState.PLANNED and waiting.must_wait(system, invitation):
        invitation.suppressed = Suppression.OPEN_COMPLAINT
        return None
    contact = _contact(system, invitation)
    if contact is None:
        invitation.state = InvitationState.BOUNCED
        return None
    invitation.state, invitation.sent_at, invitation.suppressed = InvitationState.SENT, at, None
    return _outgoing(system, invitation, contact, at=at)


def take_reminder(system: Session, invitation_id: uuid.UUID, *, at: datetime) -> Outgoing | None:
    """Settle whether the one reminder may be sent now, and make its links."""
    invitation = _held(system, invitation_id)
    if invitation is None or invitation.state is not InvitationState.SENT:
        return None
    if invitation.reminded_at is not None or not _open(system, invitation, at=at):
        return None
    before = pressure(
        system, invitation.customer_owner_id, [invitation.address_mac], at=at, but=invitation.id
    )
    contact = _contact(system, invitation)
    if before.opted_out or contact is None:
        return None
    if waiting.must_wait(system, invitation):
        waiting.later(system, invitation, at=at)
        return None
    invitation.reminded_at = at
    return _outgoing(system, invitation, contact, at=at)


def sent(system: Session, invitation_id: uuid.UUID, *, delivered: bool, at: datetime) -> None:
    """Count what was sent on this day, and plan its reminder; a refused address has bounced."""
    invitation = _held(system, invitation_id)
    if invitation is None or invitation.sent_day is not None:
        return
    if invitation.state is InvitationState.EXPIRED:  # closed meanwhile: its counts stand
        return
    zone = system.scalars(
        select(Journey.time_zone).where(Journey.id == invitation.journey_id)
    ).one()
    invitation.sent_day = at.astimezone(ZoneInfo(zone)).date()
    if not delivered:
        invitation.state, invitation.sent_at = InvitationState.BOUNCED, None
    system.flush()
    fields = ("invited", "delivered") if delivered else ("invited",)
    question = system.scalars(
        select(Wave.question_id).where(
            Wave.journey_id == invitation.journey_id, Wave.id == invitation.wave_id
        )
    ).one()
    deltas = [_delta(invitation, question, field) for field in fields]
    signals.cells_changed.send(system, deltas=deltas)
    if delivered:
        later = working_days_later(at, REMIND_AFTER)
        border.bulk_insert(system, Job, [job(REMIND, invitation.id, run_at=later, at=at)])


def _held(system: Session, invitation_id: uuid.UUID) -> Invitation | None:
    return system.scalar(select(Invitation).where(Invitation.id == invitation_id).with_for_update())


def _open(system: Session, invitation: Invitation, *, at: datetime) -> bool:
    row = system.execute(
        select(Wave.state, Wave.close_on, Journey.time_zone)
        .join(Journey, Journey.id == Wave.journey_id)
        .where(Wave.journey_id == invitation.journey_id, Wave.id == invitation.wave_id)
    ).one()
    today = at.astimezone(ZoneInfo(row.time_zone)).date()
    return row.state is WaveState.OPEN and not is_over(row.close_on, today)


def _contact(system: Session, invitation: Invitation) -> Contact | None:
    if invitation.contact_id is None or invitation.contact_owner_id is None:
        return None
    return system.get(Contact, (invitation.contact_owner_id, invitation.contact_id))


def _outgoing(
    system: Session, invitation: Invitation, contact: Contact, *, at: datetime
) -> Outgoing:
    return Outgoing(
        contact,
        new_link(system, Purpose.SURVEY, invitation.id, at=at),
        new_link(system, Purpose.UNSUBSCRIBE, invitation.id, at=at),
    )


def _delta(invitation: Invitation, question_id: uuid.UUID, field: str) -> CellDelta:
    assert invitation.sent_day is not None
    return CellDelta(
        journey_id=invitation.journey_id,
        circle_id=invitation.circle_id,
        point_id=invitation.point_id,
        wave_id=invitation.wave_id,
        question_id=question_id,
        role=invitation.role,
        state=State.UNKNOWN,
        day=invitation.sent_day,
        field=field,
        by=1,
    )
