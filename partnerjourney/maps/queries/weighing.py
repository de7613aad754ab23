"""Customer roles, and what each card of the map is to them, in one statement."""

from __future__ import annotations

import uuid

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.maps.queries.seen import RoleRow
from partnerjourney.touchpoints.models import CardRole, CustomerRole
from partnerjourney.touchpoints.rules import Weighed

_WEIGHED = (  # asked on every map, and made once
    select(
        CustomerRole.id,
        CustomerRole.key,
        CustomerRole.kind,
        CustomerRole.name,
        CustomerRole.department,
        CardRole.card_id,
        CardRole.moment_of_truth,
        CardRole.impact,
    )
    .outerjoin(
        CardRole,
        and_(CardRole.journey_id == CustomerRole.journey_id, CardRole.role_id == CustomerRole.id),
    )
    .where(CustomerRole.journey_id == bindparam("journey"), CustomerRole.retired_at.is_(None))
    .order_by(CustomerRole.position, CustomerRole.id, CardRole.card_id)
)


def weighed_by_role(
    session: Session, journey_id: uuid.UUID
) -> tuple[tuple[RoleRow, ...], dict[uuid.UUID, tuple[Weighed, ...]]]:
    """Return the customer roles, and what each card is to them in their order."""
    roles: dict[uuid.UUID, RoleRow] = {}
    weighed: dict[uuid.UUID, tuple[Weighed, ...]] = {}
    for row in session.execute(_WEIGHED, {"journey": journey_id}):
        roles.setdefault(row.id, RoleRow(*row[:5]))
        if row.card_id is not None:
            told = Weighed(row.id, row.moment_of_truth, row.impact)
            weighed[row.card_id] = (*weighed.get(row.card_id, ()), told)
    return tuple(roles.values()), weighed
