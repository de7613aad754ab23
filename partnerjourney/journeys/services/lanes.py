"""Verbs on the parties of a journey."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, circles
from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services.places import Place


def add_party(
    session: Session,
    actor: Actor,
    journey: Journey,
    *,
    name: str,
    at: datetime,
    kind: PartyKind = PartyKind.ORGANISATION,
    key: str | None = None,
    subtitle: str = "",
    orchestrator: bool = False,
) -> Party:
    """Add a lane; the orchestrator's own is filled by the acting organisation at once."""
    rows = session.execute(
        select(Party.key, Party.position).where(Party.journey_id == journey.id)
    ).all()
    party = Party(
        journey_id=journey.id,
        key=key or new_key(name, {row.key for row in rows}),
        name=name,
        subtitle=subtitle,
        kind=kind,
        orchestrator=orchestrator,
        position=max((row.position for row in rows), default=-1) + 1,
        confirmed_at=at if orchestrator else None,
    )
    session.add(party)
    session.flush()
    if orchestrator:
        with border.verb(session, "the coordinator fills its own party") as system:
            circles.join(
                system,
                Participation(
                    journey_id=journey.id,
                    party_id=party.id,
                    organisation_id=actor.organisation_id,
                    role=ParticipationRole.ORCHESTRATOR,
                    joined_at=at,
                ),
            )
    audit.record(session, "party.add", at=at, thing_id=party.id, journey_id=journey.id, after=name)
    return party


def draw_party(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    name: str,
    kind: PartyKind,
    subtitle: str,
    at: datetime,
) -> Party:
    """Add a lane to a journey that stands already."""
    require(actor, Permission.JOURNEY_DRAW, place)
    return add_party(session, actor, place.journey, name=name, kind=kind, subtitle=subtitle, at=at)


def confirm_party(
    session: Session, actor: Actor, place: Place, party: Party, *, at: datetime
) -> None:
    """The party says that what stands there is right; from now on it owns its cards.

    A member of a group confirms for itself; what the group shares stays the coordinator's.
    """
    require(actor, Permission.PARTY_CONFIRM, place.owned(party.id))
    with border.verb(session, "a participation confirms") as system:
        system.execute(
            update(Participation)
            .where(
                Participation.journey_id == place.id,
                Participation.party_id == party.id,
                Participation.organisation_id == actor.organisation_id,
                Participation.state == ParticipationState.ACTIVE,
                Participation.confirmed_at.is_(None),
            )
            .values(confirmed_at=at)
        )
    if party.kind is PartyKind.ORGANISATION and party.confirmed_at is None:
        party.confirmed_at = at
        party.left_at = party.left_name = party.interim_party_id = None
        session.flush()
        audit.record(session, "party.confirm", at=at, thing_id=party.id, journey_id=place.id)


def unconfirmed(session: Session, actor: Actor, place: Place) -> list[Party]:
    """Return the parties that the acting organisation fills and has not confirmed yet."""
    rows = session.scalars(
        select(Participation.party_id).where(
            Participation.journey_id == place.id,
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.confirmed_at.is_(None),
        )
    )
    waiting = set(rows)
    return [party for party in place.mine if party.id in waiting and not party.orchestrator]
