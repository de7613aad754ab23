"""REST: the silo check with the reason that stands beside it, disciplines, do's and don'ts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for

from partnerjourney.checks import queries, schemas, words
from partnerjourney.checks.queries import Taking
from partnerjourney.checks.rules import Outcome
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import ChecklistItem
from partnerjourney.journeys.rules import Discipline
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.rules.silo import APPLIES, Finding, Rule
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("checks", "Checks")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
JOURNEY = "/journeys/<uuid:journey_id>"
CHECK = f"{JOURNEY}/checks/<rule_id>"
ITEM = f"{JOURNEY}/checklist/<uuid:item_id>"
TRADES = f"{JOURNEY}/disciplines/<uuid:party_id>"
_ABOUT = {
    Rule.NOT_THE_CUSTOMERS: "card",
    Rule.ONE_SIDED: "handover",
    Rule.ABSENT: "party",
    Rule.MISTAKEN: "card",
}
"""Rule → what its findings are about; the others are about the whole journey."""


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


# --- the silo check ------------------------------------------------------------------------------


def _checks(place: Place) -> list[dict[str, Any]]:
    looked = queries.look(session(), place, at=clock.now())
    reasons = journeys.reasons(session(), place.id)
    missing = touchpoints.agreed_reason_needed(session(), place)
    documents = []
    for rule, kinds in APPLIES.items():
        found = [_finding(place, one) for one in looked.findings if one.rule is rule]
        reason = reasons.get(rule.value)
        outcome = Outcome.FOUND if found else Outcome.NOTHING
        if place.journey.kind.value not in kinds:
            outcome = Outcome.OTHER_KIND
        elif not looked.drawn:
            outcome = Outcome.NOT_DRAWN
        said = words.RULES[rule]
        documents.append(
            {
                "rule": rule,
                "title": str(said.title),
                "why": str(said.why),
                "looks": str(said.looks),
                "outcome": outcome,
                "findings": found,
                "reason": reason.text if reason else None,
                "written": reason.written_at if reason else None,
                "needs_reason": rule is Rule.ONE_PARTY and missing,
            }
        )
    return documents


def _finding(place: Place, one: Finding) -> dict[str, Any]:
    """Return a finding; of when something was last seen the day alone, as on the page."""
    zone = ZoneInfo(place.journey.time_zone)
    about = {"card": None, "handover": None, "party": None}
    if one.rule in _ABOUT:
        about[_ABOUT[one.rule]] = one.about  # type: ignore[assignment]
    return {
        **about,
        "how": one.how,
        "since": one.since.astimezone(zone).date() if one.since else None,
        "discipline": Discipline(one.detail) if one.detail else None,
    }


def _check(place: Place, rule_id: str) -> dict[str, Any]:
    found = next((one for one in _checks(place) if one["rule"].value == rule_id), None)
    if found is None:
        raise NotFoundError
    return found


@api.operation("GET", f"{JOURNEY}/checks", purpose=READ, gives=schemas.CheckDocument, listed=True)
def checks(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the rules of the silo check, each with what it finds.

    It looks at what the organisation can see; another sees other hand-overs and questions, so it
    may find something else. There is no score.
    """
    return rest.paged(_checks(_place(journey_id)), lambda one: (one["rule"].value,), **query)


@api.operation("GET", CHECK, purpose=READ, gives=schemas.CheckDocument)
def check(journey_id: UUID, rule_id: str) -> Any:
    """Give one rule of the silo check, S1 to S9, with what it finds."""
    return _check(_place(journey_id), rule_id)


