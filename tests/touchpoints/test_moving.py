"""Cards and phases are put, retired and brought back on what somebody saw; nothing else moves."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.services import Shape
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Base, Place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.touchpoints.services import Spot
from tests.chain import AT, Chain, build


@pytest.fixture
def chain(engine: Engine) -> Chain:
    """Give the demo's journey with its partners."""
    return build(engine)


def card(session: Session, place: Place, key: str) -> Card:
    found = session.scalars(select(Card).where(Card.journey_id == place.id, Card.key == key)).one()
    return touchpoints.find(session, place, found.id)


def path(session: Session, place: Place) -> list[tuple[str, str]]:
    """Return the cards in path order, each with the phase that it stands in."""
    phases = {phase.id: phase.key for phase in journeys.phases(session, place.id)}
    return [(phases[c.content.phase_id], c.key) for c in touchpoints.cards(session, place.id)]


def own(session: Session, place: Place) -> list[Card]:
    """Return the cards of the parties that the acting organisation fills."""
    mine = place.standing.party_ids
    return [c for c in touchpoints.cards(session, place.id) if c.content.party_id in mine]


def test_a_card_that_is_put_elsewhere_is_the_only_one_that_changed(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        before = path(session, place)
        versions = {c.key: c.content.version for c in touchpoints.cards(session, place.id)}
        first, other = own(session, place)[0], touchpoints.cards(session, place.id)[-1]
        to = Spot(other.content.phase_id, first.content.party_id, other.id)
        base = Base(first.content.version)
        was, now = touchpoints.put(session, actor, place, first, to, base=base, at=AT)
        assert now == to
        moved = first.key
    with chain.acting("telenoord") as (session, actor, place):
        after = path(session, place)
        assert after[-1][1] == moved
        assert [pair for pair in after if pair[1] != moved] == [
            pair for pair in before if pair[1] != moved
        ]
        now_versions = {c.key: c.content.version for c in touchpoints.cards(session, place.id)}
        assert {k for k in versions if versions[k] != now_versions[k]} == {moved}
        again = card(session, place, moved)
        base = Base(again.content.version)
        touchpoints.put(session, actor, place, again, was, base=base, at=AT)
    with chain.acting("telenoord") as (session, _, place):
        assert path(session, place) == before


def test_a_move_on_an_older_version_is_refused_unless_the_card_stands_as_it_was_seen(
    chain: Chain,
) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        one = own(session, place)[0]
        seen = Base(
            one.content.version, touchpoints.spot(touchpoints.cards(session, place.id), one)
        )
        now = Base(one.content.version)
        touchpoints.rename(session, actor, place, one, name="Anders", base=now, at=AT)
        last = journeys.phases(session, place.id)[-1].id
        to = Spot(last, one.content.party_id)
        touchpoints.put(session, actor, place, one, to, base=seen, at=AT)  # its name is another's
        with pytest.raises(StaleVersionError):
            touchpoints.put(session, actor, place, one, to, base=seen, at=AT)


def test_a_card_follows_at_the_end_where_the_one_before_it_is_gone(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        first, second = own(session, place)[:2]
        phase = journeys.phases(session, place.id)[-1]
        to = Spot(phase.id, first.content.party_id, second.id)
        assert second.content.phase_id != phase.id
        _, now = touchpoints.put(
            session, actor, place, first, to, base=Base(first.content.version), at=AT
        )
        stand = [key for where, key in path(session, place) if where == phase.key]
        assert stand[-1] == first.key
        assert now.after_id is not None


def test_nobody_moves_anothers_card_or_into_anothers_lane(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        mine, phase = own(session, place)[0], journeys.phases(session, place.id)[0]
        theirs = next(p for p in place.parties.values() if p.key == "magazijn")
        with pytest.raises(NotAllowedError):
            touchpoints.put(
                session,
                actor,
                place,
                mine,
                Spot(phase.id, theirs.id),
                base=Base(mine.content.version),
                at=AT,
            )
    with chain.acting("flevo") as (session, actor, place):
        other = next(
            c
            for c in touchpoints.cards(session, place.id)
            if c.content.party_id not in place.standing.party_ids
        )
        seen = Base(other.content.version)
        to = Spot(phase.id, other.content.party_id)
        with pytest.raises(NotAllowedError):
            touchpoints.put(session, actor, place, other, to, base=seen, at=AT)
        with pytest.raises(NotAllowedError):
            touchpoints.rename(session, actor, place, other, name="x", base=seen, at=AT)
        with pytest.raises(NotAllowedError):
            touchpoints.retire(session, actor, place, other, at=AT)
        with pytest.raises(NotAllowedError):
            touchpoints.restore(session, actor, place, other, version=1, at=AT)
        drawn = journeys.phases(session, place.id)[0]
        with pytest.raises(NotAllowedError):
            journeys.put_phase(session, actor, place, drawn, after_id=None, base=seen, at=AT)
        with pytest.raises(NotAllowedError):
            journeys.rename_phase(session, actor, place, drawn, name="x", base=seen, at=AT)
        with pytest.raises(NotAllowedError):
            touchpoints.retire_phase(session, actor, place, drawn, version=1, at=AT)
        with pytest.raises(NotAllowedError):
            journeys.restore_phase(session, actor, place, drawn, version=1, at=AT)


def test_a_card_comes_back_where_it_stood_once(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        before = path(session, place)
        one = own(session, place)[0]
        version = one.content.version
        touchpoints.retire(session, actor, place, one, at=AT, version=version)
        with pytest.raises(NotFoundError):
            touchpoints.find(session, place, one.id)
        gone = touchpoints.find_any(session, place, one.id)
        touchpoints.restore(session, actor, place, gone, version=version, at=AT)
        assert path(session, place) == before
        with pytest.raises(ConflictError):
            touchpoints.restore(session, actor, place, gone, version=version, at=AT)
        with pytest.raises(StaleVersionError):
            touchpoints.retire(session, actor, place, one, at=AT, version=version + 1)


def test_a_phase_goes_when_it_is_empty_and_comes_back(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        full = journeys.phases(session, place.id)[0]
        version = full.content.version
        with pytest.raises(InputError):
            touchpoints.retire_phase(session, actor, place, full, version=version, at=AT)
        made = journeys.add_phase(session, actor, place, name="Tussen", at=AT)
        seen = Base(made.content.version, journeys.phases(session, place.id)[-2].id)
        was, now = journeys.put_phase(
            session, actor, place, made, after_id=full.id, base=seen, at=AT
        )
        assert (was, now) == (seen.was, full.id)
        with pytest.raises(StaleVersionError):
            journeys.put_phase(session, actor, place, made, after_id=None, base=seen, at=AT)
        keys = [phase.key for phase in journeys.phases(session, place.id)]
        assert keys[:2] == [full.key, "tussen"]
        version = made.content.version
        touchpoints.retire_phase(session, actor, place, made, version=version, at=AT)
        one = own(session, place)[0]
        with pytest.raises(InputError):
            touchpoints.put(
                session,
                actor,
                place,
                one,
                Spot(made.id, one.content.party_id),
                base=Base(one.content.version),
                at=AT,
            )
        journeys.restore_phase(session, actor, place, made, version=version, at=AT)
        assert [phase.key for phase in journeys.phases(session, place.id)] == keys


def test_each_end_of_a_hand_over_is_chosen_by_who_owns_it(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        rows = handovers.handovers(session, place.id)
        parties = {p.key: p.id for p in place.parties.values()}
        found = next(h for h in rows if h.content.from_party_id == parties["magazijn"])
        edge = handovers.find(session, place, found.id)
        shape = handovers.shape(found.content)
        version, handover_id = found.content.version, found.id
        own_cards = own(session, place)
        theirs = [
            c.id
            for c in touchpoints.cards(session, place.id)
            if c.content.party_id == parties["magazijn"]
        ]
        other = next(c for c in theirs if c != shape.from_card_id)
        moved = Shape(other, shape.to_card_id, shape.label)
        base = Base(version, shape)
        with pytest.raises(NotAllowedError):
            handovers.redraw(session, actor, place, edge, moved, base=base, at=AT)
    with chain.acting("flevo") as (session, actor, place):
        edge = handovers.find(session, place, handover_id)
        wrong = Shape(own_cards[0].id, shape.to_card_id, shape.label)
        fork = Shape(shape.from_card_id, shape.to_card_id, "met montage")
        with pytest.raises(InputError):
            handovers.redraw(session, actor, place, edge, wrong, base=base, at=AT)
        with pytest.raises(NotAllowedError):
            handovers.redraw(session, actor, place, edge, fork, base=base, at=AT)
        assert handovers.redraw(session, actor, place, edge, moved, base=base, at=AT) == shape
        with pytest.raises(StaleVersionError):
            handovers.redraw(session, actor, place, edge, shape, base=base, at=AT)
    with chain.acting("telenoord") as (session, actor, place):
        edge = handovers.find(session, place, handover_id)
        named = Shape(other, shape.to_card_id, "met montage")
        now = Base(edge.handover.content.version)
        assert handovers.redraw(session, actor, place, edge, named, base=now, at=AT) == moved
