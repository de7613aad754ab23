"""The PDF itself: accessible, in the right language, and deaf to what texts try."""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import page
import pytest
from pypdf import PdfReader

from partnerjourney.organisations.rules.colours import contrast
from partnerjourney.reviews.paper import printing
from partnerjourney.reviews.paper.brand import brand_of
from partnerjourney.reviews.rules import Facts, fingerprint
from tests.reviews.sample import EXPLAINED, facts, view

VECTORS = json.loads(Path(__file__).with_name("attack_vectors.json").read_text("utf-8"))
UA = page.ValidationProfile.PDF_UA_1


_drawn: dict[tuple[str, str], tuple[bytes, list[str]]] = {}


def written(found: Facts, language: str = "nl") -> str:
    """Return the HTML of which the PDF is made."""
    with printing.application().app_context():
        return printing.html_of(found, fingerprint(found), language)


def drawn(found: Facts, language: str = "nl") -> tuple[bytes, list[str]]:
    """Return the PDF of facts, drawn once, and what was refused."""
    key = fingerprint(found), language
    if key not in _drawn:
        refused = printing.Refusals()
        _drawn[key] = printing.pdf_of(written(found, language), refused), refused.urls
    return _drawn[key]


@cache
def texts(pdf: bytes) -> list[str]:
    """Return the text of every page, on one line."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize(("mine", "language"), [(None, "nl"), (None, "en"), ("magazijn", "en")])
def test_it_is_accessible(mine: str | None, language: str) -> None:
    pdf, refused = drawn(facts(mine), language)
    report = page.validate_pdf_bytes(pdf, profile=UA)
    assert report.is_compliant, report.failures
    assert report.rules.failed == 0
    assert refused == []
    reader = PdfReader(BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata is not None
    title = "Ketenrapport" if language == "nl" else "Joint report"
    assert reader.metadata.title == f"{title} Zakelijke telefonie"
    assert len(reader.outline) >= 6


def test_its_letters_are_in_it() -> None:
    pdf, _ = drawn(facts())
    fonts = {
        (font["/BaseFont"], "/FontFile2" in descriptor or "/FontFile3" in descriptor)
        for leaf in PdfReader(BytesIO(pdf)).pages
        for entry in leaf["/Resources"]["/Font"].values()
        for font in [entry.get_object()["/DescendantFonts"][0].get_object()]
        for descriptor in [font["/FontDescriptor"].get_object()]
    }
    assert fonts
    assert all("Inter" in name and embedded for name, embedded in fonts)


def test_it_says_what_the_facts_say() -> None:
    pages = texts(drawn(facts())[0])
    assert "Installatie is beter dan bij de nulmeting" in pages[1]
    assert "+24" in pages[1]
    assert "150 antwoorden marge +11 tot +36 Geen verschil aangetoond" in pages[1]
    assert "9 antwoorden Nog niet te zeggen" in pages[1]
    assert "+22" not in pages[1]  # nine answers: no score for a director
    assert "Het tijdvak kwam" in pages[1]
    digits = " ".join(re.findall("....", fingerprint(facts()))[:4])
    for number, leaf in enumerate(pages, 1):
        assert digits in leaf
        assert "Cijfers vastgezet op 2 november 2026" in leaf
        assert number == 1 or f"{number} van {len(pages)}" in leaf
    assert "NPS en Net Promoter zijn merken" in pages[1]


def test_the_figures_have_score_and_margin_under_thirty_answers() -> None:
    whole = " ".join(texts(drawn(facts())[0])[2:])
    assert "M3 Hulp 27 20 9 45% 2 3 4 +22 −27 tot +60 nog niet te zeggen" in whole


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_parties_say_stands_beside_the_figures(language: str) -> None:
    pages = texts(drawn(facts(), language)[0])
    (leaf,) = [text for text in pages if "De sorteerband stond drie ochtenden stil." in text]
    if language == "en":
        assert "Explanation by Koerier Snel, 2 Nov 2026" in leaf
        assert "beside the figures: M1 (Koerier Snel)." in pages[1]
        return
    assert "Score met marge" in leaf
    assert "M1 Levering Toelichting van Koerier Snel, 2 nov 2026 De sorteerband" in leaf
    before = "Magazijn Flevo, 2 nov 2026, bij de nulmeting 1 mrt – 30 apr 2026 De drukste maand."
    assert before in leaf
    assert "staan bij de cijfers: M1 (Koerier Snel)." in pages[1]


def test_what_is_left_to_talk_about_stands_with_the_hand_overs() -> None:
    (leaf,) = [text for text in texts(drawn(facts())[0]) if "Om te bespreken" in text]
    assert "4 Noodwijziging Zending meegeven Magazijn Flevo De poort is dicht." in leaf
    assert "Pakket afgeven · Koerier Snel" in leaf
    assert "vervallen op 2 nov 2026" in leaf


def test_long_explanations_are_printed_in_full() -> None:
    pdf, _ = drawn(longest())
    assert page.validate_pdf_bytes(pdf, profile=UA).rules.failed == 0
    whole = " ".join(texts(pdf))
    assert whole.count("lang woord " * 54) >= 2 * len(facts().points) - 1  # a page may end within


def test_english_is_complete() -> None:
    names = {"Zakelijke", "Levering", "Installatie"}
    whole = " ".join(texts(drawn(facts(), "en")[0]))
    assert "is better than at the baseline" in whole
    for word in ("antwoorden", "nulmeting", "marge", "Oordeel", "Overdracht", "vastgezet"):
        assert word not in whole
    assert all(name in whole for name in names)


def test_free_days_have_no_verdict() -> None:
    one = facts()
    points = tuple(replace(point, verdict=None, deviations={}) for point in one.points)
    days = {"days_from": one.cases_from, "days_to": one.cases_to}
    found = replace(one, points=points, to_discuss=(), **days)
    whole = written(found)
    assert "Valt per meetperiode" in whole
    assert " beter dan " not in whole
    assert "Om te bespreken" not in whole, "there is nothing"


def test_a_journey_without_anything_is_still_a_report() -> None:
    found = facts(points=(), handovers=(), cards=(), phases=())
    pdf, _ = drawn(found)
    assert page.validate_pdf_bytes(pdf, profile=UA).rules.failed == 0
    assert "Nog geen" in texts(pdf)[1]


def long(found: Facts) -> Facts:
    """Return facts in which every text is as long as it may be."""
    name, text = "Wij bezorgen en installeren overal zakelijke telefonie " * 2, "lang woord " * 55
    return replace(
        found,
        journey=name[:120],
        parties=tuple(replace(p, name=name[:120], subtitle=name[:120]) for p in found.parties),
        cards=tuple(replace(card, name=name[:80]) for card in found.cards),
        handovers=tuple(replace(e, name=name[:80]) if e.shared else e for e in found.handovers),
        points=tuple(
            replace(
                point,
                name=name[:60],
                quotes=tuple(replace(quote, text=text[:240]) for quote in point.quotes),
                explanations=tuple(
                    replace(said, by=name[:120], text=text[:600]) for said in EXPLAINED
                ),
                cases={"late": 7123, "none": 46123, "missing": 1234, "failing": 1234, "ad_hoc": 99},
            )
            for point in found.points
        ),
    )


def longest() -> Facts:
    """Return long facts with one point more than most journeys have."""
    found = long(facts())
    return replace(found, points=(*found.points, replace(found.points[2], number=4)))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_one_page_is_one_page(language: str) -> None:
    pages = texts(drawn(longest(), language)[0])
    kicker = "Op één bladzijde" if language == "nl" else "On one page"
    assert kicker in pages[1]
    assert "NPS" in pages[1].rpartition(kicker)[2]  # its last line is on it too
    assert ("De klantreis" if language == "nl" else "The journey") in pages[2]


# --- what texts try -----------------------------------------------------------------------------


class _Ears(BaseHTTPRequestHandler):
    heard: list[str]

    def do_GET(self) -> None:
        self.heard.append(self.path)
        where = "file:///etc/hostname" if "file" in self.path else "http://127.0.0.1:1/internal"
        self.send_response(302)
        self.send_header("Location", where)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def ears() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server that must hear nothing, and what it heard."""
    heard: list[str] = []
    handler = type("Ears", (_Ears,), {"heard": heard})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()
    thread.join()


