"""The nine rules of the silo check: one journey that passes, and each way in which one does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.touchpoints.rules.silo import (
    APPLIES,
    SILENT,
    CardFact,
    Chain,
    Finding,
    HandoverFact,
    How,
    PartyFact,
    PointFact,
    Rule,
    findings,
    is_use,
    one_party_only,
)

AT = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

WHOLE = Chain(
    kind="end_to_end",
    phases=[("Bestellen", False), ("Leveren", False), ("Gebruiken", False)],
    parties={
        "customer": PartyFact("customer", "customer"),
        "brand": PartyFact("brand", brand=True, last=AT),
        "courier": PartyFact("courier", last=AT),
        "desk": PartyFact("desk", "unrepresented"),
    },
    cards=[
        CardFact("orders", "customer", initiator="customer", receiver="brand"),
        CardFact("packs", "brand", is_step=True),
        CardFact("brings", "courier", initiator="courier", receiver="customer"),
        CardFact("uses", "customer", initiator="customer", receiver="brand"),
    ],
    handovers=[
        HandoverFact("order", "customer", "brand"),
        HandoverFact("pickup", "brand", "courier"),
        HandoverFact("delivery", "courier", "customer"),
    ],
    points=[PointFact("brings", frozenset({"brand", "courier", "customer"}))],
    disciplines=frozenset({"service", "logistics"}),
)
"""A journey in which nothing is found."""


def found(**changes: object) -> list[tuple[str, object, How | None]]:
    """Return what is found in the whole journey with these changes: rule, about, how."""
    listed = findings(replace(WHOLE, **changes), at=AT)  # type: ignore[arg-type]
    return [(one.rule.value, one.about, one.how) for one in listed]


def party(key: str, **changes: object) -> dict[str, PartyFact]:
    """Return the parties with one changed."""
    return {**WHOLE.parties, key: replace(WHOLE.parties[key], **changes)}  # type: ignore[arg-type]


def card(key: str, **changes: object) -> list[CardFact]:
    """Return the cards with one changed."""
    return [replace(c, **changes) if c.key == key else c for c in WHOLE.cards]  # type: ignore[arg-type]


def test_a_whole_journey_has_no_finding() -> None:
    assert found() == []


CASES: dict[str, tuple[Callable[[], list[tuple[str, object, How | None]]], object]] = {
    "S1 cards of one party": (
        lambda: found(cards=[c for c in WHOLE.cards if c.party != "courier"]),
        ("S1", None, None),
    ),
    "S1 micro too": (
        lambda: found(kind="micro", has_parent=True, cards=card("brings", party="brand")),
        ("S1", None, None),
    ),
    "S2 starts in the warehouse": (
        lambda: found(cards=WHOLE.cards[1:]),
        ("S2", "packs", How.START),
    ),
    "S2 starts with a mail of the brand": (
        lambda: found(cards=card("orders", party="brand", initiator="brand")),
        ("S2", "orders", How.START),
    ),
    "S2 ends behind the scenes": (
        lambda: found(cards=[*WHOLE.cards, CardFact("archive", "courier", is_step=True)]),
        ("S2", "archive", How.END),
    ),
    "S3 the other side has not said yes": (
        lambda: found(handovers=[HandoverFact("pickup", "brand", "courier", waiting=True)]),
        ("S3", "pickup", How.WAITING),
    ),
    "S3 the other side has not confirmed": (
        lambda: found(parties=party("courier", confirmed=False)),
        ("S3", "pickup", How.PROVISIONAL),
    ),
    "S4 nobody joined for thirty days": (
        lambda: found(parties=party("courier", joined=False, last=AT - SILENT)),
        ("S4", "courier", How.NOBODY),
    ),
    "S4 silent for thirty days": (
        lambda: found(parties=party("courier", last=AT - SILENT)),
        ("S4", "courier", How.SILENT),
    ),
    "S5 micro on its own": (lambda: found(kind="micro"), ("S5", None, None)),
    "S6 asked at the brand only": (
        lambda: found(points=[PointFact("uses", frozenset({"customer", "brand"}))]),
        ("S6", None, None),
    ),
    "S7 stops at delivery": (lambda: found(phases=WHOLE.phases[:2]), ("S7", None, None)),
    "S8 takes the courier for the brand": (
        lambda: found(cards=card("brings", perceived="brand")),
        ("S8", "brings", None),
    ),
    "S8 in the customer's own lane": (
        lambda: found(cards=card("uses", perceived="courier")),
        ("S8", "uses", None),
    ),
    "S9 one discipline": (
        lambda: found(disciplines=frozenset({"service"})),
        ("S9", None, How.ONE),
    ),
    "S9 nobody said": (lambda: found(disciplines=frozenset()), ("S9", None, How.UNSAID)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_rule_finds_what_it_is_for_and_nothing_else(name: str) -> None:
    make, expected = CASES[name]
    assert make() == [expected]


PASSES: dict[str, Callable[[], list[tuple[str, object, How | None]]]] = {
    "a lifeline needs no cards": lambda: found(kind="lifeline", cards=[], points=[]),
    "employees are of one company": lambda: found(
        kind="employee", cards=[c for c in WHOLE.cards if c.party != "courier"]
    ),
    "a micro journey may start anywhere": lambda: found(
        kind="micro", has_parent=True, cards=WHOLE.cards[1:], phases=[("Leveren", False)]
    ),
    "a day less than thirty": lambda: found(
        parties=party("courier", last=AT - SILENT + timedelta(seconds=1))
    ),
    "a group of which the reader knows nobody": lambda: found(
        parties=party("courier", kind="group", joined=None, last=AT - 2 * SILENT)
    ),
    "who hands over to the customer describes that alone": lambda: found(
        handovers=[HandoverFact("delivery", "courier", "customer", waiting=True)]
    ),
    "a stretch through a partner": lambda: found(
        points=[PointFact("uses", frozenset({"courier", "customer", "brand"}))]
    ),
    "nothing asked is no question of one party": lambda: found(points=[]),
    "a phase with the mark": lambda: found(phases=[("Eerste kop", True)]),
    "it was decided what the customer is told": lambda: found(
        cards=card("brings", perceived="brand", told="Onze koerier komt.")
    ),
    "the customer is right": lambda: found(cards=card("brings", perceived="courier")),
    "a step is taken for nobody's": lambda: found(cards=card("packs", perceived="courier")),
}


@pytest.mark.parametrize("name", PASSES)
def test_what_is_right_or_unknown_finds_nothing(name: str) -> None:
    assert PASSES[name]() == []


@pytest.mark.parametrize(
    "name",
    ["Gebruiken", "In gebruik", "Dagelijks gebruik", "gebruik", "Use", "Using it", "In use",
     "Daily life with it", "Usage"],
)  # fmt: skip
def test_a_phase_of_use_is_known_by_its_name(name: str) -> None:
    assert is_use(name)


@pytest.mark.parametrize(
    "name", ["Bestellen", "Misbruik melden", "House", "User research", "Because", "Hulp", ""]
)
def test_other_phases_are_not_of_use(name: str) -> None:
    assert not is_use(name)


# --- properties ----------------------------------------------------------------------------------

keys = st.sampled_from(["customer", "brand", "courier", "desk"])
cards = st.lists(
    st.builds(
        CardFact,
        st.integers(),
        keys,
        st.booleans(),
        st.none() | keys,
        st.none() | keys,
        st.none() | keys,
        st.sampled_from(["", "told"]),
    ),
    unique_by=lambda one: one.key,
    max_size=6,
)
moments = st.none() | st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 27)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
chains = st.builds(
    Chain,
    kind=st.sampled_from(["end_to_end", "micro", "lifeline", "employee"]),
    has_parent=st.booleans(),
    phases=st.lists(st.tuples(st.sampled_from(["Leveren", "Gebruik", ""]), st.booleans())),
    cards=cards,
    parties=st.builds(
        lambda last, joined, confirmed: {
            **WHOLE.parties,
            "courier": PartyFact("courier", "group", False, confirmed, joined, last),
        },
        moments,
        st.none() | st.booleans(),
        st.booleans(),
    ),
    handovers=st.lists(st.builds(HandoverFact, st.integers(), keys, keys, st.booleans())),
    points=st.lists(st.builds(PointFact, st.integers(), st.frozensets(keys))),
    disciplines=st.frozensets(st.sampled_from(["service", "it", "sales"])),
)


@given(chains)
def test_findings_stand_in_the_order_of_the_rules_and_fit_the_kind(chain: Chain) -> None:
    listed = findings(chain, at=AT)
    order = list(Rule)
    places = [order.index(one.rule) for one in listed]
    assert places == sorted(places)
    assert all(chain.kind in APPLIES[one.rule] for one in listed)
    assert len(set(map(repr, listed))) == len(listed) or chain.handovers


@given(chains)
def test_a_journey_of_one_party_is_the_finding_s1(chain: Chain) -> None:
    said = any(one.rule is Rule.ONE_PARTY for one in findings(chain, at=AT))
    assert said is one_party_only(chain)


@given(chains)
def test_who_is_nowhere_to_be_known_is_never_called_absent(chain: Chain) -> None:
    absent = [one.about for one in findings(chain, at=AT) if one.rule is Rule.ABSENT]
    for key in absent:
        fact = chain.parties[key]
        assert fact.represented
        assert fact.joined is not None
        assert fact.last is not None


@given(chains)
def test_saying_what_the_customer_is_told_settles_every_mistake(chain: Chain) -> None:
    told = replace(chain, cards=[replace(c, told="It is us.") for c in chain.cards])
    assert not [one for one in findings(told, at=AT) if one.rule is Rule.MISTAKEN]


@given(chains)
def test_time_alone_only_adds_absence(chain: Chain) -> None:
    def others(at: datetime) -> list[Finding]:
        return [one for one in findings(chain, at=at) if one.rule is not Rule.ABSENT]

    assert others(AT) == others(AT + timedelta(days=400))
