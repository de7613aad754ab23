"""Measuring points: their stretch, and who shares them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import CircleSeat
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.surveys.models import Point, PointCircle, PointCover, Question
from partnerjourney.surveys.queries import asked, shared_points
from partnerjourney.surveys.rules import Metric, WaveKind
from partnerjourney.surveys.services import points, waves
from tests.surveys.story import AT, Story, add_point, join


def keys(story: Story, point: str) -> list[str]:
    names = {handover: key for key, handover in story.handovers.items()}
    with story.system() as session:
        covers = session.scalars(
            select(PointCover)
            .where(PointCover.point_id == story.points[point])
            .order_by(PointCover.position)
        )
        return [names[cover.handover_id] for cover in covers]


def test_the_default_stretch_is_all_since_the_previous_point(story: Story) -> None:
    assert keys(story, "delivery") == ["orders-picks", "picks-drives", "drives-receives"]


@pytest.mark.parametrize(
    ("card", "covers", "fault"),
    [
        ("receives", ["orders-picks"], "elsewhere"),
        ("receives", ["orders-picks", "drives-receives"], "broken"),
        ("receives", [], "empty"),
        ("picks", None, "step"),
        ("orders", None, "empty"),
    ],
)
def test_what_cannot_be_asked(
    story: Story, card: str, covers: list[str] | None, fault: str
) -> None:
    chosen = None if covers is None else [story.handovers[key] for key in covers]
    with pytest.raises(InputError) as caught:
        add_point(story, "x", card, Metric.CSAT, "levering", covers=chosen)
    assert fault in [said for texts in caught.value.messages.values() for said in texts]


def test_only_the_coordinator_adds_points_and_a_key_is_given_once(story: Story) -> None:
    last = [story.handovers["drives-receives"]]
    with pytest.raises(ConflictError):
        add_point(story, "delivery", "receives", Metric.CSAT, "levering", covers=last)
    with pytest.raises(NotAllowedError), story.acting("flevo") as (session, actor, place):
        points.add_point(
            session,
            actor,
            place,
            key="x",
            card_id=story.cards["receives"],
            metric=Metric.CSAT,
            subject="levering",
            covers=last,
            at=AT,
        )


def test_each_member_of_a_group_has_a_circle_and_sees_no_other(story: Story) -> None:
    seen = {}
    for name in ("telenoord", "flevo", "snel", "rijk"):
        with story.acting(name) as (session, *_):
            rows = session.scalars(select(PointCircle.members)).all()
            seen[name] = sorted(tuple(row) for row in rows)
    snel, rijk = ((str(story.participations[name]),) for name in ("snel", "rijk"))
    everything = sorted([(), snel, rijk])
    assert seen == {
        "telenoord": everything,
        "flevo": everything,
        "snel": [snel],
        "rijk": [rijk],
    }


def test_a_new_member_gets_its_circles(story: Story) -> None:
    with story.system() as session:
        join(session, story, "stranger", "couriers")
    with story.acting("stranger") as (session, *_):
        [row] = session.scalars(select(PointCircle)).all()
        assert row.members == [str(story.participations["stranger"])]
        assert len(session.scalars(select(CircleSeat)).all()) == 3
    with story.system() as session:
        point = session.get_one(Point, (story.journey, story.points["delivery"]))
        sits = [story.participations["stranger"], story.participations["flevo"]]
        assert points.circle_of(session, point, sits) == row.circle_id
        assert points.circle_of(session, point) == point.base_circle_id


def test_two_groups_have_every_combination(story: Story) -> None:
    from partnerjourney.core.parties import Party, PartyKind

    with story.system() as session:
        warehouse = session.get_one(Party, (story.journey, story.parties["warehouse"]))
        warehouse.kind = PartyKind.GROUP
        session.flush()
        from sqlalchemy import update

        from partnerjourney.core.parties import Participation

        session.execute(
            update(Participation)
            .where(Participation.id == story.participations["flevo"])
            .values(discreet=True)
        )
    covers = [story.handovers["picks-drives"]]
    add_point(story, "both", "drives", Metric.CSAT, "overdracht", covers=covers)
    with story.system() as session:
        rows = session.scalars(
            select(PointCircle.members).where(PointCircle.point_id == story.points["both"])
        )
        assert sorted(len(members) for members in rows) == [0, 1, 1, 1, 2, 2]


def test_who_shares_no_circle_gets_nothing(story: Story) -> None:
    from partnerjourney.core.parties import Participation, ParticipationRole
    from tests.factories import row

    with story.system() as session:
        session.add(
            row(
                Participation,
                journey_id=story.journey,
                party_id=story.parties["customer"],
                organisation_id=story.organisations["stranger"],
                role=ParticipationRole.OBSERVER,
            )
        )
    for name, number in (("stranger", 0), ("snel", 1), ("telenoord", 1)):
        with story.acting(name) as (session, _actor, place):
            assert len(shared_points(session, story.journey)) == number
            assert len(asked(session, place, {})) == number


def test_other_words_are_another_question_and_the_first_wave_is_the_baseline(
    story: Story,
) -> None:
    story.open_wave()
    with pytest.raises(ConflictError):
        story.open_wave(key="another")
    with story.acting("telenoord") as (session, _actor, place):
        point = points.find_point(session, place, story.points["delivery"])
        first = waves.question_for(session, point, place.journey, at=AT)
        assert waves.question_for(session, point, place.journey, at=AT) is first
        place.journey.form_of_address = "je"
        second = waves.question_for(session, point, place.journey, at=AT)
        assert (first.number, second.number) == (1, 2)
        assert second.text.startswith("Als je alleen aan deze levering denkt")
        outside = waves.outside_wave(session, point, place.journey, at=AT)
        assert waves.outside_wave(session, point, place.journey, at=AT).id == outside.id
    with story.system() as session:
        kinds = session.scalars(select(waves.Wave.kind).order_by(waves.Wave.kind)).all()
        assert kinds == [WaveKind.BASELINE, WaveKind.OUTSIDE]
        assert len(session.scalars(select(Question)).all()) == 2
