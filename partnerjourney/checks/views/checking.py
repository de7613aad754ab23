"""The silo check: what the rules find for this reader, each with a way to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, url_for
from flask_babel import gettext

from partnerjourney.checks import queries, schemas, words
from partnerjourney.checks.views.blueprint import bp, find_place
from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries import JourneyMap
from partnerjourney.touchpoints.rules.silo import APPLIES, Finding, How, Rule
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import member, session


@dataclass(frozen=True, slots=True)
class Stand:
    """One thing that a finding stands on: a name, what is the matter, where one looks at it."""

    text: str
    more: str
    href: str


@dataclass(frozen=True)
class Found:
    """A rule that found something: its words, what it stands on, and a way to mend it."""

    rule: Rule
    words: words.RuleWords
    stands: tuple[Stand, ...]
    mend: tuple[str, str] | None


@bp.get("/check")
def check(journey_id: UUID) -> Response:
    """Show what the silo check finds, as far as the reader sees the journey."""
    return _check(find_place(journey_id))


def _check(place: Place, form: Form | None = None, at: str = "", status: int = 200) -> Response:
    looked = queries.look(session(), place, at=clock.now())
    parts, kind = looked.parts, place.journey.kind.value
    shown = {one.rule for one in looked.findings}
    mine = [part for part in parts if part.organisation_id == member().organisation_id]
    return page(
        "checks/check.html",
        status=status,
        place=place,
        drawn=looked.drawn,
        found=_found(looked.map, looked.findings),
        quiet=[(rule, words.RULES[rule]) for rule in APPLIES if rule not in shown],
        applies=[rule for rule, kinds in APPLIES.items() if kind in kinds],
        reason=journeys.reasons(session(), place.id).get(Rule.ONE_PARTY.value),
        one_party=Rule.ONE_PARTY in shown,
        parts=[part for part in parts if part.disciplines],
        mine=[(place.parties[part.party_id], part) for part in mine],
        form=form,
        at=at,
    )


def _found(found: JourneyMap, listed: list[Finding]) -> list[Found]:
    by_rule: dict[Rule, list[Finding]] = {}
    for one in listed:
        by_rule.setdefault(one.rule, []).append(one)
    return [
        Found(
            rule,
            words.RULES[rule],
            tuple(stand for one in ones if (stand := _stand(found, one)) is not None),
            _mend(found.place, rule),
        )
        for rule, ones in by_rule.items()
    ]


def _stand(found: JourneyMap, one: Finding) -> Stand | None:
    place, about = found.place, one.about
    if one.rule in (Rule.NOT_THE_CUSTOMERS, Rule.MISTAKEN):
        card = next(card for card in found.cards if card.id == about)
        return Stand(
            card.name,
            _card_words(found, card, one),
            url_for("maps.card", journey_id=place.id, card_id=card.id),
        )
    if one.rule is Rule.ONE_SIDED:
        edge = next(edge for edge in found.edges if edge.id == about)
        giver, taker = (place.parties[key] for key in (edge.from_party_id, edge.to_party_id))
        more = gettext("a change waits for the other side")
        if one.how is How.PROVISIONAL:
            absent = [p.name for p in (giver, taker) if p.provisional and not p.orchestrator]
            more = gettext("%(party)s has not confirmed anything yet", party=absent[0])
        return Stand(
            f"{edge.number} · {giver.name} → {taker.name}",
            more,
            url_for("maps.handover", journey_id=place.id, handover_id=edge.id),
        )
    if one.rule is Rule.ABSENT:
        party = next(party for party in place.parties.values() if party.id == about)
        assert one.since is not None
        day = numbers.day(one.since.astimezone(ZoneInfo(place.journey.time_zone)).date())
        more = gettext("nobody has joined, since %(day)s", day=day)
        if one.how is How.SILENT:
            more = gettext("the last thing that you can see of it is of %(day)s", day=day)
        there = url_for("journeys.parties", journey_id=place.id, _anchor=f"party-{party.id}")
        return Stand(party.name, more, there)
    if one.rule is Rule.ONE_DISCIPLINE:
        said = gettext("nobody has said yet which disciplines look along")
        if one.how is How.ONE:
            said = gettext("so far only: %(trade)s", trade=words.trade(one.detail))
        return Stand(said, "", "")
    return None


def _card_words(found: JourneyMap, card: Any, one: Finding) -> str:
    if one.how is How.START:
        return str(gettext("the beginning: the customer does not start it"))
    if one.how is How.END:
        return str(gettext("the end: the customer has no part in it"))
    done, perceived = found.done_by(card), found.place.parties.get(card.perceived_id)
    said = gettext(
        "the customer thinks: %(perceived)s; really: %(really)s",
        perceived=perceived.name if perceived else "",
        really=done.name if done else "",
    )
    return str(said)


def _mend(place: Place, rule: Rule) -> tuple[str, str] | None:
    """Return what to do about it and where; None where the reader can only look."""
    if rule is Rule.ONE_DISCIPLINE:
        here = url_for("checks.check", journey_id=place.id, _anchor="trades")
        mine = any(
            allows(member(), Permission.PARTY_DESCRIBE, place.owned(party.id))
            for party in place.mine
        )
        return (gettext("Say your disciplines"), here) if mine else None
    if not allows(member(), Permission.JOURNEY_DRAW, place):
        return None
    draw: dict[str, Any] = {"journey_id": place.id}
    ways: Mapping[Rule, tuple[str, str]] = {
        Rule.ONE_PARTY: (
            gettext("Add a party"),
            url_for("drawing.draw", **draw, _anchor="parties"),
        ),
        Rule.NOT_THE_CUSTOMERS: (gettext("Draw the journey"), url_for("drawing.draw", **draw)),
        Rule.ABSENT: (gettext("Go to the parties"), url_for("journeys.parties", **draw)),
        Rule.NO_PARENT: (gettext("Choose the whole journey"), url_for("checks.kind", **draw)),
        Rule.OWN_ONLY: (
            gettext("Ask the customer elsewhere"),
            url_for("drawing.draw", **draw, _anchor="points"),
        ),
        Rule.NO_USE: (gettext("Mark or add a phase of use"), url_for("checks.kind", **draw)),
    }
    return ways.get(rule)


@bp.post("/check/reason")
def write_reason(journey_id: UUID) -> Response:
    """Write down why a journey of one party may be agreed all the same."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.ReasonForm())
    journeys.may_draw(member(), place)
    if not form.valid:
        return _check(place, form, "reason", 422)
    try:
        journeys.write_reason(
            session(), member(), place, rule=Rule.ONE_PARTY.value, at=clock.now(), **form.data
        )
    except StaleVersionError as error:
        there = journeys.reasons(session(), place.id).get(Rule.ONE_PARTY.value)
        form.values["version"] = there.version if there else 0
        now = error.current["text"] or "–"
        said = gettext("Somebody else saved in the meantime. Now it says: %(text)s", text=now)
        form.errors["_schema"] = [said]
        return _check(place, form, "reason", 409)
    flash(gettext("Saved."), "success")
    return see_other(url_for(".check", journey_id=place.id, _anchor="reason"))


@bp.post("/check/disciplines/<uuid:party_id>")
def say_disciplines(journey_id: UUID, party_id: UUID) -> Response:
    """Say from which disciplines the acting organisation looks at the journey."""
    place, form = find_place(journey_id), read_form(schemas.TradesForm())
    party = place.parties.get(party_id)
    if party is None:
        raise NotFoundError
    if not form.valid:
        return _check(place, form, str(party_id), 422)
    journeys.say_disciplines(session(), member(), place, party, at=clock.now(), **form.data)
    flash(gettext("Saved."), "success")
    return see_other(url_for(".check", journey_id=place.id, _anchor="trades"))
