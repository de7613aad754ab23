"""Twin worlds: what is hidden from a party changes nothing, not a byte, of what it is sent.

The hidden difference is made from every circle-scoped, private and sealed table, and for a member
of a group of a further member; then every page is fetched again.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, circles
from partnerjourney.core.db import CircleScoped, OrganisationPrivate, Sealed
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    User,
)
from partnerjourney.core.scopes import System
from partnerjourney.handovers.models import Handover
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Point, Question, Wave
from partnerjourney.touchpoints.models import Card
from partnerjourney.versions.models import Version
from tests.factories import grow, kinds, row
from tests.rest.caller import make_key
from tests.told import NOW, Story, told

__all__ = ["told"]

READERS = {
    "koerier-snel": "mila@koeriersnel.example",
    "thuisklaar": "dirk@thuisklaar.example",
    "magazijn-flevo": "joost@flevo.example",
}


def pages(
    told: Story, slug: str, *, only: Collection[str] = ()
) -> dict[str, tuple[int, bytes, str | None]]:
    """Return everything that a reader is sent, or what some addresses say."""
    client = told.browser(READERS[slug])
    found = {}
    points = _ids(told, Point)
    edges = _ids(told, Handover)
    for rule in told.rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/static", "/account")):
            continue
        variants: list[dict[str, Any]] = [{}]
        if "point_id" in rule.arguments:
            variants = [{"point_id": point} for point in points]
        elif "handover_id" in rule.arguments:
            variants = [{"handover_id": edge} for edge in edges]
        for variant in variants:
            address = told.address(rule, organisation=slug, **variant)
            if only and address not in only:
                continue
            if rule.rule.startswith("/api/"):
                found |= said_to_a_system(told, slug, address)
                continue
            answer = client.get(address)
            found[address] = (answer.status_code, answer.get_data(), answer.headers.get("ETag"))
            answer.close()
    return found


def said_to_a_system(
    told: Story, slug: str, address: str
) -> dict[str, tuple[int, bytes, str | None]]:
    """Return what the API says to a key of a reader, whole lists and their first pages."""
    key = told.keys.get(slug) or told.keys.setdefault(slug, make_key(told, slug))
    client, found = told.app.test_client(), {}
    for asked in (address, f"{address}?limit=2"):
        answer = client.get(asked, headers={"Authorization": f"Bearer {key}"})
        found[asked] = (answer.status_code, answer.get_data(), answer.headers.get("ETag"))
        if b'"next":' not in answer.get_data():
            break
    return found


def _ids(told: Story, table: Any) -> list[Any]:
    with border.open_session(told.engine, System("a test")) as session:
        query = select(table.id).where(table.journey_id == told.ids["journey_id"])
        return sorted(session.scalars(query))


def hide(session: Session, told: Story, slug: str) -> set[str]:
    """Add rows that this reader must not notice; return the tables that got one."""
    journey = session.get_one(Journey, told.ids["journey_id"])
    me = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
    mine = set(
        session.scalars(
            select(CircleSeat.circle_id)
            .join(Participation, Participation.id == CircleSeat.participation_id)
            .where(Participation.organisation_id == me.id)
        )
    )
    hidden = [
        circle
        for circle in session.scalars(select(Circle).where(Circle.journey_id == journey.id))
        if circle.id not in mine
    ]
    assert hidden, "nothing is hidden from this reader"
    other = session.scalars(select(Organisation).where(Organisation.slug == "bean-brook")).one()
    common: dict[str, Any] = {
        "journey": journey,
        "organisation": other,
        "user_account": row(User, email="hidden@example.org", name="Hidden"),
        "party": session.scalars(select(Party).where(Party.journey_id == journey.id)).first(),
        "participation": session.scalars(
            select(Participation).where(
                Participation.journey_id == journey.id,
                Participation.role == ParticipationRole.ORCHESTRATOR,
            )
        ).one(),
        "handover": session.scalars(
            select(Handover).where(Handover.journey_id == journey.id, Handover.key == "hulpvraag")
        ).one(),
    }
    for name, table in (("card", Card), ("journey_version", Version)):
        common[name] = session.scalars(select(table).where(table.journey_id == journey.id)).first()
    session.add(common["user_account"])
    session.flush()
    point = session.scalars(
        select(Point).where(Point.journey_id == journey.id, Point.key == "hulp")
    ).one()
    wave = session.scalars(select(Wave).where(Wave.point_id == point.id)).first()
    common |= {"measuring_point": point, "wave": wave}
    common["question"] = session.scalars(
        select(Question).where(Question.point_id == point.id)
    ).first()
    grown: set[str] = set()
    for circle in hidden:
        place = {**common, "circle": circle}
        before = set(place)
        for _ in range(3):  # what stands on a row of the round before
            _grow_new(session, place, grown)
        grown |= set(place) - before
    return grown


def _grow_new(session: Session, place: dict[str, Any], grown: set[str]) -> None:
    """Grow what the place lacks; a circle that holds such a row already keeps it."""
    for kind in (Sealed, CircleScoped, OrganisationPrivate):
        for table in kinds()[kind]:
            name = table.__tablename__
            once = kind is not CircleScoped and name in grown
            if name in place or once:
                continue
            trial = dict(place)
            with session.begin_nested() as inner:
                try:
                    grow(session, trial, only=table)
                except Exception as error:
                    if "unique" not in str(error).lower():
                        raise
                    inner.rollback()
                    continue
            if name in trial:
                place[name] = trial[name]


def another_member(session: Session, told: Story) -> None:
    """Let a further courier join the group."""
    journey_id = told.ids["journey_id"]
    party = session.scalars(
        select(Party).where(Party.journey_id == journey_id, Party.key == "koeriers")
    ).one()
    other = session.scalars(select(Organisation).where(Organisation.slug == "bean-brook")).one()
    circles.join(
        session,
        Participation(
            journey_id=journey_id,
            party_id=party.id,
            organisation_id=other.id,
            role=ParticipationRole.PARTNER,
            discreet=True,
            joined_at=NOW,
        ),
    )


@pytest.mark.parametrize("slug", READERS)
def test_what_is_hidden_changes_no_byte(told: Story, slug: str) -> None:
    before = pages(told, slug)
    assert sum(status == 200 for status, _, _ in before.values()) > 8
    assert sum(path.startswith("/api/") for path, said in before.items() if said[0] == 200) > 8
    with border.open_session(told.engine, System("a test"), write=True) as session:
        grown = hide(session, told, slug)
        if slug == "koerier-snel":
            another_member(session, told)
        session.commit()
    expected = {
        table.__tablename__
        for kind in (CircleScoped, OrganisationPrivate, Sealed)
        for table in kinds()[kind]
    } - {"attempt", "setting"}
    assert expected - grown <= {"point_circle"}, expected - grown
    after = pages(told, slug)
    assert [a for a in before if before[a] != after[a]] == []
    if slug == "thuisklaar":
        of_its_own(told)
        changing = [a for a in before if a.endswith(("/measurement/", "/scores"))]
        after = pages(told, slug, only=changing)
        assert len(changing) == 2
        assert [a for a in after if before[a] != after[a]] == changing, "the comparison can fail"


def of_its_own(told: Story) -> None:
    """Add answers in a circle of a reader, which do change its pages."""
    with border.open_session(told.engine, System("a test"), write=True) as session:
        point = session.scalars(
            select(Point).where(
                Point.journey_id == told.ids["journey_id"], Point.key == "installatie"
            )
        ).one()
        cell = session.scalars(
            select(Cell).where(Cell.point_id == point.id, Cell.s9 > 0).order_by(Cell.day)
        ).first()
        assert cell is not None
        cell.s0 += 7
        session.commit()
