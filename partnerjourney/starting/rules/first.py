"""A journey of one hand-over, one partner and one question: the document of a first run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WEEKS = 4
"""How long the first question is asked."""

WORDS = {
    "nl": {
        "customer": "Klant",
        "before": "Overdragen",
        "after": "Bij de klant",
        "gives": "Overdragen aan {taker}",
        "name": "Van {giver} naar {taker}",
    },
    "en": {
        "customer": "Customer",
        "before": "Hand over",
        "after": "At the customer",
        "gives": "Hand over to {taker}",
        "name": "From {giver} to {taker}",
    },
}


@dataclass(frozen=True, slots=True)
class First:
    """What is needed: who gives, who takes, and what the customer notices of it.

    `giving` says that the organisation itself hands over, else it takes over.
    """

    organisation: str
    partner: str
    notices: str
    giving: bool
    language: str = "nl"
    form_of_address: str = "u"
    told: str = ""


def first_journey(first: First) -> dict[str, Any]:
    """Return the document of a journey with two lanes, one hand-over and one measuring point."""
    words = WORDS[first.language]
    giver, taker = ("me", "partner") if first.giving else ("partner", "me")
    names = {"me": first.organisation, "partner": first.partner}
    said = {"giver": names[giver], "taker": names[taker]}
    name = words["name"].format(**said)[:80]
    handover = {"key": "first", "from": giver, "to": taker, "name": name, "told": first.told}
    point = {"key": "first", "card": "notices", "metric": "nps", "subject": first.notices[:60]}
    return {
        "journey": {
            "slug": "first",
            "name": f"{said['giver']} → {said['taker']}"[:120],
            "language": first.language,
            "form_of_address": first.form_of_address,
        },
        "parties": [
            {"key": "customer", "name": words["customer"], "kind": "customer"},
            {"key": "me", "name": names["me"], "kind": "organisation", "orchestrator": True},
            {"key": "partner", "name": names["partner"], "kind": "organisation"},
        ],
        "phases": [
            {"key": "before", "name": words["before"]},
            {"key": "after", "name": words["after"]},
        ],
        "cards": _cards(first, giver, taker, words["gives"].format(**said)[:80]),
        "handovers": [{**handover, "from_card": "gives", "to_card": "notices"}],
        "points": [{**point, "covers": ["first"]}],
    }


def _cards(first: First, giver: str, taker: str, gives: str) -> list[dict[str, Any]]:
    """Return the step before the hand-over, and what the customer notices after it."""
    return [
        {"key": "gives", "phase": "before", "party": giver, "kind": "step", "name": gives},
        {
            "key": "notices",
            "phase": "after",
            "party": taker,
            "kind": "touchpoint",
            "name": first.notices[:1].upper() + first.notices[1:],
            "initiator": taker,
            "receiver": "customer",
        },
    ]
