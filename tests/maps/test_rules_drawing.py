"""The drawn map: well-formed SVG that needs no style sheet, says what is selected, and escapes."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core import text_width
from partnerjourney.maps.rules.drawing import edges_svg
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.paper import PaperTexts, paper_svg
from partnerjourney.maps.rules.placed import MapLayout
from partnerjourney.maps.rules.source import MapPoint, MapSource
from partnerjourney.maps.rules.style import PAPER, SCREEN
from tests.maps.sample_map import SAMPLE
from tests.maps.test_rules_layout import sources

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = PaperTexts(
    "De klantreis", "Klantoordeel", "score · antwoorden", "handeling", flags={"tone": "u + je"}
)


def classed(svg: str, *names: str) -> list[ET.Element]:
    return [
        element
        for element in ET.fromstring(svg).iter()
        if set(names) <= set(element.get("class", "").split())
    ]


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def screen() -> MapLayout:
    return layout_map(SAMPLE, text_width)


@pytest.fixture(scope="module")
def paper() -> MapLayout:
    return layout_map(SAMPLE, text_width, PAPER)


def test_every_arrow_has_a_line_and_a_head_and_the_picture_has_a_title(screen: MapLayout) -> None:
    svg = edges_svg(screen, title="Overdrachten")
    assert ET.fromstring(svg)[0].tag == f"{SVG}title"
    assert len(classed(svg, "map-edge")) == len(classed(svg, "map-arrow")) == 12
    assert len(classed(svg, "map-bracket")) == 5
    assert classed(svg, "map-number") == []
    assert classed(svg, "is-dimmed") == []


def test_a_selected_handover_is_thick_its_stretch_thin_and_the_rest_dimmed(
    screen: MapLayout,
) -> None:
    svg = edges_svg(screen, title="x", selected="h4", stretch=("h2", "h4", "h5"))
    lines = {
        state: classed(svg, "map-edge", state)
        for state in ("is-selected", "is-stretch", "is-dimmed")
    }
    assert {state: len(found) for state, found in lines.items()} == {
        "is-selected": 1,
        "is-stretch": 2,
        "is-dimmed": 9,
    }
    assert lines["is-selected"][0].get("stroke-width") == "2.25"
    assert lines["is-stretch"][0].get("stroke-width") == "1.5"
    brand = lines["is-selected"][0].get("stroke")
    assert lines["is-stretch"][0].get("stroke") == brand != lines["is-dimmed"][0].get("stroke")
    (bracket,) = classed(svg, "map-bracket", "is-selected")
    assert bracket.get("stroke") == brand
    # The selected arrow lies on top of all others.
    assert svg.rindex("map-edge is-dimmed") < svg.index("map-edge is-stretch")
    assert svg.rindex("map-edge is-stretch") < svg.index("map-edge is-selected")


def test_numbers_are_drawn_when_asked_for(screen: MapLayout) -> None:
    svg = edges_svg(screen, title="x", with_numbers=True)
    assert sorted(map(int, words(svg))) == list(range(1, 13))
    assert len(classed(svg, "map-number")) == 12


def test_nothing_needs_a_style_sheet_or_breaks_the_security_policy(
    screen: MapLayout, paper: MapLayout
) -> None:
    for svg in (
        edges_svg(screen, title="x", selected="h4", with_numbers=True),
        paper_svg(paper, TEXTS, text_width),
    ):
        assert not re.search(r"style=|currentColor|var\(|url\(|<script|href", svg)
        for path in ET.fromstring(svg).iter(f"{SVG}path"):
            assert re.fullmatch("none|#[0-9a-f]{6}", path.get("fill", "none"))
            assert re.fullmatch("#[0-9a-f]{6}", path.get("stroke", path.get("fill", "")))


@given(source=sources())
def test_the_line_runs_from_its_card_into_its_head(source: MapSource) -> None:
    layout = layout_map(source, text_width)
    for edge in layout.edges:
        numbers = [int(n) for n in re.findall(r"-?\d+", edge.path)]
        assert all(number % 2 == 0 for number in numbers)
        assert tuple(numbers[:2]) == edge.points[0]
        assert set(re.sub(r"[-\d. ]", "", edge.path)) <= set("MLQ")
        tip_x, tip_y = edge.points[-1]
        gap = abs(tip_x - numbers[-2]) + abs(tip_y - numbers[-1])
        assert 0 < gap < SCREEN.arrow
        assert edge.head.startswith(f"M{tip_x} {tip_y}L")


def test_a_dashed_bracket_says_that_too_few_answered(screen: MapLayout, paper: MapLayout) -> None:
    (few,) = classed(edges_svg(screen, title="x"), "map-bracket", "is-few")
    assert few.get("stroke-dasharray")
    (good,) = classed(edges_svg(screen, title="x"), "map-bracket", "is-good")
    assert good.get("stroke-dasharray") is None


def test_the_page_shows_every_lane_phase_card_point_and_number(paper: MapLayout) -> None:
    found = words(paper_svg(paper, TEXTS, text_width))
    for name in [
        *(lane.name for lane in SAMPLE.lanes),
        *(phase.name for phase in SAMPLE.phases),
        *(point.name for point in SAMPLE.points),
        *(str(edge.number) for edge in SAMPLE.edges),
        "Klantoordeel",
        "M1",
        "M5",
        "+38 · 150",
        "9 antwoorden · 14 te laat",
    ]:
        assert name in found
    assert found.count("M3") == 2
    assert found.count("handeling") == sum(card.is_step for card in SAMPLE.cards)
    assert "Voorlopig ingevuld" in " ".join(found)
    root = ET.fromstring(paper_svg(paper, TEXTS, text_width))
    assert root.get("font-family") == "Inter"


def test_titles_on_the_page_take_one_line_of_at_most_26_signs() -> None:
    cards = tuple(replace(card, title="Wijzigt het afleveradres alsnog") for card in SAMPLE.cards)
    layout = layout_map(replace(SAMPLE, cards=cards), text_width, PAPER)
    found = words(paper_svg(layout, TEXTS, text_width))
    titles = [word for word in found if word.startswith("Wijzigt")]
    assert len(titles) == len(cards)
    assert all(len(title) <= 26 and title.endswith("…") for title in titles)
    wide = tuple(replace(card, title="W" * 26) for card in SAMPLE.cards)
    layout = layout_map(replace(SAMPLE, cards=wide), text_width, PAPER)
    found = words(paper_svg(layout, TEXTS, text_width))
    for title in (word for word in found if word.startswith("WW")):
        assert text_width.text_width(title, 10, 400) <= PAPER.card_w


def test_a_flag_stands_on_its_card_in_the_words_of_the_report() -> None:
    cards = tuple(replace(card, flags=("own", "tone")) for card in SAMPLE.cards[:1])
    source = replace(SAMPLE, cards=cards, edges=(), points=())
    found = words(paper_svg(layout_map(source, text_width, PAPER), TEXTS, text_width))
    assert found.count("u + je") == 1


@given(text=st.text(max_size=20))
def test_any_text_of_a_party_leaves_the_svg_well_formed(text: str) -> None:
    cards = tuple(replace(card, title=text, channel=text) for card in SAMPLE.cards[:2])
    lanes = tuple(replace(lane, name=text, subtitle=text, note=text) for lane in SAMPLE.lanes)
    points = (MapPoint("m", cards[0].key, text, (), text, text, (text,)),)
    source = replace(SAMPLE, cards=cards, lanes=lanes, edges=(), points=points)
    layout = layout_map(source, text_width, PAPER)
    ET.fromstring(paper_svg(layout, replace(TEXTS, title=text), text_width))
    ET.fromstring(edges_svg(layout_map(source, text_width), title=text))


def test_markup_in_a_title_stays_text() -> None:
    cards = (replace(SAMPLE.cards[0], title='<b>&"x"</b>'),)
    source = replace(SAMPLE, cards=cards, edges=(), points=())
    svg = paper_svg(layout_map(source, text_width, PAPER), TEXTS, text_width)
    assert '<b>&"x"</b>' in words(svg)
