"""An admin says who answers for the organisation, everywhere or in one journey."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.notices import queries
from partnerjourney.notices.models import Answerers
from partnerjourney.notices.rules import Duty

NO_MEMBER = N_("Choose somebody who is a member of your organisation.")
READS_ONLY = N_("This person reads along and cannot answer. Choose an editor or admin.")
TWICE = N_("Choose somebody else than the first contact.")


def name_answerers(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    journey_id: uuid.UUID | None,
    named: Mapping[Duty, uuid.UUID | None],
    version: int,
    at: datetime,
) -> Answerers:
    """Name who answers (a user's id, or None) for each duty; `version` 0 where nobody was yet.

    Raises InputError at the field for somebody who cannot, NotFoundError for a journey that is
    not the organisation's, StaleVersionError when a colleague saved first.
    """
    require(actor, Permission.ORGANISATION_EDIT, organisation)
    if journey_id is not None and _unseen(session, journey_id):
        raise NotFoundError
    session.get_one(Organisation, organisation.id, with_for_update=True)  # two first rows
    row = queries.answerers_rows(session, organisation.id).get(journey_id)
    if (row.version if row is not None else 0) != version:
        raise StaleVersionError
    _check(session, organisation.id, named)
    if row is None:
        row = Answerers(owner_id=organisation.id, journey_id=journey_id)
        session.add(row)
    before = {duty: getattr(row, f"{duty}_id") for duty in Duty}
    for duty in Duty:
        setattr(row, f"{duty}_id", named.get(duty))
    session.flush()
    audit.record(
        session,
        "organisation.answerers",
        at=at,
        thing_id=journey_id or organisation.id,
        owner_id=organisation.id,
        before=before,
        after=dict(named),
    )
    return row


def _unseen(session: Session, journey_id: uuid.UUID) -> bool:
    return session.scalar(select(Journey.id).where(Journey.id == journey_id)) is None


def _check(
    session: Session, organisation_id: uuid.UUID, named: Mapping[Duty, uuid.UUID | None]
) -> None:
    by_user = {one.person.user_id: one for one in queries.colleagues(session, organisation_id)}
    wrong: dict[str, list[str]] = {}
    for duty, user_id in named.items():
        if user_id is None:
            continue
        if user_id not in by_user:
            wrong[duty] = [NO_MEMBER]
        elif duty is not Duty.ESCALATION and not by_user[user_id].answers:
            wrong[duty] = [READS_ONLY]
        elif duty is Duty.DEPUTY and user_id == named.get(Duty.FIRST):
            wrong[duty] = [TWICE]
    if wrong:
        raise InputError(wrong)
