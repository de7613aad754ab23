"""Agreeing the terms of a hand-over: one side changes them, the other sees and confirms it.

Until proposals exist, a change by one side takes effect at once and stands as unconfirmed until
the other side confirms it; `terms.before` keeps what stood there. The definition of a hand-over
with a group is confirmed when its members are: services/settling.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.handovers.services.edges import Edge
from partnerjourney.handovers.services.settling import settle
from partnerjourney.journeys.services import Place


def may_change(actor: Actor, edge: Edge) -> None:
    """Raise NotAllowedError unless the actor stands at one side of this hand-over."""
    require(actor, Permission.HANDOVER_EDIT, edge)


def change(
    session: Session,
    actor: Actor,
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Change the terms of one circle, and what the customer is told; takes effect at once.

    The other side sees the change as unconfirmed. A change to the definition of a hand-over with
    a group goes to each member's row too. Raises StaleVersionError when another saved first.
    """
    require(actor, Permission.HANDOVER_EDIT, edge)
    content = edge.handover.content
    told = fields.get("told", content.told)
    if terms.version != version:
        raise StaleVersionError(
            {name: getattr(terms, name, getattr(content, name, None)) for name in fields}
        )
    only_member = bool(edge.standing.group_ids & {content.from_party_id, content.to_party_id})
    if told != content.told and only_member:
        raise InputError({"told": [N_("The coordinator writes this for the whole group.")]})
    if awaits_me(place, edge, terms):
        raise InputError({"_schema": [N_("First confirm what the other side changed.")]})
    wanted = {name: value for name, value in fields.items() if name in TERMS}
    old = {name: getattr(terms, name) for name in wanted}
    rows = [terms] if only_member or terms is not edge.terms[0] else list(edge.terms)
    for row in rows:
        pending = set(row.before or ()) if awaits_me(place, edge, row) else set()
        mine = wanted if row is terms else _still_shared(row, wanted, old, pending=pending)
        _apply(session, place, edge, row, mine, told, at)
    if told != content.told:
        content.told = told
    session.flush()
    _settle(session, place, edge)  # none of it may have reached a member


def _settle(session: Session, place: Place, edge: Edge) -> None:
    if all(row.member_id is None for row in edge.terms):
        return
    with border.verb(session, "settle a definition") as system:
        settle(system, place.id, edge.handover.id)
    for row in edge.terms:
        if row.member_id is None:
            session.refresh(row)


def _still_shared(
    row: HandoverTerms, wanted: Mapping[str, Any], old: Mapping[str, Any], *, pending: Set[str]
) -> dict[str, Any]:
    """What of a change to the definition reaches a member: never what it agreed for itself.

    `pending` are fields that the member changed and that wait for this side.
    """
    return {
        name: value
        for name, value in wanted.items()
        if value != old[name] and getattr(row, name) == old[name] and name not in pending
    }


def _apply(
    session: Session,
    place: Place,
    edge: Edge,
    row: HandoverTerms,
    wanted: Mapping[str, Any],
    told: str,
    at: datetime,
) -> None:
    content = edge.handover.content
    now = {name: getattr(row, name) for name in wanted} | {"told": content.told}
    after = {**wanted, "told": told}
    changed = {name: value for name, value in now.items() if after[name] != value}
    if not changed:
        return
    for name in changed.keys() & wanted.keys():
        setattr(row, name, wanted[name])
    party_id = _my_side(place, edge)
    if _other_must_confirm(place, edge):
        kept = {**changed, **(row.before or {})}
        row.before = {n: v for n, v in kept.items() if n not in after or after[n] != v} or None
        row.changed_by_id = party_id if row.before else None
        row.changed_at = at if row.before else None
    audit.record(
        session,
        "handover.change",
        at=at,
        thing_id=edge.handover.id,
        journey_id=place.id,
        circle_id=row.circle_id,
        before=changed,
        after={n: after[n] for n in changed},
    )


def _my_side(place: Place, edge: Edge) -> uuid.UUID | None:
    """Under whose name a change stands; who acts for a provisional party signs as itself."""
    standing = place.standing
    own = standing.party_ids | standing.group_ids
    for party_id in (edge.from_party_id, edge.to_party_id):
        if party_id in own:
            return party_id
    return place.orchestrator.id if place.orchestrator else None


def _other_must_confirm(place: Place, edge: Edge) -> bool:
    """Whether somebody else stands at an end who can say yes."""
    standing = place.standing
    own = standing.party_ids | standing.group_ids
    return any(
        place.parties[party_id].kind is PartyKind.GROUP
        or (
            place.parties[party_id].kind is PartyKind.ORGANISATION
            and place.parties[party_id].confirmed_at is not None
        )
        for party_id in {edge.from_party_id, edge.to_party_id} - own
    )


def awaits_me(place: Place, edge: Edge, terms: HandoverTerms) -> bool:
    """Say whether this change waits for the acting organisation's confirmation."""
    standing = place.standing
    mine = (standing.party_ids | standing.group_ids) & {edge.from_party_id, edge.to_party_id}
    return bool(terms.before) and bool(mine) and terms.changed_by_id not in mine


def confirm(
    session: Session,
    actor: Actor,
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    *,
    version: int,
    at: datetime,
) -> None:
    """Say yes to what the other side changed, exactly as it was shown (`version`).

    The last yes of a group's members settles the definition, in the same transaction.
    """
    require(actor, Permission.HANDOVER_CONFIRM, edge)
    if terms.version != version:
        raise StaleVersionError({"before": terms.before})
    if not awaits_me(place, edge, terms):
        raise ConflictError("nothing waits for your confirmation here")
    terms.before = terms.changed_by_id = terms.changed_at = None
    session.flush()
    audit.record(
        session,
        "handover.confirm",
        at=at,
        thing_id=edge.handover.id,
        journey_id=place.id,
        circle_id=terms.circle_id,
    )
    _settle(session, place, edge)
