"""Reporting: the desk says what happened and what is needed; those it concerns get it at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import Act, Reported
from partnerjourney.complaints.services import sharing
from partnerjourney.complaints.services.finding import Matter, own_participation
from partnerjourney.complaints.services.linking import case_of
from partnerjourney.complaints.services.telling import tell
from partnerjourney.core import audit, border, circles
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place


def report(
    session: Session,
    actor: Actor,
    place: Place,
    what: Reported,
    *,
    handovers: Collection[uuid.UUID],
    at: datetime,
    members: Collection[uuid.UUID] = (),
) -> Complaint:
    """Share what a customer reported with those of the hand-overs that it is about.

    `members` names participations of groups where the desk knows whose case it is; else the case
    tells, once it is known. The desk speaks to the customer until it is said otherwise. Raises
    InputError for hand-overs or members that cannot be.
    """
    require(actor, Permission.COMPLAINT_REPORT, Matter(place.standing, actor.organisation_id))
    own = own_participation(session, actor, place)
    between = sharing.edges(session, place, handovers)
    shared = sharing.parties(place, between, own.party_id)
    groups = {party.id for party in shared if party.kind is PartyKind.GROUP}
    sits = sharing.chosen_members(session, place, groups, members, own=own)
    case_id = case_of(session, place, what.reference)
    with border.verb(session, "share a complaint") as system:
        if case_id is not None and (unsaid := groups - sits.keys()):
            sits |= sharing.members_of_case(system, place.id, case_id, unsaid)
        circle_id = circles.circle_for(system, place.id, shared, members=sits)
    complaint = Complaint(
        journey_id=place.id,
        circle_id=circle_id,
        case_id=case_id,
        **asdict(what),
        desk_id=own.id,
        voice_id=own.id,
        reported_at=at,
    )
    session.add(complaint)
    session.flush()
    sharing.add_handovers(session, complaint, between)
    sharing.add_entry(session, complaint, Act.REPORT, by=own.id, at=at)
    session.flush()
    audit.record(
        session,
        "complaint.report",
        at=at,
        thing_id=complaint.id,
        journey_id=place.id,
        circle_id=circle_id,
        after=[what.reference, what.happened.value, what.title],
    )
    with border.verb(session, "tell of a complaint") as system:
        tell(system, complaint, at=at)
    return complaint
