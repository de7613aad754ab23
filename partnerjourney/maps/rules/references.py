"""What the parts of a document say of each other: keys that lead nowhere, impossible ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where: 'handovers[2].from'."""

    path: str
    message: str


def references(document: Mapping[str, Any]) -> list[Fault]:
    """Return every reference of a well-formed document that leads nowhere."""
    parties = {party["key"]: party for party in document["parties"]}
    phases = {phase["key"] for phase in document["phases"]}
    cards = {card["key"]: card for card in document.get("cards", [])}
    roles = {role["key"] for role in document.get("roles", [])}
    faults = _lead(document["parties"])
    for index, card in enumerate(document.get("cards", [])):
        path = f"cards[{index}]"
        if card["phase"] not in phases:
            faults.append(Fault(f"{path}.phase", f"there is no phase {card['phase']}"))
        for name in ("party", "initiator", "receiver", "perceived"):
            if card.get(name) is not None and card[name] not in parties:
                faults.append(Fault(f"{path}.{name}", f"there is no party {card[name]}"))
        if card["kind"] == "step" and card.get("channel"):
            faults.append(Fault(f"{path}.channel", "a step has no channel"))
        faults += _check_roles(path, card, roles)
    for index, handover in enumerate(document.get("handovers", [])):
        faults += _check_ends(f"handovers[{index}]", handover, parties, cards)
    handovers = {handover["key"] for handover in document.get("handovers", [])}
    for index, point in enumerate(document.get("points", [])):
        faults += _check_point(f"points[{index}]", point, cards, handovers)
    return faults


def _lead(parties: Sequence[Mapping[str, Any]]) -> list[Fault]:
    leads = [n for n, party in enumerate(parties) if party.get("orchestrator")]
    if not leads:
        return [Fault("parties", "one party must be the orchestrator")]
    faults = [
        Fault(f"parties[{n}].orchestrator", "only one party is the orchestrator") for n in leads[1:]
    ]
    if parties[leads[0]]["kind"] != "organisation":
        faults.append(Fault(f"parties[{leads[0]}].kind", "the orchestrator is an organisation"))
    return faults


def end_of(
    handover: Mapping[str, Any],
    side: str,
    parties: Mapping[str, Any],
    cards: Mapping[str, Mapping[str, Any]],
) -> tuple[str | None, str | None]:
    """Return (party key, card key) of one side ('from' or 'to'); None for what is not there.

    The side names a party, or a card; a key that both have is the party's, whose card
    `from_card` or `to_card` names.
    """
    key, card = handover[side], handover.get(f"{side}_card")
    if key in parties:
        return key, card
    if key in cards:
        return cards[key]["party"], key
    return None, card


def _check_ends(
    path: str,
    handover: Mapping[str, Any],
    parties: Mapping[str, Any],
    cards: Mapping[str, Mapping[str, Any]],
) -> list[Fault]:
    faults, ends = [], []
    for side in ("from", "to"):
        party, card = end_of(handover, side, parties, cards)
        if party is None:
            missing = f"there is no party or card {handover[side]}"
            faults.append(Fault(f"{path}.{side}", missing))
        elif card is not None and card not in cards:
            faults.append(Fault(f"{path}.{side}_card", f"there is no card {card}"))
        elif card is not None and cards[card]["party"] != party:
            faults.append(Fault(f"{path}.{side}_card", f"{card} is not in the lane of {party}"))
        ends.append(party)
    if ends[0] is not None and ends[0] == ends[1]:
        faults.append(Fault(f"{path}.to", "a party does not hand over to itself"))
    return faults


def _check_roles(path: str, card: Mapping[str, Any], roles: set[str]) -> list[Fault]:
    given = [weighed["role"] for weighed in card.get("roles", [])]
    if given and card["kind"] == "step":
        return [Fault(f"{path}.roles", "a step is not noticed, so it is nothing to a role")]
    faults = []
    for index, role in enumerate(given):
        if role not in roles:
            faults.append(Fault(f"{path}.roles[{index}].role", f"there is no role {role}"))
        elif role in given[:index]:
            faults.append(Fault(f"{path}.roles[{index}].role", f"{role} occurs twice"))
    return faults


def _check_point(
    path: str,
    point: Mapping[str, Any],
    cards: Mapping[str, Mapping[str, Any]],
    handovers: set[str],
) -> list[Fault]:
    card = cards.get(point["card"])
    if card is None:
        return [Fault(f"{path}.card", f"there is no card {point['card']}")]
    faults = []
    if card["kind"] == "step":
        faults.append(Fault(f"{path}.card", "a step is not noticed, so it cannot be asked about"))
    for index, key in enumerate(point.get("covers", [])):
        if key not in handovers:
            faults.append(Fault(f"{path}.covers[{index}]", f"there is no hand-over {key}"))
    return faults
