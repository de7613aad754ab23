"""Real orders of a marketplace: numbers that were counted straight from the files."""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.core.scopes import Member, System
from partnerjourney.events import services
from partnerjourney.events.queries import facts
from partnerjourney.events.rules import State
from partnerjourney.events.rules.mapping import read
from partnerjourney.maps import services as maps
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.services.imports import import_answers
from tests.events.scene import AT, consistent

pytestmark = [pytest.mark.external_data, pytest.mark.slow]
MAPPINGS = Path(__file__).parent.parent / "data" / "olist"
GROUPS = {State.NONE: (4819, 4.2770), State.LATE: (419, 2.4988), State.UNKNOWN: (2987, 1.7580)}


class Olist:
    """The journey of the marketplace, and its files."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.files = Path(os.environ["PARTNERJOURNEY_TEST_DATA"]) / "olist"
        with border.open_session(engine, System("test"), write=True) as session:
            leads = Organisation(slug="marketplace", name="Marketplace", created_at=AT)
            session.add(leads)
            session.commit()
        self.actor = Member(None, leads.id, Role.ADMIN)
        with border.open_session(engine, self.actor, write=True) as session:
            document = json.loads((MAPPINGS / "journey.json").read_text("utf-8"))
            mine = session.get_one(Organisation, leads.id)
            self.journey: uuid.UUID = maps.import_journey(
                session, self.actor, mine, document, at=AT
            ).id
            session.commit()

    def take(self, verb: Any, file: str, mapping: str) -> tuple[tuple[int, ...], Counter[str]]:
        """Import a file; return (accepted, duplicates, rejected) and its flags by rule."""
        with (self.files / file).open("rb") as stream:
            report = verb(
                self.engine,
                self.actor,
                self.journey,
                stream=stream,
                mapping=read((MAPPINGS / mapping).read_bytes()),
                at=AT,
            ).document()
        assert report["errors"] == []
        flags = Counter(flag["rule"] for flag in report["flags"])
        return (report["accepted"], report["duplicates"], report["rejected"]), flags

    def events(self) -> Any:
        return self.take(services.import_events, "olist_orders_dataset.csv", "events.toml")

    def limits(self) -> Any:
        return self.take(services.import_events, "olist_order_items_dataset.csv", "limits.toml")

    def answers(self) -> Any:
        return self.take(import_answers, "olist_order_reviews_dataset.csv", "answers.toml")

    def groups(self) -> dict[State, tuple[int, float]]:
        """Return state → (answers, mean to four places), from the cells that everybody reads."""
        number: Counter[State] = Counter()
        total: Counter[State] = Counter()
        with border.open_session(self.engine, self.actor) as session:
            for cell in session.scalars(select(Cell)):
                for score in range(1, 6):
                    number[cell.state] += getattr(cell, f"s{score}")
                    total[cell.state] += getattr(cell, f"s{score}") * score
        return {state: (n, round(total[state] / n, 4)) for state, n in number.items() if n}

    def delivered(self, handover: str) -> dict[State, int]:
        """Return the facts on all orders at a hand-over."""
        with border.open_session(self.engine, self.actor) as session:
            return facts(session, self.journey, handover_key=handover)


@pytest.fixture
def olist(engine: Engine) -> Olist:
    return Olist(engine)


def test_answers_before_events_come_to_the_same(olist: Olist) -> None:
    """The other order of the files; tests/cli/test_olist.py begins with the events."""
    assert olist.answers() == ((8_225, 0, 0), {})
    assert olist.groups() == {State.UNKNOWN: (8_225, 3.2716)}
    assert olist.limits()[0] == (8_365, 0, 0)
    assert olist.events()[0] == (19_512, 0, 0)
    assert olist.groups() == GROUPS
    assert sum(olist.delivered("marketplace-seller").values()) == 7_989
    assert sum(olist.delivered("seller-carrier").values()) == 6_353
    assert sum(olist.delivered("carrier-customer").values()) == 5_170
    assert olist.delivered("seller-carrier").keys() >= {State.NONE, State.LATE}
    assert consistent(olist.engine, olist.journey)
