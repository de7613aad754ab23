"""A desk at the brand of the delivery, and what the tests do there."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from partnerjourney.complaints import queries, services
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.queries import Seen
from partnerjourney.complaints.rules import Act, Happened, Reported
from partnerjourney.handovers.models import Handover
from tests.events.scene import AT, SOURCE, Scene

STRETCH = ("warehouse-courier", "courier-customer")
MEMBER = (
    SOURCE + '[[event]]\nhandover = "courier-customer"\nkind = "completed"\ntime = "at"\n'
    'member = "member"\n'
)
BY_BARCODE = MEMBER.replace('case = "order"', 'case = "order"\nreferences = { barcode = "code" }')


def what(reference: str = "10234", **more: Any) -> Reported:
    """Return what a desk enters."""
    given = {
        "happened": Happened.WRONG_ITEM,
        "title": "Blue phone instead of a black one",
        "needs": "The black phone",
        "due_at": AT + timedelta(days=1),
        **more,
    }
    return Reported(reference=reference, **given)


def report(
    scene: Scene,
    reference: str = "10234",
    *,
    by: str = "brand",
    on: Collection[str] = STRETCH,
    members: Collection[str] = (),
    at: Any = AT,
    **more: Any,
) -> uuid.UUID:
    """Report a complaint and return its id."""
    with scene.acting(by) as (session, actor, place):
        keys = select(Handover.id).where(Handover.journey_id == place.id, Handover.key.in_(on))
        found = services.report(
            session,
            actor,
            place,
            what(reference, **more),
            handovers=session.scalars(keys).all(),
            members=[scene.participations[name] for name in members],
            at=at,
        )
        return found.id


def seen(scene: Scene, by: str, *, closed: bool = False) -> list[Seen]:
    """Return what an organisation sees."""
    with scene.acting(by) as (session, actor, place):
        return queries.within(session, actor, place.id, closed=closed)


def says(scene: Scene, by: str, complaint: uuid.UUID, act: Act, **more: Any) -> None:
    """Answer a complaint for an organisation."""
    if act is Act.PICK_UP:
        more = {"before": AT + timedelta(hours=8), **more}
    with scene.acting(by) as (session, actor, place):
        found = services.find(session, place, complaint, lock=True)
        services.answer(session, actor, place, found, act, **{"at": AT, **more})


def close(scene: Scene, complaint: uuid.UUID, *, by: str = "brand", at: Any = AT) -> None:
    """Close a complaint at the desk."""
    with scene.acting(by) as (session, actor, place):
        found = services.find(session, place, complaint, lock=True)
        services.close(session, actor, place, found, at=at)


def stored(scene: Scene, complaint: uuid.UUID) -> Complaint:
    """Return a complaint as the product itself reads it."""
    with scene.system() as session:
        found = session.scalars(select(Complaint).where(Complaint.id == complaint)).one()
        session.expunge(found)
        return found
