"""Whom a difference touches: only those parties are asked again.

A card touches the party that owns it, before and after. In a lane for which nobody can answer (the
customer's) it touches the parties at its other side. A hand-over touches its giver and its taker. A
party touches itself. Names, order and use of phases, the customer roles and the journey's own name
are the coordinator's alone: they touch nobody, unless a card moves along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from partnerjourney.versions.rules.difference import Change, Thing
from partnerjourney.versions.rules.snapshots import REPRESENTED, Snapshot


def touched(before: Snapshot | None, after: Snapshot, changes: Iterable[Change]) -> set[str]:
    """Return the parties that a difference touches; without a `before` all that are on the map."""
    if before is None:
        all_of = {party["id"] for party in _represented(after)}
        met = {one for card in after["cards"] for one in _behind(card, all_of)}
        return all_of & (_on_the_map(after) | met)
    able = {party["id"] for one in (before, after) for party in _represented(one)}
    return {party for change in changes for party in _of(change, able)}


def _represented(snapshot: Snapshot) -> Iterator[Mapping[str, Any]]:
    return (party for party in snapshot["parties"] if party["kind"] in REPRESENTED)


def _of(change: Change, able: Collection[str]) -> Iterator[str]:
    for one in (change.before, change.after):
        if one is None:
            continue
        if change.thing is Thing.CARD:
            yield from _behind(one, able)
        elif change.thing is Thing.HANDOVER:
            yield from (one[end] for end in ("from", "to") if one[end] in able)
        elif change.thing is Thing.PARTY and change.id in able:
            yield change.id


def _behind(card: Mapping[str, Any], able: Collection[str]) -> Iterator[str]:
    if card["party"] in able:
        yield card["party"]
        return
    yield from (card[end] for end in ("initiator", "receiver") if card[end] in able)


def asked(
    snapshot: Snapshot,
    changes: Iterable[Change],
    basis: Snapshot | None,
    *,
    answers: Collection[str],
    agreed_before: Collection[str],
    puts: Collection[str],
) -> tuple[list[str], list[str]]:
    """Return whom a version is put to, and who of the touched cannot be asked, in lane order.

    `answers` are the parties of which somebody can answer, groups among them; `agreed_before` those
    that said yes to an earlier version: who never did is asked too. `puts` are the coordinator's
    own, which agree by putting it forward. A group is asked when it is touched alone: that a member
    joined must not be seen by the others.
    """
    wanted = touched(basis, snapshot, changes)
    groups = {party["id"] for party in snapshot["parties"] if party["kind"] == "group"}
    if basis is not None:
        wanted |= (set(answers) - groups - set(agreed_before)) & _on_the_map(snapshot)
    listed = [party["id"] for party in _represented(snapshot) if party["id"] in wanted]
    others = [party for party in listed if party not in puts]
    return (
        [party for party in others if party in answers],
        [party for party in others if party not in answers],
    )


def _on_the_map(snapshot: Snapshot) -> set[str]:
    """Return the parties of which something stands on the map."""
    cards = {card["party"] for card in snapshot["cards"]}
    return cards | {one[end] for one in snapshot["handovers"] for end in ("from", "to")}