@api.operation(
    "PATCH",
    CHECK,
    purpose=WRITE,
    takes=schemas.ReasonChange,
    gives=schemas.CheckDocument,
    matched=True,
)
def write_reason(journey_id: UUID, rule_id: str, body: dict[str, Any]) -> Any:
    """Write down why a journey of one party may stay so (S1); for who coordinates it.

    Without a reason it is not agreed. No other rule asks for one: that is 409.
    """
    place = _place(journey_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    found, text = _check(place, rule_id), body["reason"] or ""
    rest.match(schemas.CheckDocument, found)
    if found["rule"] is not Rule.ONE_PARTY:
        raise ConflictError("only S1 asks for a reason")
    if text and found["outcome"] is not Outcome.FOUND and not found["needs_reason"]:
        raise ConflictError("S1 finds nothing: there is nothing to give a reason for")
    there = journeys.reasons(session(), place.id).get(rule_id)
    journeys.write_reason(
        session(),
        rest.actor(),
        place,
        rule=rule_id,
        text=text,
        version=there.version if there else 0,
        at=clock.now(),
    )
    return _check(place, rule_id)


# --- disciplines ---------------------------------------------------------------------------------


def _trades(place: Place) -> Iterable[dict[str, Any]]:
    mine = rest.actor().organisation_id
    for part in queries.taking_part(session(), place):
        yield _trade(part, ours=part.organisation_id == mine)


def _trade(part: Taking, *, ours: bool) -> dict[str, Any]:
    said = {"party": part.party_id, "organisation": part.slug, "ours": ours}
    return {**said, "disciplines": [Discipline(one) for one in part.disciplines]}


def _own(place: Place, party_id: UUID) -> dict[str, Any]:
    for one in _trades(place):
        if one["ours"] and one["party"] == party_id:
            return one
    raise NotFoundError


@api.operation(
    "GET", f"{JOURNEY}/disciplines", purpose=READ, gives=schemas.DisciplinesDocument, listed=True
)
def disciplines(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List from which disciplines the organisations look at a journey, by their addresses.

    Of a group one sees oneself alone, unless one coordinates.
    """
    rows = list(_trades(_place(journey_id)))
    return rest.paged(rows, lambda one: (one["organisation"], str(one["party"])), **query)


@api.operation("GET", TRADES, purpose=READ, gives=schemas.DisciplinesDocument)
def own_disciplines(journey_id: UUID, party_id: UUID) -> Any:
    """Give the disciplines of one's own organisation, as this party."""
    return _own(_place(journey_id), party_id)


@api.operation(
    "PATCH",
    TRADES,
    purpose=WRITE,
    takes=schemas.DisciplinesChange,
    gives=schemas.DisciplinesDocument,
    matched=True,
)
def say_disciplines(journey_id: UUID, party_id: UUID, body: dict[str, Any]) -> Any:
    """Say from which disciplines one's own organisation looks at the journey, as this party."""
    place = _place(journey_id, lock=True)
    rest.match(schemas.DisciplinesDocument, _own(place, party_id))
    party = place.parties[party_id]
    journeys.say_disciplines(session(), rest.actor(), place, party, at=clock.now(), **body)
    return _own(place, party_id)


# --- do's and don'ts -----------------------------------------------------------------------------


def _to_change(journey_id: UUID, item_id: UUID) -> tuple[Place, ChecklistItem]:
    place = _place(journey_id, lock=True)
    item = journeys.find_item(session(), place, item_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    rest.match(schemas.ChecklistDocument, item)
    return place, item


@api.operation(
    "GET", f"{JOURNEY}/checklist", purpose=READ, gives=schemas.ChecklistDocument, listed=True
)
def checklist(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the do's and don'ts of a journey, in their order.

    The checklist of a hand-over stands in its terms.
    """
    items = journeys.checklist(session(), _place(journey_id).id)
    return rest.paged(items, lambda item: (item.position, str(item.id)), **query)


@api.operation("GET", ITEM, purpose=READ, gives=schemas.ChecklistDocument)
def item(journey_id: UUID, item_id: UUID) -> Any:
    """Give one do or don't."""
    return journeys.find_item(session(), _place(journey_id), item_id)


@api.operation(
    "POST",
    f"{JOURNEY}/checklist",
    purpose=WRITE,
    takes=schemas.NewChecklistItem,
    gives=schemas.ChecklistDocument,
    status=201,
)
def add_item(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a do or don't at the end; for who coordinates the journey."""
    place = _place(journey_id, lock=True)
    made = journeys.add_item(session(), rest.actor(), place, at=clock.now(), **body)
    return made, 201, {"Location": url_for(".item", journey_id=place.id, item_id=made.id)}


@api.operation(
    "PATCH",
    ITEM,
    purpose=WRITE,
    takes=schemas.ChecklistChange,
    gives=schemas.ChecklistDocument,
    matched=True,
)
def tick(journey_id: UUID, item_id: UUID, body: dict[str, Any]) -> Any:
    """Say that a do or don't is so, or not any more; for who coordinates the journey."""
    place, found = _to_change(journey_id, item_id)
    given = {"version": found.version, "at": clock.now(), **body}
    journeys.tick(session(), rest.actor(), place, found, **given)
    return found


@api.operation("DELETE", ITEM, purpose=WRITE, gives=None, status=204, matched=True)
def retire_item(journey_id: UUID, item_id: UUID) -> Any:
    """Take a do or don't off the list; for who coordinates the journey."""
    place, found = _to_change(journey_id, item_id)
    journeys.retire_item(session(), rest.actor(), place, found, at=clock.now())
