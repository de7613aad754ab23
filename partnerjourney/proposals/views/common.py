"""What the pages of proposals share: the blueprint, and a proposal as a page tells it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, url_for

from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, allows
from partnerjourney.handovers.words import Line
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import services, words
from partnerjourney.proposals.queries import ListedProposal
from partnerjourney.proposals.rules import Means, State, Subject, read
from partnerjourney.web import moments
from partnerjourney.web.session import member

bp = Blueprint(
    "proposals", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/proposals"
)

CHIPS: Mapping[State, tuple[str, str]] = {
    State.OPEN: ("warn", "hourglass"),
    State.ACCEPTED: ("good", "check"),
    State.REJECTED: ("bad", "x"),
    State.WITHDRAWN: ("neutral", "undo-2"),
    State.STALE: ("neutral", "history"),
    State.LAPSED: ("warn", "circle-alert"),
}


@dataclass(frozen=True)
class Said:
    """A proposal in words, and what the reader may do with it."""

    id: uuid.UUID
    title: str
    about: str
    by: str
    lines: tuple[Line, ...]
    reason: str
    chip: tuple[str, str, str]
    made: str
    made_exact: str
    due: str
    waits_for: str
    agreed: tuple[str, ...]
    answer: str
    there: str
    href: str
    asked: bool
    mine: bool
    open: bool
    object_before: str


def said(
    place: Place, row: ListedProposal, *, objectable: bool = False, linked: bool = True
) -> Said:
    """Return a proposal as its page and the list tell it; `linked` where one is signed in."""
    proposal, zone = row.proposal, place.journey.time_zone
    may = allows(member(), Permission.PROPOSAL_ANSWER, place)
    silent = any(one["means"] == Means.SILENCE.value for one in proposal.agreed.values())
    kind, icon = CHIPS[proposal.state]
    state = words.state(
        proposal.state, by_silence=silent, objected=proposal.objected_at is not None
    )
    card = proposal.subject is Subject.CARD
    below = f"cards/{proposal.card_id}" if card else f"handovers/{proposal.handover_id}"
    waiting = [party for party in proposal.asked if party not in proposal.agreed]
    return Said(
        proposal.id,
        row.title,
        "" if card or not row.about else f"{row.giver} → {row.taker}",
        _name(place.parties[proposal.by_party_id], row.member),
        words.lines(proposal.subject, read(proposal.fields)),
        proposal.reason,
        (kind, state, icon),
        moments.near_day(proposal.made_at.date()),
        moments.exact(proposal.made_at, zone),
        moments.near(proposal.due_at, zone),
        _listed(place, waiting, row.member) if proposal.state is State.OPEN else "",
        tuple(_agreed(place, party, one["means"], row.member) for party, one in _by(proposal)),
        proposal.answer,
        url_for("maps.show", journey_id=place.id) + below if linked else "",
        _page_of(place, proposal.id) if linked else "",
        may and bool(services.asked_of(place, proposal)),
        may and services.is_mine(place, proposal),
        proposal.state is State.OPEN,
        moments.near(proposal.object_until, zone) if objectable and proposal.object_until else "",
    )


def _page_of(place: Place, proposal_id: uuid.UUID) -> str:
    return url_for("proposals.show", journey_id=place.id, proposal_id=proposal_id)


def _by(proposal: object) -> list[tuple[str, Mapping[str, str]]]:
    return sorted(proposal.agreed.items(), key=lambda pair: pair[1]["at"])  # type: ignore[attr-defined]


def _party(place: Place, party_id: str) -> Party:
    return place.parties[uuid.UUID(party_id)]


def _listed(place: Place, parties: list[str], member_name: str) -> str:
    return ", ".join(_name(_party(place, one), member_name) for one in parties)


def _name(party: Party, member_name: str) -> str:
    return member_name if member_name and party.kind.value == "group" else party.name


def _agreed(place: Place, party_id: str, means: str, member_name: str) -> str:
    return f"{_name(_party(place, party_id), member_name)} · {words.means(means)}"
