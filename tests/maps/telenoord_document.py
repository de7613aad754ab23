"""The journey of the picture as a file: the sample map, with terms, channels and points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.maps.sample_map import SAMPLE

_CHANNELS = {
    "Website": "website",
    "App": "app",
    "Bezoek": "visit",
    "E-mail": "email",
    "Telefoon": "phone",
    "Sms": "sms",
}
_KINDS = {"klant": "customer", "koeriers": "group"}
_SUBJECTS = {
    "bestelling": "bestelling",
    "afspraak": "afspraak",
    "levering": "levering",
    "installatie": "installatie",
    "hulp": "hulp",
}
_TERMS: Mapping[str, Any] = {
    "name": "Pakket gaat mee met de koerier",
    "trigger": "Het pakket staat klaar.",
    "time_limit": "P1D",
    "told": "Uw pakket gaat vandaag mee met de koerier. U krijgt een sms met de bezorgtijd.",
    "checklist": [
        "Toestel en kleur vergeleken met de pakbon",
        "Barcode gescand bij het laden",
        "Telefoonnummer van de ontvanger compleet",
    ],
    "refuse_reasons": ["Verpakking beschadigd"],
    "contact_name": "Fatima Bakker, Magazijn Flevo",
    "contact_reach": "085 555 01 40 · 7.00–19.00 uur",
}


def document() -> dict[str, Any]:
    """Return the picture's journey as a file."""
    parties = [
        {
            "key": lane.key,
            "name": lane.name,
            "kind": _KINDS.get(lane.key, "organisation"),
            "subtitle": "" if lane.key == "koeriers" else lane.subtitle,
        }
        for lane in SAMPLE.lanes
    ]
    parties[1]["orchestrator"] = True  # type: ignore[assignment]
    cards = [_card(card) for card in SAMPLE.cards]
    lanes = {card.key: card.lane for card in SAMPLE.cards}
    edges = []
    for edge in SAMPLE.edges:
        line = {
            "key": edge.key,
            "from": lanes[edge.from_card],
            "to": lanes[edge.to_card],
            "from_card": edge.from_card,
            "to_card": edge.to_card,
            "told": f"U hoort dit bij stap {edge.number}.",
            "time_limit": "PT48H",
            "checklist": [f"Lijst {edge.number}"],
        }
        edges.append(line | dict(_TERMS) if edge.number == 4 else line)
    points = [
        {
            "key": point.key,
            "card": point.card,
            "metric": "nps",
            "subject": _SUBJECTS[point.key],
            "covers": list(point.covers),
        }
        for point in SAMPLE.points
        if point.key in ("bestelling", "afspraak", "installatie", "hulp")
    ]
    points.append(
        {"key": "levering", "card": "neemt", "metric": "nps", "subject": "levering",
         "covers": ["h2", "h4", "h5"]}
    )  # fmt: skip
    return {
        "journey": {
            "slug": "zakelijk",
            "name": "Zakelijk internet en toestel",
            "language": "nl",
            "time_zone": "Europe/Amsterdam",
        },
        "parties": [{k: v for k, v in p.items() if v} for p in parties],
        "phases": [{"key": phase.key, "name": phase.name} for phase in SAMPLE.phases],
        "cards": cards,
        "handovers": edges,
        "points": points,
    }


def _card(card: Any) -> dict[str, Any]:
    line = {"key": card.key, "phase": card.phase, "party": card.lane, "name": card.title}
    if card.is_step:
        return line | {"kind": "step"}
    return line | {
        "kind": "touchpoint",
        "channel": _CHANNELS[card.channel],
        "moment_of_truth": card.key in ("neemt", "test", "servicedesk"),
        "intended_experience": "Ik weet waar ik aan toe ben.",
    }
