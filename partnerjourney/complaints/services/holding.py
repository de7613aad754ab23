"""Questions to a customer with an open complaint wait until it is closed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import State
from partnerjourney.surveys.models import Invitation
from partnerjourney.surveys.signals import question_must_wait


@question_must_wait.connect
def _has_open_complaint(system: Session, *, invitation: Invitation) -> bool:
    """Say whether the customer of an invitation has a complaint that is not closed.

    By the case, by the reference while the complaint has no case, and by the customer's address:
    whatever else that customer owner asked it about, in any journey.
    """
    asked = Invitation.__table__.alias()
    same_customer = exists().where(
        asked.c.customer_owner_id == invitation.customer_owner_id,
        asked.c.address_mac == invitation.address_mac,
        _about(asked.c),
    )
    query = select(Complaint.id).where(
        Complaint.state != State.CLOSED, or_(_about(invitation), same_customer)
    )
    return system.scalar(query.limit(1)) is not None


def _about(asked: Any) -> ColumnElement[bool]:
    """Say that a complaint is about the case of an invitation, or about its reference."""
    by_reference = and_(
        Complaint.case_id.is_(None), Complaint.reference == asked.reference, asked.reference != ""
    )
    return and_(
        Complaint.journey_id == asked.journey_id,
        or_(Complaint.case_id == asked.case_id, by_reference),
    )
