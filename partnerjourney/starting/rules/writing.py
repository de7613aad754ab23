"""A journey's document written as CJML 2.0 and as a Mermaid `journey`; what neither can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

Document = Mapping[str, Any]


class Lacks(StrEnum):
    """What a format has no words for; how often is said beside it."""

    TERMS = "terms"
    POINTS = "points"
    MARKS = "marks"
    LANES = "lanes"
    KINDS = "kinds"
    CHANNELS = "channels"
    STEPS = "steps"
    PARTIES = "parties"
    SCORES = "scores"


@dataclass(frozen=True, slots=True)
class Lack:
    """One kind of thing that a format lacks, and how many of it this journey has."""

    what: Lacks
    count: int


_MARKS = ("intended_experience", "moment_of_truth", "perceived", "control", "roles")


def lacking(document: Document, form: str) -> list[Lack]:
    """Return what of a journey a file in this format will not say; JSON says everything."""
    if form == "json":
        return []
    cards, parties = document["cards"], document["parties"]
    used = {card.get(name) for card in cards for name in ("party", "initiator", "receiver")}
    found = {
        Lacks.TERMS: len(document["handovers"]),
        Lacks.POINTS: len(document["points"]),
        Lacks.MARKS: sum(any(card.get(name) for name in _MARKS) for card in cards),
        Lacks.LANES: sum(card.get("initiator", card["party"]) != card["party"] for card in cards),
        Lacks.KINDS: sum(
            bool(p.get("subtitle")) or p["kind"] in ("group", "unrepresented") for p in parties
        ),
    }
    if form == "mermaid":
        found |= {
            Lacks.CHANNELS: sum(bool(card.get("channel")) for card in cards),
            Lacks.STEPS: sum(card["kind"] == "step" for card in cards),
            Lacks.PARTIES: sum(party["key"] not in used for party in parties),
            Lacks.SCORES: len(cards),
        }
    return [Lack(what, count) for what, count in found.items() if count]


def sides(card: Mapping[str, Any], customers: Sequence[str]) -> tuple[str, str]:
    """Return (initiator, receiver or nothing): a contact that somebody begins is for the customer.

    A step without a receiver has none.
    """
    initiator = card.get("initiator") or card["party"]
    receiver = card.get("receiver") or ""
    if not receiver and card["kind"] == "touchpoint" and initiator not in customers:
        receiver = customers[0] if customers else ""
    return str(initiator), str(receiver)


def _customers(document: Document) -> list[str]:
    return [party["key"] for party in document["parties"] if party["kind"] == "customer"]


# --- CJML ----------------------------------------------------------------------------------------


def cjml(document: Document) -> str:
    """Return the journey as a planned journey of CJML 2.0."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<CJML version="2.0">', *_planned(document)]
    return "\n".join([*lines, "</CJML>", ""])


def _planned(document: Document) -> Iterator[str]:
    journey, customers = document["journey"], _customers(document)
    yield "  <plannedJourney>"
    yield f"    {_element('journeyID', journey['slug'])}"
    yield f"    {_element('journeyTitle', journey['name'])}"
    yield "    <journeyPhases>"
    for phase in document["phases"]:
        yield f'      <journeyPhase phaseID="{escape(phase["key"])}">'
        yield f"        {_element('phaseName', phase['name'])}"
        yield "      </journeyPhase>"
    yield "    </journeyPhases>"
    yield "    <actors>"
    for party in sorted(document["parties"], key=lambda party: party["key"] not in customers):
        tag, name = ("serviceProvider", "companyName")
        if party["key"] in customers:
            tag, name = ("endUser", "actorName")
        yield f'      <{tag} actorID="{escape(party["key"])}">'
        yield f"        {_element(name, party['name'])}"
        yield f"      </{tag}>"
    yield "    </actors>"
    yield "    <touchpoints>"
    for card in document["cards"]:
        yield from _point(card, customers)
    yield "    </touchpoints>"
    yield "  </plannedJourney>"


def _point(card: Mapping[str, Any], customers: Sequence[str]) -> Iterator[str]:
    contact = card["kind"] == "touchpoint"
    tag = "plannedCommunicationPoint" if contact else "plannedAction"
    initiator, receiver = sides(card, customers) if contact else (card["party"], "")
    yield f"      <{tag}>"
    yield f"        {_element('touchpointID', card['key'])}"
    yield f'        <belongsTo phaseIDref="{escape(card["phase"])}"/>'
    yield "        <initiator>"
    yield f'          <refersTo actorIDref="{escape(initiator)}"/>'
    yield f"          {_element('initiatorLabel', card['name'])}"
    yield "        </initiator>"
    if receiver:
        yield "        <receiver>"
        yield f'          <refersTo actorIDref="{escape(receiver)}"/>'
        yield "        </receiver>"
    if contact and card.get("channel"):
        yield f"        <channel>{_element('channelName', card['channel'])}</channel>"
    yield f"      </{tag}>"


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text, quote=False)}</{tag}>"


# --- Mermaid -------------------------------------------------------------------------------------

NEUTRAL = 3
NEUTRAL_SAID = f"{NEUTRAL} is neutral: Mermaid asks for a number, and nobody gave one here."
_KEYWORD = re.compile(r"(?:title|section|journey|accTitle|accDescr)\b", re.IGNORECASE)


def mermaid(document: Document) -> str:
    """Return the journey as a Mermaid `journey`; each task has the neutral score that it must have.

    Scores here belong to customers' answers and are no property of a task.
    """
    names = {party["key"]: party["name"] for party in document["parties"]}
    customers = _customers(document)
    lines = ["journey", f"    title {_coded(document['journey']['name'])}"]
    lines.append(f"    %% {NEUTRAL_SAID}")
    for phase in document["phases"]:
        lines.append(f"    section {_coded(phase['name'])}")
        for card in document["cards"]:
            if card["phase"] != phase["key"]:
                continue
            actors = [names[key] for key in sides(card, customers) if key]
            told = ", ".join(_coded(actor) for actor in dict.fromkeys(actors))
            lines.append(f"        {_coded(card['name'], first=True)}: {NEUTRAL}: {told}")
    return "\n".join([*lines, ""])


def _coded(text: str, *, first: bool = False) -> str:
    """Return a text whose signs Mermaid would misread as entity codes."""
    coded = re.sub(r"[#:;,%<>{}`\"]", lambda found: f"#{ord(found[0])};", " ".join(text.split()))
    if first and (_KEYWORD.match(coded) or coded.startswith("-")):
        coded = f"#{ord(coded[0])};{coded[1:]}"
    return coded
