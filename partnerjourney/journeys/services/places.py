"""Where the acting organisation stands in a journey; `find` is where every request begins."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.core import apart
from partnerjourney.core.errors import ConflictError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import Permission, Standing, require
from partnerjourney.core.scopes import Actor, Member, Scope


@dataclass(frozen=True)
class Place:
    """One journey as the acting organisation stands in it; the thing of journey permissions."""

    journey: Journey
    standing: Standing
    parties: Mapping[uuid.UUID, Party]

    @property
    def id(self) -> uuid.UUID:
        """The id of the journey."""
        return self.journey.id

    def owned(self, party_id: uuid.UUID) -> Owned:
        """Return what the policy asks about something that a party owns."""
        return Owned(self.standing, party_id)

    def under(self, mandated_ids: Iterable[uuid.UUID]) -> Place:
        """Return the same place with mandates of these parties (proposals/services/mandates.py)."""
        return replace(self, standing=replace(self.standing, mandated_ids=frozenset(mandated_ids)))

    @property
    def orchestrator(self) -> Party | None:
        """The party that coordinates."""
        return next((party for party in self.parties.values() if party.orchestrator), None)

    @property
    def mine(self) -> list[Party]:
        """The parties that the acting organisation fills."""
        filled = self.standing.party_ids | self.standing.group_ids
        return [party for party in self.parties.values() if party.id in filled]


@dataclass(frozen=True)
class Owned:
    """Something of one party, as the policy sees it."""

    standing: Standing
    party_id: uuid.UUID


def find(session: Session, actor: Scope, journey_id: uuid.UUID, *, lock: bool = False) -> Place:
    """Return a journey of the actor's; raises NotFoundError outside it.

    To an organisation that is suspended or left it is an ApartError, which says so.
    """
    if not isinstance(actor, Actor):
        raise NotFoundError
    if lock:
        session.execute(_LOCKED, {"journey": journey_id})
    given = {"me": actor.organisation_id, "journey": journey_id}
    rows: Sequence[Any] = session.execute(_JOURNEY, given).all()
    if not rows:
        raise apart.missing(session, journey_id) if isinstance(actor, Member) else NotFoundError
    place = _placed(actor, rows[0][0], [row[1:] for row in rows if row[1] is not None])
    require(actor, Permission.JOURNEY_READ, place)
    return place


def find_by_slug(session: Session, actor: Actor, slug: str) -> Place:
    """Return a journey by `slug` or `owner/slug`; raises NotFoundError, ConflictError for two."""
    owner, _, name = slug.rpartition("/")
    query = select(Journey).where(Journey.slug == name, Journey.retired_at.is_(None))
    if owner:
        query = query.join(Organisation, Organisation.id == Journey.organisation_id).where(
            Organisation.slug == owner
        )
    found = session.scalars(query).all()
    if not found:
        raise NotFoundError
    if len(found) > 1:
        raise ConflictError(f"several journeys are called {name}: say ORGANISATION/{name}")
    return place_of(session, actor, found[0])


# Asked on every page, and made once.
_FILLED = (
    (Participation.journey_id == Party.journey_id)
    & (Participation.party_id == Party.id)
    & (Participation.organisation_id == bindparam("me"))
    & (Participation.state == ParticipationState.ACTIVE)
)
_EVERYWHERE = (
    select(Party, Participation)
    .outerjoin(Participation, _FILLED)
    .where(Party.retired_at.is_(None))
    .order_by(Party.position, Party.id)
)
_PARTIES = _EVERYWHERE.where(Party.journey_id == bindparam("journey"))
_LOCKED = (
    select(Journey.id)
    .where(Journey.id == bindparam("journey"), Journey.retired_at.is_(None))
    .with_for_update(key_share=True)
)
_JOURNEY = (
    select(Journey, Party, Participation)
    .outerjoin(Party, (Party.journey_id == Journey.id) & Party.retired_at.is_(None))
    .outerjoin(Participation, _FILLED)
    .where(Journey.id == bindparam("journey"), Journey.retired_at.is_(None))
    .order_by(Party.position, Party.id)
)


def all_places(session: Session, actor: Actor) -> list[Place]:
    """Return every journey of the actor's as it stands there, by name; two statements."""
    query = select(Journey).where(Journey.retired_at.is_(None)).order_by(Journey.name, Journey.id)
    found = session.scalars(query).all()
    rows: dict[uuid.UUID, list[Any]] = {journey.id: [] for journey in found}
    for row in session.execute(_EVERYWHERE, {"me": actor.organisation_id}):
        if row[0].journey_id in rows:
            rows[row[0].journey_id].append(row)
    return [_placed(actor, journey, rows[journey.id]) for journey in found]


def place_of(session: Session, actor: Actor, journey: Journey) -> Place:
    """Return where the acting organisation stands in a journey, with its parties in order."""
    rows = session.execute(_PARTIES, {"me": actor.organisation_id, "journey": journey.id}).all()
    return _placed(actor, journey, rows)


def _placed(actor: Actor, journey: Journey, rows: Sequence[Any]) -> Place:
    parties = {party.id: party for party, _ in rows}
    found = cast(Iterable[Participation | None], (part for _, part in rows))
    taken = [part for part in found if part is not None]
    leads = any(part.role is ParticipationRole.ORCHESTRATOR for part in taken)
    acting = [p for p in taken if p.role is not ParticipationRole.OBSERVER]
    filled = {p.party_id for p in acting if not p.discreet}
    unconfirmed = [p for p in parties.values() if p.confirmed_at is None]
    interim = [
        p.id
        for p in unconfirmed
        if (leads if p.interim_party_id is None else p.interim_party_id in filled)
    ]
    watches = bool(taken) and all(p.role is ParticipationRole.OBSERVER for p in taken)
    standing = Standing(
        journey_id=journey.id,
        organisation_id=actor.organisation_id,
        party_ids=frozenset(filled),
        group_ids=frozenset(p.party_id for p in acting if p.discreet),
        orchestrates=leads or journey.organisation_id == actor.organisation_id,
        observes=watches,
        interim_ids=frozenset(interim),
        interim_sides=frozenset(
            p.id for p in unconfirmed if leads and p.kind is not PartyKind.CUSTOMER
        ),
    )
    return Place(journey, standing, parties)


UNSAID = object()


@dataclass(frozen=True, slots=True)
class Base:
    """What was on the screen when somebody decided: a version, and what the command changes."""

    version: int
    was: object = UNSAID

    def require(self, version: int, now: object = None) -> None:
        """Raise StaleVersionError where the row went on and what the command changes differs."""
        if self.version != version and (self.was is UNSAID or self.was != now):
            raise StaleVersionError


def update_row(session: Session, row: Any, *, version: int, fields: Mapping[str, Any]) -> bool:
    """Set fields on a versioned row; raises StaleVersionError with what stands there now.

    Returns whether anything differs.
    """
    if row.version != version:
        raise StaleVersionError({name: getattr(row, name) for name in fields})
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    session.flush()
    return bool(changed)
