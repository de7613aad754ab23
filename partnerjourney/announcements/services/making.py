"""Making, changing and withdrawing an announcement in several journeys at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import AnnouncementPlace, OwnAnnouncement, Row
from partnerjourney.announcements.rules import Kind, is_soon
from partnerjourney.announcements.services.private import nowhere_else
from partnerjourney.announcements.services.shown import TABLES, end, record, stand
from partnerjourney.announcements.services.telling import tell
from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.owned import held_in, private
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place, update_row


@dataclass(frozen=True)
class Words:
    """What is announced, from which day to which; without a last day until it is withdrawn."""

    kind: Kind
    text: str
    first_day: date
    last_day: date | None = None


def may_make(actor: Actor, organisation: Organisation) -> None:
    """Raise NotAllowedError unless the actor announces for its organisation."""
    require(actor, Permission.ANNOUNCEMENT_MAKE, organisation)


def make(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    words: Words,
    places: Collection[Place],
    at: datetime,
) -> tuple[OwnAnnouncement, list[Row]]:
    """Announce in these journeys, and tell the others; return it with its rows there.

    Raises InputError for days that are past or end before they begin, and without a journey.
    """
    may_make(actor, organisation)
    _check(words, places, at)
    own = OwnAnnouncement(owner_id=organisation.id, made_at=at, **asdict(words))
    with private(session, actor) as owned:
        owned.add(own)
        owned.flush()
    rows = [_put(session, actor, own, words, place, at=at) for place in places]
    if isinstance(actor, Member):  # what a key does stands in the history of its journey
        audit.record(session, "announcement.make", at=at, thing_id=own.id, owner_id=own.owner_id)
    return own, rows


def _check(words: Words, places: Collection[Place], at: datetime) -> None:
    wrong: dict[str, list[str]] = {}
    if words.last_day is not None and words.last_day < words.first_day:
        wrong["last_day"] = [N_("The last day is before the first.")]
    elif places and words.last_day and all(words.last_day < today(p, at) for p in places):
        wrong["last_day"] = [N_("This day is past: there is nothing to announce.")]
    if not places:
        wrong["journeys"] = [N_("Choose to whom you announce this.")]
    if wrong:
        raise InputError(wrong)


def today(place: Place, at: datetime) -> date:
    """Return the day in a journey's own zone."""
    return at.astimezone(ZoneInfo(place.journey.time_zone)).date()


def _put(
    session: Session,
    actor: Actor,
    own: OwnAnnouncement,
    words: Words,
    place: Place,
    *,
    at: datetime,
) -> Row:
    row = stand(session, place, asdict(words), at=at)
    noted = AnnouncementPlace(
        owner_id=own.owner_id, announcement_id=own.id, journey_id=place.id, shown_id=row.id
    )
    with private(session, actor) as owned:
        owned.add(noted)
        owned.flush()
    tell(session, row, today=today(place, at), at=at)
    return row


def _words(own: OwnAnnouncement) -> Words:
    return Words(own.kind, own.text, own.first_day, own.last_day)


def find(session: Session, announcement_id: uuid.UUID, *, lock: bool = False) -> OwnAnnouncement:
    """Return an announcement of the acting organisation; raises NotFoundError."""
    query = select(OwnAnnouncement).where(OwnAnnouncement.id == announcement_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError
    return found


def change(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    own: OwnAnnouncement,
    *,
    version: int,
    words: Words,
    places: Collection[Place],
    at: datetime,
) -> None:
    """Say it otherwise, and in other journeys: where it stood and is not chosen it is taken back.

    It was read with its lock. In a journey from which the organisation is apart it stands as it
    was. Raises StaleVersionError when a colleague saved first, ConflictError once withdrawn, and to
    a key that is not for all the journeys in which it stands.
    """
    may_make(actor, organisation)
    if own.withdrawn_at is not None:
        raise ConflictError("this announcement was withdrawn")
    _check(words, places, at)
    before = asdict(_words(own))
    with private(session, actor) as owned:
        held = held_in(owned, session, own)
        nowhere_else(owned, actor, held)
        update_row(owned, held, version=version, fields=asdict(words))
    standing = _rows(session, own)
    wanted = {place.id: place for place in places}
    for noted, row in standing:
        if row is None:
            continue
        if noted.journey_id not in wanted:
            if row.withdrawn_at is None:
                end(session, row, at=at)
        else:
            _say(session, row, words, today=today(wanted[noted.journey_id], at), at=at)
    known = {noted.journey_id for noted, _ in standing}
    for place in places:
        if place.id not in known:
            _put(session, actor, own, words, place, at=at)
    if isinstance(actor, Member):
        audit.record(
            session,
            "announcement.change",
            at=at,
            thing_id=own.id,
            owner_id=own.owner_id,
            before=before,
            after=asdict(words),
        )


def _say(session: Session, row: Row, words: Words, *, today: date, at: datetime) -> None:
    """Let a row say it otherwise; told at once where it begins soon and did not before."""
    known = row.withdrawn_at is None and is_soon(row, today)
    fields = asdict(words)
    before = {n: getattr(row, n) for n, value in fields.items() if getattr(row, n) != value}
    if not before and row.withdrawn_at is None:
        return
    row.withdrawn_at = None
    for name, value in fields.items():
        setattr(row, name, value)
    session.flush()
    after = {name: fields[name] for name in before}
    record(session, row, "announcement.change", before=before, after=after, at=at)
    if not known:
        tell(session, row, today=today, at=at)


def _rows(session: Session, own: OwnAnnouncement) -> list[tuple[AnnouncementPlace, Row | None]]:
    """Return the places of an announcement with what is read there; None where one is apart."""
    places = session.scalars(
        select(AnnouncementPlace)
        .where(AnnouncementPlace.announcement_id == own.id)
        .order_by(AnnouncementPlace.journey_id)
    ).all()
    ids = {place.shown_id for place in places}
    found: dict[uuid.UUID, Row] = {}
    for table in TABLES:
        query = select(table).where(
            table.journey_id.in_({place.journey_id for place in places}), table.id.in_(ids)
        )
        rows = session.scalars(query.order_by(table.journey_id).with_for_update())
        found |= {row.id: row for row in rows}
    return [(place, found.get(place.shown_id)) for place in places]


def withdraw(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    own: OwnAnnouncement,
    *,
    at: datetime,
) -> None:
    """Take it back everywhere, but where the organisation is apart; it was read with its lock.

    Where it takes part again what it took back meanwhile still stands, and is taken back once more.
    Raises ConflictError where it stands nowhere, and to a key that is not for all the journeys in
    which it does.
    """
    may_make(actor, organisation)
    standing = [row for _, row in _rows(session, own) if row and row.withdrawn_at is None]
    if own.withdrawn_at is not None and not standing:
        raise ConflictError("this announcement was withdrawn")
    with private(session, actor) as owned:
        held = held_in(owned, session, own)
        nowhere_else(owned, actor, held)
        held.withdrawn_at = at
        owned.flush()
    for row in standing:
        end(session, row, at=at)
    if isinstance(actor, Member):
        audit.record(
            session, "announcement.withdraw", at=at, thing_id=own.id, owner_id=own.owner_id
        )


def places_of(session: Session, actor: Actor, ids: Collection[uuid.UUID]) -> list[Place]:
    """Return journeys in which the actor's organisation takes part; raises NotFoundError."""
    return [journeys.find(session, actor, journey_id) for journey_id in dict.fromkeys(ids)]
