"""The map of a snapshot, with marks where it differs from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from partnerjourney.core import text_width
from partnerjourney.core.parties import monogram
from partnerjourney.maps.rules.drawing import edges_svg
from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.placed import MapLayout
from partnerjourney.maps.rules.source import MapCard, MapEdge, MapLane, MapPhase, MapSource
from partnerjourney.versions import words
from partnerjourney.versions.rules import Change, Mark, Snapshot, Thing
from partnerjourney.web import lattice
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.words import channel_icon, channel_word


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark on the map: its kind, its icon and its word."""

    kind: str
    icon: str
    text: str


@dataclass(frozen=True)
class Picture:
    """The layout with its arrows, the monogram of each lane, and the marks by id."""

    layout: MapLayout
    svg: str
    monograms: Mapping[str, str]
    marks: Mapping[str, Badge] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    lattice: Any = lattice


def picture(snapshot: Snapshot, changes: Iterable[Change] = ()) -> Picture | None:
    """Return the picture of a snapshot; None where nothing is on it."""
    if not snapshot["cards"]:
        return None
    changes = [change for change in changes if change.thing is not Thing.JOURNEY]
    drawn = _drawn(snapshot)
    layout = layout_map(_source(snapshot, drawn), text_width)
    marked = {c.id: _badge(c.marks) for c in changes}
    arrows = [c.id for c in changes if c.thing is Thing.HANDOVER and c.id in drawn]
    svg = edges_svg(layout, title=_("Arrows: the hand-overs"), stretch=arrows)
    return Picture(
        layout,
        svg if arrows else edges_svg(layout, title=_("Arrows: the hand-overs")),
        {party["id"]: monogram(party["name"]) for party in snapshot["parties"]},
        marked,
        frozenset(c.id for c in changes if Mark.RETIRED in c.marks),
    )


def _badge(marks: tuple[Mark, ...]) -> Badge:
    kind, icon = words.MARKS[marks[0]]
    return Badge(kind, icon, " · ".join(words.mark(one) for one in marks))


def _source(snapshot: Snapshot, drawn: Mapping[str, tuple[str, str]]) -> MapSource:
    parties = sorted(snapshot["parties"], key=lambda party: party["kind"] != "customer")
    return MapSource(
        phases=tuple(MapPhase(phase["id"], phase["name"]) for phase in snapshot["phases"]),
        lanes=tuple(
            MapLane(
                party["id"],
                party["name"],
                kind=party["kind"],
                subtitle=party["subtitle"] or (_("Coordinates") if party["orchestrator"] else ""),
            )
            for party in parties
        ),
        cards=tuple(_card(card, n) for n, card in enumerate(snapshot["cards"])),
        edges=tuple(
            MapEdge(one["id"], number, *drawn[one["id"]])
            for number, one in enumerate(snapshot["handovers"], 1)
            if one["id"] in drawn
        ),
        points=(),
    )


def _drawn(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Return between which cards each hand-over is drawn."""
    found = drawn_between(
        [Stop(card["id"], card["party"]) for card in snapshot["cards"]],
        [
            Passing(one["id"], one["from"], one["to"], one["from_card"], one["to_card"])
            for one in snapshot["handovers"]
        ],
    )
    return {str(key): (str(a), str(b)) for key, (a, b) in found.items()}


def _card(card: Mapping[str, Any], position: int) -> MapCard:
    icon = channel_icon(card["channel"])
    truth = card["moment_of_truth"] or any(row[1] for row in card["roles"])
    return MapCard(
        card["id"],
        card["party"],
        card["phase"],
        card["name"],
        channel_word(card["channel"]),
        is_step=card["kind"] == "step",
        flags=(icon, "star") if truth else (icon,),
        position=position,
    )
