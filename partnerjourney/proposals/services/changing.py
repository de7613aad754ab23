"""Changing a hand-over: what is one's own holds at once, the rest is put to the other side."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, workdays
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of_party
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import (
    ANSWER_WITHIN,
    HANDOVER_FIELDS,
    Change,
    FieldClass,
    State,
    Subject,
    differing,
    read,
    stands,
    written,
)
from partnerjourney.proposals.services import mandates, noting
from partnerjourney.proposals.services import sides as sides_of
from partnerjourney.proposals.services.sides import Sides


@dataclass(frozen=True)
class Outcome:
    """What became of a change: fields that hold now, under whose mandate, and what waits."""

    applied: tuple[str, ...] = ()
    mandated: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = field(default=())


@dataclass(frozen=True)
class _Sorted:
    """The fields of a change by what each needs."""

    at_once: dict[str, Any]
    by_mandate: dict[str, Any]
    proposed: dict[str, Change]


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
    reason: str = "",
) -> Outcome:
    """Change a hand-over as far as the actor may, and propose the rest to who must agree.

    The hand-over was read with its lock. Raises StaleVersionError when another saved first, and
    InputError for a proposal without a reason and for what a group's member does not write.
    """
    require(actor, Permission.HANDOVER_EDIT, edge)
    now = handovers.standing_terms(edge.handover, terms)
    if terms.version != version:
        raise StaleVersionError({name: now[name] for name in fields if name in now})
    wanted = differing(now, {n: v for n, v in fields.items() if n in HANDOVER_FIELDS})
    if not wanted:
        return Outcome()
    sides = sides_of.of(place, edge, terms)
    if "told" in wanted and sides.of_member:
        raise InputError({"told": [N_("The coordinator writes this for the whole group.")]})
    let = mandates.held(session, actor, place, at=at)
    needs = _sort(sides, wanted, let)
    if needs.proposed and not reason.strip():
        raise InputError({"reason": [N_("Say why: the other side decides on it.")]})
    _write(session, place, edge, terms, needs.at_once, at=at, verb="handover.change")
    _write(session, place, edge, terms, needs.by_mandate, at=at, verb="handover.mandate")
    for party_id in {one for name in needs.by_mandate for one in sides.asked_for(name)}:
        mandates.note_use(session, let[party_id], at=at)
    made = _propose(session, actor, place, edge, terms, sides, needs.proposed, reason.strip(), at)
    return Outcome(tuple(needs.at_once), tuple(needs.by_mandate), tuple(made))


def _sort(sides: Sides, wanted: Mapping[str, Change], let: Collection[uuid.UUID]) -> _Sorted:
    free = {name for name in wanted if sides.at_once(name)}
    covered = {
        name
        for name in wanted.keys() - free
        if HANDOVER_FIELDS[name] is not FieldClass.PROMISE
        and set(sides.asked_for(name)) <= set(let)
    }
    return _Sorted(
        {name: wanted[name].after for name in wanted if name in free},
        {name: wanted[name].after for name in wanted if name in covered},
        {name: one for name, one in wanted.items() if name not in free | covered},
    )


def _write(
    session: Session,
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    fields: Mapping[str, Any],
    *,
    at: datetime,
    verb: str,
) -> None:
    """Write what needs no answer; of a group's definition also for members that still share it."""
    if not fields:
        return
    old = handovers.standing_terms(edge.handover, terms)
    rows = [terms]
    if terms.member_id is None and not place.standing.group_ids & {
        edge.from_party_id,
        edge.to_party_id,
    }:
        rows = list(edge.terms)
    for row in rows:
        mine = {
            n: v
            for n, v in fields.items()
            if row is terms or (n != "told" and getattr(row, n) == old[n])
        }
        handovers.write(session, edge.handover, row, mine, at=at, verb=verb)
        make_stale(session, edge.handover, row, at=at)


