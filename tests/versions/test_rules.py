"""What differs between two snapshots, whom that touches, and what can be brought back."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.versions.rules import (
    Change,
    Mark,
    Thing,
    Way,
    Why,
    asked,
    canonical,
    difference,
    digest,
    merged,
    plan,
    touched,
)


def card(key: str, party: str, phase: str = "p1", **more: Any) -> dict[str, Any]:
    """Return a card as a snapshot holds it."""
    said: dict[str, Any] = {
        "id": key,
        "phase": phase,
        "party": party,
        "kind": "touchpoint",
        "name": key.title(),
        "channel": None,
        "initiator": None,
        "receiver": None,
        "intended_experience": "",
        "moment_of_truth": False,
        "perceived": None,
        "perceived_told": "",
        "control": None,
        "roles": [],
    }
    return said | more


def snapshot() -> dict[str, Any]:
    """Return a small chain: the customer, a brand, a warehouse, couriers, an installer."""
    kinds = {"customer": "customer", "couriers": "group"}
    parties = ("customer", "brand", "warehouse", "couriers", "installer")
    return {
        "schema": 1,
        "journey": {"name": "Internet", "kind": "end_to_end", "form_of_address": "u"},
        "parties": [
            {
                "id": party,
                "name": party.title(),
                "subtitle": "",
                "kind": kinds.get(party, "organisation"),
                "orchestrator": party == "brand",
            }
            for party in parties
        ],
        "roles": [],
        "phases": [{"id": p, "name": p.upper(), "is_use": False} for p in ("p1", "p2")],
        "cards": [
            card("order", "brand"),
            card("pick", "warehouse", kind="step"),
            card("bring", "couriers"),
            card("open", "customer", "p2", initiator="couriers"),
            card("install", "installer", "p2"),
        ],
        "handovers": [
            {
                "id": "h1",
                "from": "warehouse",
                "to": "couriers",
                "from_card": "pick",
                "to_card": "bring",
                "label": "",
                "told": "Onderweg.",
            }
        ],
    }


def of(found: tuple[Change, ...]) -> dict[str, tuple[Mark, ...]]:
    return {change.id: change.marks for change in found}


def test_every_difference_is_found_once_and_moves_are_as_few_as_explain_the_order() -> None:
    before, after = snapshot(), snapshot()
    after["journey"]["name"] = "Glasvezel"
    after["phases"][1]["name"] = "Thuis"
    cards = after["cards"]
    cards[0]["channel"] = "website"
    cards[4] |= {"name": "Komt langs", "phase": "p1"}
    del cards[1]
    cards.insert(0, card("check", "brand"))
    after["handovers"][0]["told"] = "Morgen."
    found = difference(before, after)
    assert of(found) == {
        "": (Mark.CHANGED,),
        "p2": (Mark.CHANGED,),
        "check": (Mark.ADDED,),
        "order": (Mark.CHANGED,),
        "install": (Mark.CHANGED, Mark.MOVED),
        "pick": (Mark.RETIRED,),
        "h1": (Mark.CHANGED,),
    }
    assert [c.thing for c in found] == sorted((c.thing for c in found), key=list(Thing).index)
    row = snapshot()
    row["cards"] = [row["cards"][n] for n in (2, 0, 1, 3, 4)]
    assert of(difference(before, row)) == {"bring": (Mark.MOVED,)}
    row = snapshot()
    row["phases"].reverse()
    assert sum(c.thing is Thing.PHASE for c in difference(before, row)) == 1
    assert difference(before, snapshot()) == ()


def test_a_difference_touches_who_owns_what_changed_before_and_after() -> None:
    def whom(change: Any) -> set[str]:
        after = snapshot()
        change(after)
        return touched(snapshot(), after, difference(snapshot(), after))

    def named(number: int) -> Any:
        return lambda s: s["cards"][number].update(name="Anders")

    assert whom(named(1)) == {"warehouse"}
    assert whom(named(3)) == {"couriers"}, "the customer's lane: who stands at its other side"
    assert whom(lambda s: s["cards"][1].update(party="installer")) == {"warehouse", "installer"}
    assert whom(lambda s: s["handovers"].clear()) == {"warehouse", "couriers"}
    assert whom(lambda s: s["phases"][0].update(name="Anders")) == set()
    assert whom(lambda s: s["phases"].reverse()) == set()
    assert whom(lambda s: s["journey"].update(name="Anders")) == set()
    alone = snapshot()
    alone["cards"] = alone["cards"][:4]
    assert touched(None, alone, ()) == {"brand", "warehouse", "couriers"}


def test_who_never_agreed_is_asked_along_but_no_group_and_nobody_twice() -> None:
    before, after = snapshot(), snapshot()
    after["cards"][0]["name"] = "Anders"

    def whom(basis: Any, **given: Any) -> tuple[list[str], list[str]]:
        changes = difference(before, after) if basis else ()
        return asked(after, changes, basis, puts=["brand"], **given)

    everybody = ["brand", "warehouse", "couriers", "installer"]
    assert whom(None, answers=["brand", "warehouse", "couriers"], agreed_before=()) == (
        ["warehouse", "couriers"],
        ["installer"],
    )
    assert whom(before, answers=everybody, agreed_before=["warehouse", "installer"]) == ([], [])
    assert whom(before, answers=everybody, agreed_before=["warehouse"]) == (["installer"], [])


def test_what_is_anothers_is_proposed_or_listed_and_never_done() -> None:
    now, wanted = snapshot(), snapshot()
    now["cards"][0]["name"] = "Bestellen"
    now["cards"][1] |= {"name": "Pakken", "control": "partner"}
    now["cards"].append(card("extra", "installer"))
    now["handovers"][0]["told"] = "Nu."
    now["parties"][1]["name"] = "Merk"
    steps = plan(now, wanted, own=["brand", "customer"], stands=["warehouse", "couriers"])
    assert [(s.change.id, s.way, s.fields, s.why) for s in steps] == [
        ("brand", Way.CANNOT, ("name",), Why.ELSEWHERE),
        ("order", Way.DO, ("name",), None),
        ("pick", Way.PROPOSE, ("name",), None),
        ("pick", Way.CANNOT, ("control",), Why.OWNED),
        ("extra", Way.CANNOT, (), Why.NOBODY),
        ("h1", Way.PROPOSE, ("told",), None),
    ]
    last = plan(now, wanted, own=["brand", "customer", "warehouse"], stands=["couriers"])[-1]
    assert (last.way, last.fields) == (Way.DO, ("told",)), "a group decides that for nobody"
    del wanted["handovers"][0]
    [gone] = plan(snapshot(), wanted, own=["brand"], stands=["couriers"])
    assert (gone.way, gone.why) == (Way.CANNOT, Why.AGREED)


def test_a_phase_in_which_a_card_of_another_stays_does_not_go() -> None:
    now, wanted = snapshot(), snapshot()
    now["phases"] += [{"id": p, "name": p.upper(), "is_use": False} for p in ("p3", "p4")]
    now["cards"] += [card("mine", "brand", "p3"), card("weigh", "warehouse", "p4")]
    now["cards"][0]["phase"] = "p4"
    now["journey"] |= {"kind": "lateral", "name": "Anders"}
    steps = plan(now, wanted, own=["brand"], stands=["warehouse"])
    assert [(s.change.id, s.way, s.fields, s.why) for s in steps] == [
        ("", Way.DO, ("name",), None),
        ("", Way.CANNOT, ("kind",), Why.FIELD),
        ("p3", Way.DO, (), None),
        ("p4", Way.CANNOT, (), Why.STANDING),
        ("order", Way.DO, ("phase",), None),
        ("mine", Way.DO, (), None),
        ("weigh", Way.CANNOT, (), Why.OWNED),
    ]


def test_the_hash_is_of_what_is_said_and_not_of_how_it_is_kept() -> None:
    one, other = snapshot(), snapshot()
    other["cards"] = [dict(reversed(list(c.items()))) for c in other["cards"]]
    assert canonical(one) == canonical(other)
    assert digest(one) == digest(other)
    other["cards"][0]["name"] = "order"
    assert digest(one) != digest(other)


ORDERS = st.permutations(range(5)).flatmap(
    lambda row: st.integers(0, 5).map(lambda n: list(row)[:n])
)


@given(ORDERS, ORDERS)
def test_any_two_differ_as_their_marks_say(first: list[int], second: list[int]) -> None:
    """The marks lead from one to the other: taken off, moved and added, and nothing else."""
    before, after = (
        copy.deepcopy(snapshot()) | {"handovers": [], "cards": [card(str(n), "brand") for n in row]}
        for row in (first, second)
    )
    found = of(difference(before, after))
    stays = [n for n in first if n in second and str(n) not in found]
    assert stays == [n for n in second if n in first and str(n) not in found]
    assert {int(k) for k, m in found.items() if m == (Mark.ADDED,)} == set(second) - set(first)
    assert {int(k) for k, m in found.items() if m == (Mark.RETIRED,)} == set(first) - set(second)
    assert {c["id"] for c in merged(before, after)["cards"]} == {str(n) for n in {*first, *second}}
    assert bool(found) == (first != second)
