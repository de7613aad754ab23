"""What a review has to talk about: proposals that nobody answered, and emergency changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries import JourneyMap
from partnerjourney.proposals import queries as proposals
from partnerjourney.proposals.rules import State
from partnerjourney.reviews.rules.facts import Open, OpenPoint

LOOKED_BACK = timedelta(days=92)
"""So far back a review looks: a quarter."""


def to_discuss(
    session: Session, place: Place, found: JourneyMap, *, at: datetime
) -> tuple[OpenPoint, ...]:
    """Return the open points that the session shares, in the order of the hand-overs."""
    zone, since = ZoneInfo(place.journey.time_zone), at - LOOKED_BACK
    edges = {edge.id: edge for edge in found.edges}
    names = {party.id: party.name for party in place.parties.values()}
    points = []

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    for row in proposals.listed(session, [place.id], states=[State.LAPSED]):
        one = row.proposal
        decided = one.decided_at or one.due_at
        edge = edges.get(one.handover_id) if one.handover_id else None
        gone = one.handover_id is not None and edge is None
        if decided >= since and not gone:
            number = edge.number if edge else None
            by = names.get(one.by_party_id, "")
            said = (row.title, row.member, by, one.reason, day(decided))
            points.append(OpenPoint(Open.LAPSED, number, *said))
    for change in proposals.emergencies(session, place.id, since=since):
        edge = edges.get(change.handover_id)
        if edge is None:
            continue
        terms = next((one for one in edge.terms if one.id == change.terms_id), None)
        about = (terms.name if terms else "") or edge.label
        until = day(change.ended_at or change.until)
        by = names.get(change.by_party_id, "")
        said = (about, "", by, change.reason, day(change.made_at))
        points.append(OpenPoint(Open.EMERGENCY, edge.number, *said, until))
    return tuple(sorted(points, key=lambda one: (one.number is None, one.number or 0, one.day)))
