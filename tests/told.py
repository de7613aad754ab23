"""The demo's story as a database for sweeps: told once per worker, brought back for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.routing import Rule

from partnerjourney.comments.models import JourneyComment, JourneyThread
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import State
from partnerjourney.confirming.models import AskedThing
from partnerjourney.confirming.rules import Answer
from partnerjourney.core import border, clock
from partnerjourney.core.parties import (
    Journey,
    Membership,
    Organisation,
    Participation,
    Party,
    User,
)
from partnerjourney.core.scopes import System
from partnerjourney.demo import story
from partnerjourney.handovers.models import Handover
from partnerjourney.journeys.models import ChecklistItem, Phase
from partnerjourney.organisations.models import PartyInvitation
from partnerjourney.proposals.models import Proposal
from partnerjourney.reviews.models import Report
from partnerjourney.surveys.models import Point, Wave
from partnerjourney.touchpoints.models import Card, CustomerRole
from partnerjourney.versions.models import Version
from tests.copies import bring_back
from tests.web_client import browser, client_of, lent_app, settings_for

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PASSWORD = "klantreis-in-de-test"

NOWHERE = uuid.UUID(int=7)
"""An id that nothing has."""


@dataclass
class Story:
    """The application with the story in it, and where things are."""

    app: Flask
    engine: Engine
    ids: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def browser(self, email: str | None) -> FlaskClient:
        """Return the browser of somebody of the story, or of a stranger."""
        if email is None:
            return browser(self.app)
        with border.open_session(self.engine, System("a test")) as session:
            found = session.scalars(select(User.id).where(User.email == email)).one()
        return client_of(self.app, found)

    def address(self, rule: Rule, **other: Any) -> str:
        """Return an address of a rule about things of the story; KeyError for an unknown kind."""
        known = {**self.ids, **other}
        values = {name: known[name] for name in rule.arguments}
        with self.app.test_request_context():
            found: str = self.app.url_for(rule.endpoint, **values)
        return found

    def rules(self) -> list[Rule]:
        """Return every address of the application."""
        return sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule)


def _tell(app: Flask) -> None:
    with clock.at(NOW):
        story.tell(app, password=PASSWORD)


def _find(engine: Engine, slug: str = "telenoord") -> dict[str, Any]:
    """Return one id of every kind that an address names."""
    with border.open_session(engine, System("a test")) as session:
        brand = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
        journey = session.scalars(select(Journey).where(Journey.organisation_id == brand.id)).one()

        def first(table: Any, *where: Any) -> Any:
            return session.scalars(
                select(table).where(table.journey_id == journey.id, *where).order_by(table.id)
            ).first()

        member = session.scalars(
            select(Membership).where(Membership.owner_id == brand.id).order_by(Membership.id)
        ).all()
        point = first(Point, Point.key == "levering")
        report = session.scalars(select(Report).where(Report.owner_id == brand.id)).first()
        asked = first(AskedThing, AskedThing.outcome == Answer.QUESTION)
        complaint = first(Complaint, Complaint.state == State.PICKED_UP)
        party = first(Party, Party.key == "servicedesk")
        partner = first(Participation, Participation.organisation_id != brand.id)
        invitation = session.scalars(
            select(PartyInvitation).where(PartyInvitation.owner_id == brand.id)
        ).first()
        thread = first(JourneyThread)
        said = first(JourneyComment)
        return {
            "organisation": slug,
            "journey_id": journey.id,
            "phase_id": first(Phase).id,
            "party_id": party.id if party else NOWHERE,
            "card_id": first(Card, Card.key == "bevestigt").id,
            "item_id": first(ChecklistItem).id,
            "rule_id": "S1",
            "role_id": first(CustomerRole, CustomerRole.key == "inkoop").id,
            "handover_id": first(Handover, Handover.key == "opdracht").id,
            "point_id": point.id,
            "wave_id": first(Wave, Wave.point_id == point.id).id,
            "membership_id": member[-1].id,
            "member_id": member[-1].id,
            "participation_id": partner.id if partner else NOWHERE,
            "apart_id": NOWHERE,
            "takeout_id": NOWHERE,
            "invitation_id": invitation.id if invitation else NOWHERE,
            "complaint_id": complaint.id if complaint else NOWHERE,
            "report_id": report.id if report else NOWHERE,
            "announcement_id": NOWHERE,
            "proposal_id": first(Proposal).id,
            "version_id": first(Version).id,
            "change_id": NOWHERE,
            "mandate_id": NOWHERE,
            "thing_id": asked.id if asked else NOWHERE,
            "request_id": NOWHERE,
            "login": NOWHERE,
            "join": NOWHERE,
            "passkey": NOWHERE,
            "member": member[-1].id,
            "invitation": NOWHERE,
            "login_id": NOWHERE,
            "terms_id": NOWHERE,
            "thread_id": thread.id if thread else NOWHERE,
            "comment_id": said.id if said else NOWHERE,
            "key_id": NOWHERE,
            "use_id": NOWHERE,
            "position": 0,
            "token": "x" * 43,
            "version": "0" * 12,
            "path": "css/app.css",
            "slug": slug,
            "digest": "0" * 12,
            "name": "x.eml",
            "form": "cjml",
        }


@pytest.fixture
def told(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Story]:
    """Give the story on each engine in turn, at a fixed moment; the same every time."""
    with lent_app(settings_for(database_url, tmp_path / "mail"), engine) as app:
        bring_back(engine, ("told",), lambda: _tell(app))
        with clock.at(NOW):
            yield Story(app, engine, _find(engine))
