"""A sketch made into the document that `import journey` takes: keys, lanes, hand-overs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from partnerjourney.journeys.rules import KEY, new_key
from partnerjourney.starting.rules.sketch import Actor, Moment, Note, Report, Sketch, Stage

MOST_CARDS, MOST_PHASES, MOST_PARTIES = 300, 60, 60
"""How much of a file comes in: above any journey that people read, and made within seconds."""

CUSTOMERS = (
    ("klant", "cliënt", "gast", "gebruiker", "consument", "bezoeker", "patiënt", "reiziger"),
    ("koper", "huurder", "ik", "customer", "client", "guest", "user", "consumer", "visitor"),
    ("patient", "traveller", "traveler", "buyer", "shopper", "tenant", "me"),
)
"""Actors with such a name are the customer where a format does not say who is."""

WORDS = {
    "nl": {"customer": "Klant", "phase": "Klantreis", "card": "Zonder naam"},
    "en": {"customer": "Customer", "phase": "Journey", "card": "Without a name"},
}

OWN = "-"
"""Chosen as `me`: no party of the file, but a lane of one's own."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader decides: what the file does not say.

    `me` is the key of the actor that the organisation is (OWN: none, empty: by name), `customer`
    that of the customer (empty: by name).
    """

    organisation: str
    slug: str = ""
    name: str = ""
    language: str = "nl"
    form_of_address: str = "u"
    me: str = ""
    customer: str = ""


@dataclass
class Draft:
    """The document, and who was taken for whom."""

    document: dict[str, Any]
    me: str
    customer: str


def draft(sketch: Sketch, choices: Choices, report: Report) -> Draft:
    """Make a document of a sketch; what falls away or was supplied is noted."""
    return _Drafter(sketch, choices, report).draft()


def _same(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


class _Drafter:
    """Makes one document; keys of the file stay where they can."""

    def __init__(self, sketch: Sketch, choices: Choices, report: Report) -> None:
        self.sketch, self.choices, self.report = sketch, choices, report
        self.words = WORDS[choices.language]
        self.parties: list[dict[str, Any]] = []
        self.lanes: dict[str, str] = {}  # key of an actor → key of its party
        self.customers: set[str] = set()

    def draft(self) -> Draft:
        """Make it."""
        actors, customer = self._actors()
        me = self._me(actors)
        for actor in actors:
            self._party(actor.name, actor.key, lead=actor.key == me, customer=bool(actor.customer))
        if not self.customers:
            self._party(self.words["customer"], "", customer=True)
            self.report.add(Note.NO_CUSTOMER, name=self.words["customer"])
        if not any(party.get("orchestrator") for party in self.parties):
            name = self.choices.organisation[:120]
            self._party(name, "", lead=True)
            self.report.add(Note.LANE_OF_YOUR_OWN, name=name)
        self.parties.sort(key=lambda party: party["kind"] != "customer")
        stages, moments = self._path()
        phases, cards = self._phases(stages), list[dict[str, Any]]()
        for moment in moments:
            cards.append(self._card(moment, phases, {card["key"] for card in cards}))
        order = {key: number for number, key in enumerate(phases.values())}
        pairs = zip(moments, cards, strict=True)
        steps = sum(moment.kind is None and card["kind"] == "step" for moment, card in pairs)
        if steps:
            self.report.add(Note.STEPS, count=steps)
        cards.sort(key=lambda card: order[card["phase"]])
        handovers = _handovers(cards)
        if handovers:
            self.report.add(Note.HANDOVERS, count=len(handovers))
        names = {phases[stage.key]: stage.name for stage in stages}
        document = {
            "journey": self._journey(),
            "parties": self.parties,
            "phases": [{"key": key, "name": name} for key, name in names.items()],
            "cards": cards,
            "handovers": handovers,
            "points": [],
        }
        return Draft(document, me, customer)

    def _journey(self) -> dict[str, Any]:
        choices = self.choices
        name = choices.name or self.sketch.title or self.words["phase"]
        return {
            "slug": choices.slug or new_key(name, ()),
            "name": name,
            "language": choices.language,
            "form_of_address": choices.form_of_address,
        }

    # --- parties ---------------------------------------------------------------------------------

    def _actors(self) -> tuple[list[Actor], str]:
        """Return who comes in, each a customer or not, and the key of the customer."""
        actors = self.sketch.actors[: MOST_PARTIES - 2]
        if left := self.sketch.actors[len(actors) :]:
            self.report.add(Note.TOO_MANY_PARTIES, left[0].line, most=len(actors), count=len(left))
        known = {actor.key for actor in actors}
        customer = self.choices.customer if self.choices.customer in known else ""
        if not customer and all(actor.customer is None for actor in actors):
            found = next((a for a in actors if _same(a.name) in _CUSTOMERS), None)
            if found is not None:
                customer = found.key
                self.report.add(Note.CUSTOMER, found.line, name=found.name)
        decided = [replace(a, customer=bool(a.customer) or a.key == customer) for a in actors]
        return decided, customer or next((a.key for a in actors if a.customer), "")

    def _me(self, actors: Sequence[Actor]) -> str:
        companies = [actor for actor in actors if not actor.customer]
        if any(actor.key == self.choices.me for actor in companies):
            return self.choices.me
        mine = _same(self.choices.organisation)
        named = next((a.key for a in companies if _same(a.name) == mine), "")
        return "" if self.choices.me == OWN else named

    def _party(self, name: str, actor: str, *, lead: bool = False, customer: bool = False) -> None:
        taken = {party["key"] for party in self.parties}
        key = _key(actor, name, taken)
        party: dict[str, Any] = {
            "key": key,
            "name": name,
            "kind": "customer" if customer else "organisation",
        }
        if lead:
            party["orchestrator"] = True
        if customer:
            self.customers.add(key)
        self.parties.append(party)
        if actor:
            self.lanes[actor] = key

    # --- the path --------------------------------------------------------------------------------

    def _path(self) -> tuple[list[Stage], list[Moment]]:
        """Return the phases and cards that come in; a card without a phase stands in the last."""
        moments = self.sketch.moments[:MOST_CARDS]
        if left := self.sketch.moments[MOST_CARDS:]:
            self.report.add(Note.TOO_MANY_CARDS, left[0].line, most=MOST_CARDS, count=len(left))
        stages = self.sketch.stages[:MOST_PHASES]
        if cut := self.sketch.stages[MOST_PHASES:]:
            self.report.add(Note.TOO_MANY_PHASES, cut[0].line, most=MOST_PHASES, count=len(cut))
        known = {stage.key for stage in stages}
        there: list[Moment] = []
        if any(moment.stage not in known for moment in moments[:1]) or not stages:
            first = Stage("", self.words["phase"])
            stages, known = [first, *stages], known | {""}
            self.report.add(Note.NO_PHASE, name=first.name)
        for moment in moments:
            before = there[-1].stage if there else stages[0].key
            there.append(moment if moment.stage in known else replace(moment, stage=before))
        return stages, there

    def _phases(self, stages: Sequence[Stage]) -> dict[str, str]:
        """Return key in the file → key of the phase."""
        found: dict[str, str] = {}
        for stage in stages:
            found[stage.key] = _key(stage.key, stage.name, set(found.values()))
        return found

    def _card(self, moment: Moment, phases: dict[str, str], taken: set[str]) -> dict[str, Any]:
        name = moment.name or self.words["card"]
        if not moment.name:
            self.report.add(Note.NO_NAME, moment.line, moment.path, name=name)
        initiator, receiver = self.lanes.get(moment.initiator), self.lanes.get(moment.receiver)
        owner, kind = initiator or receiver, moment.kind
        if kind is None and owner in self.customers:
            owner = receiver or owner  # where who begins is not said, the company owns it
        if owner is None:
            owner = next(party["key"] for party in self.parties if party.get("orchestrator"))
            self.report.add(Note.NOBODY, moment.line, moment.path, name=name)
        if kind is None:
            kind = "touchpoint" if {initiator, receiver} & self.customers else "step"
        card = {
            "key": _key(moment.key, name, taken),
            "phase": phases[moment.stage],
            "party": owner,
            "kind": kind,
            "name": name,
        }
        if kind == "touchpoint" or receiver:
            card |= {"initiator": initiator, "receiver": receiver}
        if kind == "touchpoint":
            card["channel"] = moment.channel
        return {name: value for name, value in card.items() if value}


_CUSTOMERS = frozenset(_same(name) for names in CUSTOMERS for name in names)


def _key(given: str, name: str, taken: set[str]) -> str:
    if KEY.fullmatch(given) and given not in taken:
        return given
    return new_key(name, taken)


def _handovers(cards: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a hand-over wherever the path changes party."""
    found: list[dict[str, Any]] = []
    for giver, taker in pairwise(cards):
        if giver["party"] != taker["party"]:
            taken = {handover["key"] for handover in found}
            found.append(
                {
                    "key": new_key(f"{giver['party']}-{taker['party']}", taken),
                    "from": giver["party"],
                    "to": taker["party"],
                    "from_card": giver["key"],
                    "to_card": taker["key"],
                }
            )
    return found
