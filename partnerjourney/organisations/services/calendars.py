"""An organisation says when it works; what is due is counted by it from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import WorkingCalendar
from partnerjourney.organisations.queries import calendar_row


def change_calendar(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    version: int,
    fields: Mapping[str, Any],
    at: datetime,
) -> WorkingCalendar:
    """Set the columns of WorkingCalendar; `version` is the one that was read, 0 for none.

    What was promised before keeps its day: a deadline is stored when it is set. Raises
    StaleVersionError when a colleague saved first.
    """
    require(actor, Permission.ORGANISATION_EDIT, organisation)
    session.get_one(Organisation, organisation.id, with_for_update=True)  # two first rows
    row = calendar_row(session, organisation.id)
    if (row.version if row is not None else 0) != version:
        raise StaleVersionError
    if row is None:
        row = WorkingCalendar(owner_id=organisation.id)
        session.add(row)
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    row.changed_at = at
    session.flush()
    audit.record(
        session,
        "organisation.calendar",
        at=at,
        thing_id=organisation.id,
        owner_id=organisation.id,
        before=before,
        after=dict(fields),
    )
    return row