def contents(pdf: bytes) -> bytes:
    """Return a PDF with all of its compressed streams opened."""
    opened = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            opened.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"".join(opened)


@pytest.mark.parametrize("name", VECTORS)
def test_nothing_is_fetched_for_a_page(
    name: str, ears: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, heard = ears
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"the secret of this machine")
    html = VECTORS[name].replace("{http}", address).replace("{file}", secret.as_uri())
    refused = printing.Refusals()
    pdf = printing.pdf_of(f"<!doctype html><html lang=nl><title>x</title>{html}", refused)
    assert heard == []
    assert b"the secret" not in contents(pdf)
    asked = [url for url in refused.urls if url.startswith((address, secret.as_uri()))]
    assert len(asked) == len(refused.urls)
    assert asked or name in (
        "icon",
        "object",
        "embedded object",
        "redirect to a file, as attachment",
    )


class _Shape(HTMLParser):
    """The kinds of element in a document, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *(name for name, _ in attrs)))


def shape(found: Facts) -> set[tuple[str, ...]]:
    """Return the kinds of element in a report."""
    parser = _Shape()
    parser.feed(written(found))
    return parser.found


@pytest.mark.parametrize("name", VECTORS)
def test_a_text_makes_no_element(name: str) -> None:
    harmless = "a text " * (len(VECTORS[name]) // 7 + 1)
    assert shape(everywhere(facts(), [VECTORS[name]])) == shape(everywhere(facts(), [harmless]))


@pytest.mark.parametrize("first", range(0, len(VECTORS), 8))
def test_a_text_stays_a_text(first: int, ears: tuple[str, list[str]], tmp_path: Path) -> None:
    address, heard = ears
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"the secret of this machine")
    vectors = [*VECTORS.values()][first : first + 8]
    hostile = [v.replace("{http}", address).replace("{file}", secret.as_uri()) for v in vectors]
    pdf, refused = drawn(everywhere(facts(), hostile))
    assert (heard, refused) == ([], [])
    assert b"the secret" not in contents(pdf)
    whole = " ".join(texts(pdf)).replace(" ", "")
    for text in hostile:
        assert text[:30].replace(" ", "") in whole


def everywhere(found: Facts, texts: list[str]) -> Facts:
    """Return facts with one of these texts, in turn, in the place of every text that is typed."""
    turn = cycle(texts)

    def typed(thing: Any, *names: str) -> Any:
        return replace(thing, **{name: next(turn) for name in names})

    return replace(
        typed(found, "journey", "brand", "seen_by", "fixed_by", "colour"),
        parties=tuple(typed(party, "name", "subtitle") for party in found.parties),
        phases=tuple(typed(phase, "name") for phase in found.phases),
        cards=tuple(typed(card, "name", "channel") for card in found.cards),
        handovers=tuple(typed(edge, "name", "label", "time_limit") for edge in found.handovers),
        to_discuss=tuple(typed(one, "about", "member", "by", "reason") for one in found.to_discuss),
        points=tuple(
            replace(
                typed(point, "name"),
                quotes=tuple(typed(quote, "text") for quote in point.quotes),
                explanations=tuple(typed(said, "by", "text") for said in point.explanations),
            )
            for point in found.points
        ),
    )


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        f"{printing.FOLDER.as_uri()}/css/../../core/settings.py",
        f"{printing.FOLDER.as_uri()}/js/app.js",
        f"file://elsewhere{printing.FOLDER}/css/print.css",
        "http://127.0.0.1/css/print.css",
        "data:text/css,p{}",
        "//x",
        "file:///%00",
    ],
)
def test_only_our_own_files_are_read(address: str) -> None:
    assert printing.own_file(address) is None
    assert printing.own_file(f"{printing.FOLDER.as_uri()}/css/print.css") is not None


@pytest.mark.parametrize(
    "colour", ["#5b2a9d", "#ffe600", "#000000", "#ffffff", "#00ff00", "nonsense"]
)
def test_every_brand_can_be_read(colour: str) -> None:
    found = brand_of(colour)
    assert contrast(found.text, "#ffffff") >= 4.5
    assert contrast("#ffffff", found.cover) >= 4.5
    assert contrast(found.accent, found.cover) >= 4.5
    assert contrast(found.quiet, found.cover) >= 4.5


def test_answers_outside_a_period_wait_for_no_verdict() -> None:
    one = facts()
    points = tuple(replace(point, in_wave=False, verdict=None) for point in one.points)
    whole = " ".join(texts(drawn(replace(one, points=points))[0])[:5])
    assert "Valt per meetperiode" in whole
    assert "Nog niet te zeggen" not in whole


def test_many_groups_of_few_answers_are_told_in_words() -> None:
    one = facts()
    many = replace(one.points[2], now=view((9, 9, 9)))
    page_one = texts(drawn(replace(one, points=(many,)))[0])[1]
    assert "9 × 0–6 · 9 × 7–8 · 9 × 9–10" in page_one
    assert "27 antwoorden" in page_one