def _propose(
    session: Session,
    actor: Actor,
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    sides: Sides,
    fields: Mapping[str, Change],
    reason: str,
    at: datetime,
) -> list[Proposal]:
    if "told" in fields and sides.told_by != sides.asked:  # no member of the group is asked that
        heard, rest = {"told": fields["told"]}, {n: one for n, one in fields.items() if n != "told"}
        apart = replace(sides, asked=sides.told_by)
        first = _make(session, actor, place, edge, terms, apart, heard, reason, at)
        return [first, *_propose(session, actor, place, edge, terms, sides, rest, reason, at)]
    if not fields:
        return []
    rows = [terms]
    if definition := terms.member_id is None and bool(edge.terms[1:]):
        rows += [row for row in edge.terms[1:] if _shares(row, fields)]
        if len(rows) == 1:  # each member has agreed something else for itself: nobody is asked
            new = {name: one.after for name, one in fields.items()}
            _write(session, place, edge, terms, new, at=at, verb="handover.change")
            return []
    made = [
        _make(session, actor, place, edge, row, sides, _of(row, terms, fields), reason, at)
        for row in rows
    ]
    if definition:
        made[0].members = [str(one.id) for one in made[1:]]
        session.flush()
    return made


def _shares(row: HandoverTerms, fields: Mapping[str, Change]) -> bool:
    return any(getattr(row, name) == one.before for name, one in fields.items())


def _of(
    row: HandoverTerms, terms: HandoverTerms, fields: Mapping[str, Change]
) -> dict[str, Change]:
    """What of a change to the definition is put to a member: never what it agreed for itself."""
    if row is terms:
        return dict(fields)
    return {name: one for name, one in fields.items() if getattr(row, name) == one.before}


def _make(
    session: Session,
    actor: Actor,
    place: Place,
    edge: Edge,
    row: HandoverTerms,
    sides: Sides,
    fields: Mapping[str, Change],
    reason: str,
    at: datetime,
) -> Proposal:
    _withdraw_own(session, row, sides.by.id, fields, at)
    made = Proposal(
        journey_id=place.id,
        circle_id=row.circle_id,
        subject=Subject.HANDOVER,
        handover_id=edge.handover.id,
        terms_id=row.id,
        by_party_id=sides.by.id,
        by_organisation_id=actor.organisation_id,
        fields=written(fields),
        reason=reason,
        asked=[str(party_id) for party_id in sides.asked],
        made_at=at,
        due_at=due_at(session, place.id, sides.asked, at, member_id=row.member_id),
    )
    session.add(made)
    session.flush()
    noting.note_made(session, made, at=at)
    signals.made.send(session, proposal=made, at=at)
    return made


def due_at(
    session: Session,
    journey_id: uuid.UUID,
    asked: Iterable[uuid.UUID],
    at: datetime,
    *,
    days: int = ANSWER_WITHIN,
    member_id: uuid.UUID | None = None,
) -> datetime:
    """Return the close of the last working day to answer, by the calendars of the asked."""
    with border.verb(session, "whose calendar decides") as system:
        return max(
            workdays.deadline(
                at,
                days,
                calendar_of_party(system, journey_id, party_id, participation_id=member_id),
            )
            for party_id in asked
        )


def _withdraw_own(
    session: Session,
    row: HandoverTerms,
    party_id: uuid.UUID,
    fields: Mapping[str, Change],
    at: datetime,
) -> None:
    """What the same party proposes anew takes the place of what it proposed before."""
    for earlier in open_on(session, row):
        if earlier.by_party_id == party_id and earlier.fields.keys() & fields.keys():
            earlier.state, earlier.decided_at = State.WITHDRAWN, at
    session.flush()


def open_on(session: Session, terms: HandoverTerms) -> list[Proposal]:
    """Return the open proposals for these terms, held until the transaction ends."""
    return list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.journey_id == terms.journey_id,
                Proposal.terms_id == terms.id,
                Proposal.state == State.OPEN,
            )
            .order_by(Proposal.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def make_stale(
    session: Session, handover: Handover, terms: HandoverTerms, *, at: datetime
) -> list[Proposal]:
    """Mark the open proposals that were made upon what does not stand any more; return them."""
    now = handovers.standing_terms(handover, terms)
    found = [p for p in open_on(session, terms) if not stands(read(p.fields), now)]
    for proposal in found:
        proposal.state, proposal.decided_at = State.STALE, at
        signals.decided.send(session, proposal=proposal, at=at)
    session.flush()
    return found
