"""Stretches, words, lists and pressure, without a database."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.surveys.rules import Metric, Suppression, parse_score
from partnerjourney.surveys.rules.asking import (
    address_mac,
    drawn,
    reach,
    suppression,
    working_days_later,
)
from partnerjourney.surveys.rules.stretch import (
    Asking,
    Edge,
    Stop,
    StretchError,
    check_stretch,
    default_stretch,
)
from partnerjourney.surveys.rules.texts import TEXTS
from partnerjourney.surveys.rules.uploads import MOST_ROWS, decode, read
from partnerjourney.surveys.rules.wording import about, day_in_words, listed, noun, question

# --- stretches ----------------------------------------------------------------------------------

ORDERS, PICKS, LOADS, DRIVES, RECEIVES = (
    Stop("brand", "orders", 0),
    Stop("warehouse", "picks", 1),
    Stop("warehouse", "loads", 2),
    Stop("courier", "drives", 3),
    Stop("customer", "receives", 4),
)
FIRST, SECOND, LAST = (
    Edge(1, ORDERS, PICKS),
    Edge(2, LOADS, DRIVES),
    Edge(3, DRIVES, RECEIVES),
)
PATH = [FIRST, SECOND, LAST]


def test_all_since_the_previous_point() -> None:
    assert default_stretch(PATH, Asking(RECEIVES), []) == PATH
    assert default_stretch(PATH, Asking(RECEIVES), [ORDERS]) == PATH
    assert default_stretch(PATH, Asking(RECEIVES), [LOADS]) == [SECOND, LAST]
    assert default_stretch(PATH, Asking(RECEIVES), [DRIVES]) == [LAST]
    assert default_stretch(PATH, Asking(DRIVES), []) == [FIRST, SECOND]


def test_a_question_between_two_cards_of_a_lane_ends_the_stretch() -> None:
    between = Stop("warehouse", "packs", 1.5)  # type: ignore[arg-type]
    assert default_stretch(PATH, Asking(RECEIVES), [between]) == [SECOND, LAST]


def test_where_branches_meet_the_stretch_starts() -> None:
    other = Edge(4, Stop("shop", "calls", 0), PICKS)
    assert default_stretch([*PATH, other], Asking(RECEIVES), []) == [SECOND, LAST]
    second_courier = Edge(5, Stop("courier b", "drives b", 3), RECEIVES)
    assert default_stretch([*PATH, second_courier], Asking(RECEIVES), []) == []


def test_hand_overs_between_parties_only() -> None:
    seller, carrier, customer = Stop("seller"), Stop("carrier"), Stop("customer")
    edges = [Edge(1, seller, carrier), Edge(2, carrier, customer)]
    asking = Asking(Stop("carrier", "delivery", 2), frozenset({"carrier", "customer"}))
    assert default_stretch(edges, asking, []) == edges
    check_stretch(edges, asking)
    plain = Asking(Stop("carrier", "delivery", 2))
    assert default_stretch(edges, plain, []) == edges[:1]


@pytest.mark.parametrize(
    ("edges", "fault"),
    [([], "empty"), ([LAST, LAST], "twice"), ([FIRST, LAST], "broken"), ([FIRST], "elsewhere")],
)
def test_what_is_no_stretch(edges: list[Edge], fault: str) -> None:
    with pytest.raises(StretchError) as caught:
        check_stretch(edges, Asking(RECEIVES))
    assert caught.value.fault == fault


stops = st.builds(lambda number: Stop(f"party {number % 4}", number, number), st.integers(0, 11))
graphs = st.lists(st.tuples(stops, stops), max_size=14).map(
    lambda pairs: [Edge(n, a, b) for n, (a, b) in enumerate(pairs) if a.party != b.party]
)


@given(graphs, stops, st.lists(stops, max_size=4))
def test_the_default_is_always_a_stretch(edges: list[Edge], card: Stop, asked: list[Stop]) -> None:
    found = default_stretch(edges, Asking(card), asked)
    if found:
        check_stretch(found, Asking(card))
    assert all(a.end.party == b.start.party for a, b in pairwise(found))
    elsewhere = {stop.card for stop in asked} - {card.card}
    assert not {edge.start.card for edge in found[1:]} & elsewhere
    assert default_stretch(edges, Asking(card), asked) == found


@given(graphs, stops, st.lists(stops, max_size=4))
def test_one_more_question_never_makes_it_longer(
    edges: list[Edge], card: Stop, asked: list[Stop]
) -> None:
    whole = default_stretch(edges, Asking(card), [])
    part = default_stretch(edges, Asking(card), asked)
    assert part == whole[len(whole) - len(part) :]


# --- words --------------------------------------------------------------------------------------


def test_the_published_question() -> None:
    asked = question(Metric.NPS, "levering", brand="Telenoord", language="nl", form_of_address="u")
    assert asked.text == (
        "Als u alleen aan deze levering denkt: hoe waarschijnlijk is het dat u Telenoord zou"
        " aanbevelen aan een zakelijke relatie?"
    )


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("levering", "deze levering"),
        ("gesprek", "dit gesprek"),
        ("telefoongesprek", "dit telefoongesprek"),
        ("abonnement", "dit abonnement"),
        ("bezoekje", "dit bezoekje"),
        ("installatie", "deze installatie"),
        ("het bod", "dit bod"),
        ("De werkzaamheden", "deze werkzaamheden"),
        ("", "dit contact"),
    ],
)
def test_deze_or_dit(subject: str, said: str) -> None:
    word = noun(subject, "nl")
    assert f"{word.this} {word.word}" == said


def test_dates_and_lists() -> None:
    assert about("levering", date(2026, 3, 4), language="nl", form_of_address="u") == (
        "Uw levering van wo 4 maart"
    )
    assert about("delivery", date(2026, 3, 4), language="en", form_of_address="u") == (
        "Your delivery of Wed 4 March"
    )
    assert day_in_words(date(2026, 3, 4), "nl", short=False) == "woensdag 4 maart"
    assert listed(["A", "B", "C"], "nl") == "A, B en C"


def test_each_form_of_address_is_kept_in_every_sentence() -> None:
    formal = re.compile(r"\b(u|uw|hebt|bent)\b", re.IGNORECASE)
    informal = re.compile(r"\b(je|jij|jou|jouw)\b", re.IGNORECASE)
    assert {len(texts) for texts in TEXTS.values()} == {len(TEXTS["nl", "u"])}
    for name, text in TEXTS["nl", "u"].items():
        assert not informal.search(text), name
    for name, text in TEXTS["nl", "je"].items():
        assert not formal.search(text), name
    for metric in Metric:
        for form, other in (("u", informal), ("je", formal)):
            asked = question(metric, "levering", brand="X", language="nl", form_of_address=form)
            assert not other.search(asked.text)


@given(st.text(), st.sampled_from(Metric))
def test_only_plain_whole_numbers_are_scores(text: str, metric: Metric) -> None:
    score = parse_score(text, metric)
    assert score is None or text == str(score)


# --- lists --------------------------------------------------------------------------------------


def test_a_list_as_spreadsheets_save_it() -> None:
    text = decode(
        '\ufeffE-mail;Naam;Kenmerk;Datum\r\na@x.nl;"De Wit; M.";10234;4-3-2026\r\n\r\n'.encode()
    )
    assert text is not None
    found = read(text)
    assert found.faults == ()
    [row] = found.rows
    assert (row.email, row.name, row.reference, row.day) == (
        "a@x.nl",
        "De Wit; M.",
        "10234",
        date(2026, 3, 4),
    )
    assert [r.email for r in read("a@x.nl\nb@x.nl").rows] == ["a@x.nl", "b@x.nl"]
    assert [r.name for r in read("email,name\na@x.nl,Zoë").rows] == ["Zoë"]
    assert decode("email\nzoë@x.nl".encode("cp1252")) == "email\nzoë@x.nl"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "empty"),
        ("email\n", 1, "empty"),
        ("name\nx", 1, "no_email_column"),
        ("email;mail\na@x.nl;b@x.nl", 1, "column_twice"),
        ("email;name\na@x.nl;A\nno address;B", 3, "email"),
        ("email\na@x.nl\r\nBcc: b@x.nl", 3, "email"),
        ("email\na@x.nl\nA@X.nl", 3, "twice"),
        ("email;date\na@x.nl;31-02-2026", 2, "date"),
        ("email;name\na@x.nl;a\u202eb", 2, "unsafe"),
        ("email;name\na@x.nl;" + "x" * 121, 2, "too_long"),
        ("email\na@x.nl;b;c", 2, "too_many_cells"),
        ("a@x.nl;b", 1, "no_head"),
        (
            "email\n" + "\n".join(f"a{n}@x.nl" for n in range(MOST_ROWS + 1)),
            MOST_ROWS + 2,
            "too_many",
        ),
        ("email\n" + "x" * 1_100_000, 1, "too_large"),
    ],
)
def test_every_fault_has_its_line(text: str, line: int, code: str) -> None:
    found = read(text)
    assert (line, code) in [(fault.line, fault.code) for fault in found.faults]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(text)
    assert found.rows or found.faults
    assert not any("\n" in row.email or " " in row.email for row in found.rows)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    text = decode(data)
    assert text is None or read(text)


# --- pressure -----------------------------------------------------------------------------------

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)


def days_ago(*days: float) -> list[datetime]:
    return [NOW - timedelta(days=n) for n in days]


def test_thirty_days_and_four_a_year() -> None:
    assert suppression([], NOW, opted_out=False) is None
    assert suppression(days_ago(29.9), NOW, opted_out=False) is Suppression.TOO_SOON
    assert suppression(days_ago(30), NOW, opted_out=False) is None
    assert suppression(days_ago(31, 90, 180), NOW, opted_out=False) is None
    assert suppression(days_ago(31, 90, 180, 364), NOW, opted_out=False) is Suppression.TOO_OFTEN
    assert suppression(days_ago(31, 90, 180, 365), NOW, opted_out=False) is None
    assert suppression([], NOW, opted_out=True) is Suppression.OPTED_OUT


def test_addresses_are_one_however_they_are_written_and_owners_are_apart() -> None:
    owner, other = uuid.uuid4(), uuid.uuid4()
    assert address_mac("s", owner, " Jan@X.NL ") == address_mac("s", owner, "jan@x.nl")
    assert address_mac("s", owner, "jan@x.nl") != address_mac("s", other, "jan@x.nl")
    assert address_mac("s", owner, "jan@x.nl") != address_mac("t", owner, "jan@x.nl")


def test_a_sample_has_its_size_and_is_the_same_twice() -> None:
    wave, macs = (
        uuid.UUID(int=7),
        [address_mac("s", uuid.UUID(int=1), f"{n}@x.nl") for n in range(4000)],
    )
    assert 900 < sum(drawn(wave, mac, 25) for mac in macs) < 1100
    assert all(drawn(wave, mac, 100) for mac in macs)
    assert not any(drawn(wave, mac, 0) for mac in macs)


REASONS = st.sampled_from(["", *Suppression])


def told(people: list[str | None], *, closed: bool) -> object:
    """Return what is told of people who were sent the question (None), or why they were not."""
    kept = Counter(reason for reason in people if reason is not None)
    sent = len(people) - kept.total()
    return reach(sent=sent, delivered=sent, not_about_me=0, kept=kept, closed=closed)


@given(st.lists(st.none() | REASONS), REASONS)
def test_while_a_wave_is_open_nobody_is_told_apart(people: list[str | None], reason: str) -> None:
    assert told([*people, None], closed=False) == told([*people, reason], closed=False)


@given(st.lists(st.none(), max_size=30), st.lists(REASONS, max_size=4), REASONS)
def test_at_the_close_one_of_few_is_not_told_apart(
    people: list[str | None], kept: list[str], reason: str
) -> None:
    known = [*people, *kept[:3]]
    assert told([*known, None], closed=True) == told([*known, reason], closed=True)


def test_what_a_closed_wave_tells() -> None:
    numbers = {"delivered": 90, "not_about_me": 4, "closed": True}
    found = reach(sent=94, kept={"too_soon": 38, "opted_out": 4}, **numbers)
    assert (found.listed, found.sent, found.delivered, found.not_sent) == (136, 94, 94, 42)
    assert (found.not_about_me, found.reasons) == (0, {})
    found = reach(sent=95, kept={"too_soon": 38, "opted_out": 5}, **numbers)
    assert (found.sent, found.delivered) == (95, 90)
    assert found.reasons == {"opted_out": 5, "too_soon": 38}


def test_five_working_days() -> None:
    friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert working_days_later(friday, 5) == datetime(2026, 3, 13, 9, tzinfo=UTC)
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    assert working_days_later(saturday, 1) == datetime(2026, 3, 9, 9, tzinfo=UTC)
