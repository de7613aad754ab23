"""What a party announced is marked where a point is judged over time: for who is told, no other."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from partnerjourney.measurement.rules.periods import Span, place_on, spans
from partnerjourney.reviews import services as reviews
from partnerjourney.reviews.rules import Facts
from tests.told import NOW, Story, told

__all__ = ["told"]


def facts(story: Story, slug: str) -> Facts:
    """Return what an organisation's report would say now."""
    with border.open_session(story.engine, System("a test")) as session:
        me = session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()
    actor = Member(None, me, Role.EDITOR)
    with border.open_session(story.engine, actor) as session:
        place = journeys.find(session, actor, story.ids["journey_id"])
        return reviews.facts_now(session, actor, place, at=NOW)


def test_a_band_lies_over_its_days_and_only_for_who_is_told(told: Story) -> None:
    for email, slug, sees in (
        ("anna@telenoord.example", "telenoord", True),
        ("mila@koeriersnel.example", "koerier-snel", True),
        ("karim@rijkbezorgt.example", "rijk-bezorgt", False),
    ):
        with clock.at(NOW):
            page = (
                told.browser(email)
                .get(
                    f"/o/{slug}/journeys/{told.ids['journey_id']}/measurement/{told.ids['point_id']}"
                )
                .text
            )
        lines = re.findall(r"<title>([^<]*)</title>", page)
        marked = [text for text in lines if "Koerier Snel: sluiting, " in text]
        assert bool(marked) is sees, slug
        assert ("Ons sorteercentrum verhuist." in page) is sees
        assert "Bean" not in page
        found = facts(told, slug)
        assert [one.kind for one in found.announced] == (["closure"] if sees else [])
        point = found.points[0]
        assert len(point.over_time) > 1
        assert sum(one.n for one in point.over_time) >= (point.now.n or 0)


def test_days_have_their_place_on_a_line() -> None:
    weeks = spans(date(2026, 11, 4), date(2026, 11, 25))
    assert weeks[0] == Span(date(2026, 11, 2), date(2026, 11, 8))
    assert [one.days for one in weeks] == [7] * 4
    assert place_on(weeks, date(2026, 11, 2)) == -0.5
    assert place_on(weeks, date(2026, 11, 9)) == 0.5
    assert place_on(weeks, date(2025, 1, 1)) == -0.5
    assert place_on(weeks, date(2027, 1, 1)) == 3.5
    begun = date(2026, 8, 26)  # a Wednesday; fewer than 14 weeks, and 15 Mondays
    for weeks_on in range(10, 16):
        for day in range(7):
            last = begun + timedelta(weeks=weeks_on, days=day)
            assert spans(begun, last)[0].first <= begun, last
    months = spans(date(2024, 1, 31), date(2026, 2, 1))
    assert len(months) == 14
    assert months[-1] == Span(date(2026, 2, 1), date(2026, 2, 28))
    assert place_on(months, date(2026, 2, 15)) == pytest.approx(13.0)
