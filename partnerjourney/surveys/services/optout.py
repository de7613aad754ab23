"""No more questions: an address that asked so is not asked again by this customer owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.surveys.models import Invitation, OptOut
from partnerjourney.surveys.rules import InvitationState


@dataclass(frozen=True)
class Unsubscribing:
    """Whom the link is from, and in which words to speak."""

    invitation: Invitation
    journey: Journey
    owner: Organisation


def find(system: Session, token: str) -> Unsubscribing:
    """Return what an unsubscribe link is about, also of a closed wave; raises NotFoundError."""
    row = system.execute(
        select(Invitation, Journey, Organisation)
        .join(Link, Link.thing_id == Invitation.id)
        .join(Journey, Journey.id == Invitation.journey_id)
        .join(Organisation, Organisation.id == Invitation.customer_owner_id)
        .where(Link.token_hash == ids.token_hash(token), Link.purpose == Purpose.UNSUBSCRIBE)
    ).first()
    if row is None:
        raise NotFoundError
    return Unsubscribing(*row)


def store(system: Session, found: Unsubscribing, *, at: datetime) -> None:
    """Store the opt-out; a second time changes nothing.

    Questions that wait for this address are not sent; those that were sent get no reminder.
    """
    owner, mac = found.invitation.customer_owner_id, found.invitation.address_mac
    same = (Invitation.customer_owner_id == owner) & (Invitation.address_mac == mac)
    system.scalars(
        select(Invitation.id).where(same).order_by(Invitation.id).with_for_update()
    ).all()
    if system.get(OptOut, (owner, mac)) is None:
        system.add(OptOut(customer_owner_id=owner, address_mac=mac, at=at))
        system.flush()
    system.execute(
        update(Invitation)
        .where(same, Invitation.state == InvitationState.PLANNED)
        .values(state=InvitationState.OPTED_OUT, suppressed=None)
        .execution_options(synchronize_session=False)
    )
