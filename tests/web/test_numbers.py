"""Numbers as people read them, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from partnerjourney.web import numbers
from partnerjourney.web.language import speaking
from tests.web_client import make_app, settings_for


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Give an application that never opens its database."""
    folder: Path = tmp_path_factory.mktemp("numbers")
    return make_app(settings_for(f"sqlite:///{folder}/none.db", folder))


@pytest.fixture
def reader(app: Flask) -> object:
    """Give what makes a block speak a language."""

    @contextmanager
    def reading(language: str) -> Iterator[None]:
        with app.test_request_context("/"), speaking(language):
            yield

    return reading


def test_points_have_a_sign_and_a_real_minus(reader) -> None:  # type: ignore[no-untyped-def]
    with reader("nl"):
        shown = [numbers.points(value) for value in (38.2, -6.5, 0.4, -0.4, 100, -100)]
    assert shown == ["+38", "−7", "0", "0", "+100", "−100"]


def test_means_have_the_readers_comma(reader) -> None:  # type: ignore[no-untyped-def]
    with reader("nl"):
        assert numbers.figure("csat", 4.25) == "4,3"
        assert numbers.margin("csat", 3.849, 4.0) == "3,8 tot 4,0"
        assert numbers.figure("ces", -0.25, difference=True) == "−0,3"
        assert numbers.figure("ces", 0.04, difference=True) == "0,0"
        assert numbers.count(12987) == "12.987"
    with reader("en"):
        assert numbers.figure("csat", 4.25) == "4.3"
        assert numbers.figure("csat", 0.25, difference=True) == "+0.3"
        assert numbers.margin("nps", -27.4, 60.0) == "−27 to +60"
        assert numbers.margin("nps", None, None) == ""


def test_few_answers_are_the_answers(reader) -> None:  # type: ignore[no-untyped-def]
    groups = [(0, 6, 2), (7, 8, 3), (9, 10, 4)]
    with reader("nl"):
        assert numbers.few(groups) == "9 antwoorden: 2 × 0–6 · 3 × 7–8 · 4 × 9–10"
        assert (
            numbers.few([(1, 2, 0), (3, 3, 1), (4, 5, 0)])
            == "1 antwoord: 0 × 1–2 · 1 × 3 · 0 × 4–5"
        )


@pytest.mark.parametrize(
    ("first", "last", "dutch", "english"),
    [
        (date(2026, 9, 1), date(2026, 10, 31), "1 sep – 31 okt 2026", "1 Sep – 31 Oct 2026"),
        (date(2026, 3, 1), date(2026, 3, 31), "1 – 31 mrt 2026", "1 – 31 Mar 2026"),
        (date(2025, 12, 1), date(2026, 1, 2), "1 dec 2025 – 2 jan 2026", "1 Dec 2025 – 2 Jan 2026"),
        (date(2026, 3, 4), date(2026, 3, 4), "4 mrt 2026", "4 Mar 2026"),
        (date(2026, 3, 4), None, "sinds 4 mrt 2026", "since 4 Mar 2026"),
        (None, date(2026, 3, 4), "tot en met 4 mrt 2026", "up to and including 4 Mar 2026"),
        (None, None, "alle antwoorden", "all answers"),
    ],
)
def test_periods(reader, first: date, last: date, dutch: str, english: str) -> None:  # type: ignore[no-untyped-def]
    with reader("nl"):
        assert numbers.period(first, last) == dutch
    with reader("en"):
        assert numbers.period(first, last) == english


def test_findings_are_sentences(reader) -> None:  # type: ignore[no-untyped-def]
    def found(better: tuple[str, ...], worse: tuple[str, ...] = ()) -> str:
        return numbers.finding("found", number=9, better=better, worse=worse)

    with reader("nl"):
        assert found(("Installatie",)) == "Installatie is beter dan bij de nulmeting"
        assert found(("Levering", "Hulp")) == "Levering en Hulp zijn beter dan bij de nulmeting"
        assert (
            found(("Hulp",), ("Levering",)) == "Hulp beter dan bij de nulmeting, Levering slechter"
        )
        assert numbers.finding("no_answers", number=0) == "Nog niets gemeten"
        assert numbers.verdict("too_few") == "nog niet te zeggen"
        assert numbers.cases({"none": 198, "late": 14}) == "212 zaken, 14 te laat"
