"""Forgetting: complaints go after their time, and say nothing more of a customer that is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint, ComplaintEntry, ComplaintHandover
from partnerjourney.complaints.rules import Act, State
from partnerjourney.complaints.services import sharing
from partnerjourney.core import retention
from partnerjourney.surveys.models import Invitation
from partnerjourney.surveys.signals import customer_erased


@customer_erased.connect
def _forget_customer(system: Session, *, invitations: Collection[Invitation], at: datetime) -> None:
    """Take what was written of a customer out of its complaints, and close them.

    That there was one, of which kind, and how long it took stays: it tells of nobody.
    """
    cases = {(row.journey_id, row.case_id) for row in invitations if row.case_id}
    references = {(row.journey_id, row.reference) for row in invitations if row.reference}
    found = system.scalars(
        select(Complaint)
        .where(
            or_(
                tuple_(Complaint.journey_id, Complaint.case_id).in_(cases),
                tuple_(Complaint.journey_id, Complaint.reference).in_(references),
            )
        )
        .order_by(Complaint.id)
        .with_for_update()
    ).all()
    for complaint in found:
        complaint.reference = complaint.title = complaint.details = complaint.needs = ""
        complaint.case_id = complaint.happened_on = None
        if complaint.open:
            complaint.state, complaint.closed_at = State.CLOSED, at
            sharing.add_entry(system, complaint, Act.CLOSE, by=None, at=at)
        system.flush()
        system.execute(
            update(ComplaintEntry)
            .where(
                ComplaintEntry.journey_id == complaint.journey_id,
                ComplaintEntry.complaint_id == complaint.id,
            )
            .values(text="")
            .execution_options(synchronize_session=False)
        )


@retention.rule("complaints", setting="keep_complaints_months")
def _complaints(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Complaints that were closed, or left lying, so long ago, with all that was said of them."""
    old = or_(
        Complaint.closed_at < before, Complaint.closed_at.is_(None) & (Complaint.due_at < before)
    )

    def clear(session: Session, found: Sequence[Any]) -> int:
        keys = [tuple(row) for row in found]
        gone = session.execute(
            select(Complaint.journey_id, Complaint.id)
            .where(tuple_(Complaint.journey_id, Complaint.id).in_(keys), old)
            .with_for_update()
        ).all()
        here = [tuple(row) for row in gone]
        for table in (ComplaintEntry, ComplaintHandover):
            _delete(session, table, tuple_(table.journey_id, table.complaint_id).in_(here))
        _delete(session, Complaint, tuple_(Complaint.journey_id, Complaint.id).in_(here))
        return len(here)

    yield from retention.batches(
        engine, select(Complaint.journey_id, Complaint.id).where(old), clear
    )


def _delete(session: Session, table: type[Any], where: Any) -> None:
    session.execute(delete(table).where(where).execution_options(synchronize_session=False))
