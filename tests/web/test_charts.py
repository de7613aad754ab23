"""Charts: whatever is put in, a picture that can be read, on paper and on screen."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerjourney.core.text_width import fit, text_width, wrap
from partnerjourney.web import charts
from partnerjourney.web.charts import (
    AnswerGroup,
    BarGroup,
    CurvePoint,
    Estimate,
    FunnelRow,
    Names,
    StateRow,
    TrendLine,
    TrendPoint,
    axis_for,
    close_axis,
)
from partnerjourney.web.charts.svg import PAINTS

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg": {"class", "width", "height", "viewBox", "role", "font-family"},
    "title": set(),
    "path": {"class", "fill", "stroke", "stroke-width", "stroke-dasharray", "d"},
    "g": {"class", "fill", "font-size", "font-weight", "text-anchor"},
    "text": {"x", "y"},
    "tspan": {"class", "fill", "font-weight"},
}
FORBIDDEN = ("style=", "var(", "currentColor", "url(", " id=", "href", "script", "nan", "inf")
NASTY = '<b onclick="x">&amp; \x00\x0b]]>'
LONG = "Overdracht van het magazijn in Flevoland naar de koeriers Zuid"
CSS = Path(charts.__file__).parents[2] / "static" / "css" / "charts.css"


def number(value: float) -> str:
    """A signed whole number as the pages write it."""
    whole = round(value)
    return f"+{whole}" if whole > 0 else f"−{-whole}" if whole else "0"


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right - 0.5
            and other.left < self.right - 0.5
            and self.top < other.bottom - 0.5
            and other.top < self.bottom - 0.5
        )


def text_boxes(root: ET.Element) -> list[Box]:
    """Where each text stands, measured with the widths of Inter."""
    found = []
    for group in root.iter(f"{SVG}g"):
        size, weight = float(group.get("font-size", "0")), int(group.get("font-weight", "400"))
        for text in group:
            wide = text_width(text.text or "", size, weight)
            for part in text:
                wide += text_width(part.text or "", size, int(part.get("font-weight", weight)))
                wide += text_width(part.tail or "", size, weight)
            x, y = float(text.get("x", "")), float(text.get("y", ""))
            left = (
                x - {"start": 0, "middle": wide / 2, "end": wide}[group.get("text-anchor", "start")]
            )
            words = "".join(text.itertext())
            found.append(Box(left, y - 0.74 * size, left + wide, y + 0.22 * size, words))
    return found


def points_of(path: str) -> Iterator[tuple[float, float]]:
    """Every place a path goes through or is pulled to; an arc counts by its ends."""
    x = y = start_x = start_y = 0.0
    for command, rest in re.findall(r"([MmLlHhVvCcAaZz])([^MmLlHhVvCcAaZz]*)", path):
        values = [float(v) for v in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        size = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "a": 7, "z": 0}[command.lower()]
        if command in "Zz":
            x, y = start_x, start_y
            continue
        assert values
        assert len(values) % size == 0, path
        for i in range(0, len(values), size):
            part = values[i : i + size]
            dx, dy = (x, y) if command.islower() else (0.0, 0.0)
            if command in "Hh":
                x = part[0] + dx
            elif command in "Vv":
                y = part[0] + dy
            else:
                if command in "Cc":
                    yield part[0] + dx, part[1] + dy
                    yield part[2] + dx, part[3] + dy
                x, y = part[-2] + dx, part[-1] + dy
            if command in "Mm" and i == 0:
                start_x, start_y = x, y
            yield x, y


def check(svg: str) -> ET.Element:
    """What holds for every chart."""
    root = ET.fromstring(svg)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.get("role") == "img"
    assert root.get("font-family") == "Inter, sans-serif"
    assert [child.tag for child in root].count(f"{SVG}title") == 1
    assert root[0].tag == f"{SVG}title"
    bare = re.sub(r">[^<]*<", "><", svg)
    assert not [word for word in FORBIDDEN if word in bare]
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert set(element.keys()) <= ALLOWED[name]
        for paint in (element.get("fill"), element.get("stroke")):
            if paint not in {None, "none"}:
                assert PAINTS[element.get("class", "")] == paint
    texts = text_boxes(root)
    for box in texts:
        assert box.left >= -0.6, box
        assert box.right <= width + 0.6, box
        assert box.top >= -0.6, box
        assert box.bottom <= height + 0.6, box
    for index, box in enumerate(texts):
        for other in texts[index + 1 :]:
            assert not box.meets(other), (box, other)
    for path in root.iter(f"{SVG}path"):
        for x, y in points_of(path.get("d", "")):
            assert -1 <= x <= width + 1, path.get("d")
            assert -1 <= y <= height + 1, path.get("d")
    return root


words = st.one_of(
    st.sampled_from(["", "nu", "nulmeting", "afgesproken +35", LONG, NASTY, "…", "M" * 60]),
    st.text(max_size=60),
)
short = st.sampled_from(["", "0", "+46", "−100", "12.345", "9 antwoorden", LONG])
scores = st.one_of(st.sampled_from([-100.0, 0.0, 100.0]), st.floats(-100, 100))
widths = st.one_of(st.sampled_from([330.0, 88.0, 1200.0]), st.floats(200, 1000))


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, score, high = sorted(draw(st.tuples(scores, scores, scores)))
    return Estimate(score, low, high) if draw(st.booleans()) else Estimate(score)


verdicts = st.sampled_from(["", "better", "worse", "no_difference", "too_few"])
maybe = st.one_of(st.none(), estimates())
all_names = st.builds(Names, words, words, words)


@given(maybe, maybe, st.one_of(st.none(), scores), verdicts, all_names, widths, words)
def test_any_row_can_be_read(now, baseline, target, verdict, names, width, title):
    axis = axis_for([now, baseline, target])
    row = charts.dots_row(
        now,
        baseline,
        axis=axis,
        title=title,
        width=width,
        target=target,
        verdict=verdict,
        names=names,
    )
    check(row)
    check(charts.dots_axis(axis, number=number, title=title, width=width, names=names))
    check(charts.empty_row(names.now, title=title, width=width))
    check(charts.spark(now, axis=axis, number=number, title=title, width=width, verdict=verdict))


@given(st.lists(st.tuples(st.integers(0, 19), words), min_size=1, max_size=5), words, widths)
def test_any_strip_of_answers_shows_each_once(groups, lead, width):
    shown = [AnswerGroup(count, label) for count, label in groups]
    svg = charts.answers_strip(shown, lead=lead, title="Antwoorden", width=width)
    root = check(svg)
    dots = [p for p in root.iter(f"{SVG}path") if p.get("class") != "c-sunken"]
    assert sum(p.get("d", "").count("M") for p in dots) == sum(group.count for group in shown)


counts_of = st.integers(0, 20_000)
shares_of = st.floats(0, 1)


@given(st.data(), st.sampled_from([(7, 2, 2), (2, 1, 2), (3, 1, 3), (11,)]), widths)
def test_any_distribution_can_be_read(data, sizes, width):
    total = sum(sizes)
    counts = data.draw(st.lists(counts_of, min_size=total, max_size=total))
    shares = st.lists(shares_of, min_size=total, max_size=total)
    baseline = data.draw(st.one_of(st.none(), shares))
    texts = data.draw(st.tuples(words, words, words))
    svg = charts.distribution(
        counts,
        [BarGroup(size, *texts) for size in sizes],
        number=str,
        title="Verdeling",
        width=width,
        baseline=baseline,
        names=data.draw(all_names),
    )
    check(svg)


kinds = st.sampled_from(
    ["late", "none", "unknown", "missing", "failing", "ad_hoc", "difference", "?"]
)
state_rows = st.builds(StateRow, kinds, words, maybe, short, short, short, words)


@given(st.lists(state_rows, max_size=6), st.tuples(words, words), widths)
def test_any_states_can_be_read(rows, heads, width):
    axis = axis_for([row.shown for row in rows])
    check(charts.by_state(rows, axis=axis, number=number, title="Waar", width=width, heads=heads))


@given(st.lists(st.builds(FunnelRow, words, counts_of, short, words), max_size=5), widths)
def test_any_funnel_can_be_read(rows, width):
    check(charts.funnel(rows, title="Wie er antwoordde", width=width))


marks = st.one_of(st.none(), st.floats(1, 10))
curve_points = st.builds(CurvePoint, st.floats(-50, 1100), marks, short, marks, short, words, words)


@given(st.lists(curve_points, max_size=8), st.tuples(words, words), widths)
def test_any_experience_can_be_read(points, names, width):
    check(charts.experience_line(points, number=number, title="Ervaring", width=width, names=names))


lines = st.one_of(st.none(), st.builds(TrendLine, scores, words))


@settings(max_examples=60)
@given(
    st.lists(st.builds(TrendPoint, words, maybe, short), max_size=30), lines, lines, words, widths
)
def test_any_trend_can_be_read(points, target, baseline, name, width):
    levels = [line.value for line in (target, baseline) if line]
    axis = close_axis([*(point.shown for point in points), *levels])
    svg = charts.trend(
        points,
        axis=axis,
        number=number,
        title="Verloop",
        width=width,
        target=target,
        baseline=baseline,
        name=name,
    )
    check(svg)


@given(st.lists(scores, max_size=8), st.sampled_from(["nps", "csat", "ces"]))
def test_an_axis_shows_every_value_of_its_scale(values, scale):
    limits = {"nps": (-100, 100), "csat": (1, 5), "ces": (1, 7)}[scale]
    kept = [max(limits[0], min(limits[1], value)) for value in values]
    for axis in (axis_for(kept, scale), close_axis(kept, scale)):
        assert all(axis.shows(value) for value in kept)
        assert limits[0] <= axis.low < axis.high <= limits[1]
        assert 2 <= len(axis.ticks) <= 12
        assert all(axis.shows(tick) for tick in axis.ticks)


def test_the_table_axis_is_the_one_people_know():
    axis = axis_for([Estimate(46, 36, 55), Estimate(-6, -26, 14), None, 50])
    assert (axis.low, axis.high, axis.zero) == (-50, 100, 0)
    assert axis.ticks == (-50, 0, 50, 100)
    assert axis_for([-51]).low == -100
    assert axis_for([], "ces").ticks == (1, 2, 3, 4, 5, 6, 7)


def test_a_score_beyond_the_axis_stays_in_the_picture():
    axis = axis_for([])
    far = Estimate(90, 60, 100)
    row = charts.dots_row(far, far, axis=axis, title="t", width=330, target=-80)
    assert axis.high == 50
    check(row)
    check(charts.spark(far, axis=axis, number=number, title="t"))
    points = [TrendPoint("mrt", far, "+90"), TrendPoint("apr", Estimate(-90), "−90")]
    check(charts.trend(points, axis=axis, number=number, title="t", width=330))


def test_better_and_worse_differ_in_more_than_colour():
    axis = axis_for([])
    row = {
        verdict: charts.dots_row(
            Estimate(10, 0, 20), axis=axis, title="t", width=330, verdict=verdict
        )
        for verdict in ("", "better", "worse", "too_few", "no_difference")
    }
    assert "c-good" in row["better"]
    assert "c-bad" in row["worse"]
    for verdict in ("", "too_few", "no_difference"):
        assert "c-good" not in row[verdict]
        assert "c-bad" not in row[verdict]
    grey = {v: re.sub(r'(class|fill|stroke)="[^"]*"', "", svg) for v, svg in row.items()}
    assert len({grey["better"], grey["worse"], grey[""]}) == 3


def test_a_row_without_a_score_shows_no_dot_and_no_zero():
    root = check(charts.empty_row("nog geen antwoorden", title="Geen antwoorden", width=330))
    assert not list(root.iter(f"{SVG}path"))
    assert [box.what for box in text_boxes(root)] == ["nog geen antwoorden"]


def test_texts_are_escaped_and_the_title_is_whole():
    for svg in (
        charts.empty_row(NASTY, title=NASTY, width=600),
        charts.funnel([FunnelRow(NASTY, 3, "3", NASTY)], title=NASTY, width=600),
    ):
        root = check(svg)
        assert "<b" not in svg
        assert root[0].text == '<b onclick="x">&amp; ]]>'


def test_the_same_input_gives_the_same_picture():
    first, second = examples(440), examples(440)
    assert first == second
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize("width", [330, 440, 880])
def test_charts_stay_small(width):
    for name, svg in examples(width).items():
        check(svg)
        assert len(svg) <= 4096, (name, len(svg))


def test_what_people_read_is_in_the_picture():
    shown = {
        name: [box.what for box in text_boxes(ET.fromstring(svg))]
        for name, svg in examples(880).items()
    }
    assert {"nu", "nulmeting", "afgesproken +35"} <= set(shown["row"])
    assert {"9 antwoorden", "2 × 0–6", "3 × 7–8", "4 × 9–10"} == set(shown["strip"])
    assert {"44", "40", "10", "0–6: 27 antwoorden · 18%"} <= set(shown["distribution"])
    assert {"−38 · 21", "−65 tot −2", "Te laat"} <= set(shown["states"])
    assert {"niet gevraagd", "nog niet te zeggen", "ervaring", "verwachting"} <= set(
        shown["experience"]
    )
    assert {"doel +45", "nulmeting +30", "nu +38"} <= set(shown["trend"])


def test_the_experience_line_stops_where_nobody_was_asked():
    def line(middle):
        points = [
            CurvePoint(100, 8, "8"),
            CurvePoint(300, 7, "7"),
            CurvePoint(500, middle, note="niet gevraagd"),
            CurvePoint(700, 8, "8"),
            CurvePoint(900, 7, "7"),
        ]
        root = check(charts.experience_line(points, number=number, title="t", width=1000))
        return next(
            p.get("d", "")
            for p in root.iter(f"{SVG}path")
            if p.get("class") == "c-now" and p.get("fill") == "none"
        )

    assert line(7.5).count("M") == 1
    broken = line(None)
    assert broken.count("M") == 2
    assert not [x for x, _ in points_of(broken) if 300 < x < 700]


def test_wrong_shapes_are_refused():
    group = BarGroup(11, "0–10", "3", "100%")
    with pytest.raises(ValueError, match="cover"):
        charts.distribution([1] * 5, [group], number=str, title="t", width=400)
    with pytest.raises(ValueError, match="scale"):
        charts.distribution([1] * 11, [group], number=str, title="t", width=400, baseline=[0.2] * 5)
    with pytest.raises(ValueError, match="99"):
        charts.answers_strip([AnswerGroup(100, "x")], lead="", title="t", width=400)
    with pytest.raises(ValueError, match="colour"):
        charts.in_brand("<svg/>", 'red"/>')


def test_a_report_is_drawn_in_the_brand_of_its_organisation():
    ours = examples(440)["distribution"]
    theirs = charts.in_brand(ours, "#55268C")
    assert "#55268c" in theirs
    assert PAINTS["c-now"] not in theirs
    assert PAINTS["c-passive"] not in theirs
    assert ET.fromstring(theirs)[0].text == ET.fromstring(ours)[0].text


def test_every_paint_has_its_dark_colour_and_the_same_light_one():
    css = CSS.read_text(encoding="utf-8")
    for name, light in PAINTS.items():
        rule = re.search(rf"\.{name}\b(?!-)[^{{}}]*{{[^}}]*light-dark\((#\w+), (#\w+)\)", css)
        assert rule, name
        assert rule[1] == light
        assert rule[2] != light


@given(st.text(max_size=80), st.floats(0, 400), st.sampled_from([400, 600, 700]))
def test_a_fitted_text_fits(text, width, weight):
    fitted = fit(text, width, 12, weight)
    assert text_width(fitted, 12, weight) <= width + 1e-6
    if text_width(text, 12, weight) <= width:
        assert fitted == text
    for line in wrap(text, width, 12, weight, lines=2):
        assert text_width(line, 12, weight) <= width + 1e-6


def test_a_text_in_the_room_that_was_measured_for_it_is_whole():
    score, answers = "+64", " · 86 antwoorden"
    room = text_width(score, 13, 600) + text_width(answers, 13) - text_width(score, 13, 600)
    assert room < text_width(answers, 13)  # by a hair: sums of widths are never exact
    assert fit(answers, room, 13) == answers


def test_widths_are_those_of_the_font():
    assert text_width("M", 1000, 400) == 904
    assert text_width("\u2212", 1000, 700) == 679
    assert text_width("e\u0301", 12) == text_width("e", 12) == text_width("ě", 12)
    assert wrap("Bestelling bevestigen", 90, 12, 600) == ["Bestelling", "bevestigen"]
    assert len(wrap(LONG, 120, 12)) == 2
    assert wrap(LONG, 120, 12)[1].endswith("…")


def examples(width: float) -> dict[str, str]:
    """One chart of each kind, as the demo would show it."""
    rows = [
        StateRow("late", "Te laat", Estimate(-38, -65, -2), "−38", "21", "−65 tot −2"),
        StateRow("none", "Niet te laat", Estimate(56, 42, 67), "+56", "104", "+42 tot +67"),
        StateRow("unknown", "Onbekend", Estimate(28, -4, 54), "+28", "25", "−4 tot +54"),
        StateRow("difference", "Verschil", None, "−94", "21 tegen 104", "−121 tot −54"),
    ]
    trend = [
        TrendPoint(f"week {week}", Estimate(score, score - 12, score + 12), number(score))
        for week, score in enumerate([30, 28, 33, 24, 29, 31, 35, 38], 36)
    ]
    at = width / 880
    experience = [
        CurvePoint(120 * at, 8.3, "8,3", 7.8, "7,8", foot="212 antwoorden"),
        CurvePoint(255 * at, 7.0, "7,0", 7.9, "7,9", foot="64 antwoorden"),
        CurvePoint(368 * at, 7.7, "7,7", 8.2, "8,2", foot="150 antwoorden"),
        CurvePoint(498 * at, 8.6, "8,6", 8.3, "8,3", foot="96 antwoorden"),
        CurvePoint(624 * at, None, "", 8.0, "8,0", note="niet gevraagd"),
        CurvePoint(750 * at, None, "", 7.6, "7,6", "nog niet te zeggen", "9 antwoorden"),
    ]
    title = "Levering: +38 bij 150 antwoorden, marge +25 tot +49; nulmeting +30 bij 120"
    axis = axis_for([row.shown for row in rows])
    return {
        "row": charts.dots_row(
            Estimate(24, 11, 36),
            Estimate(30, 16, 43),
            axis=axis,
            title=title,
            width=width,
            target=35,
            names=Names("nu", "nulmeting", "afgesproken +35"),
        ),
        "strip": charts.answers_strip(
            [AnswerGroup(2, "2 × 0–6"), AnswerGroup(3, "3 × 7–8"), AnswerGroup(4, "4 × 9–10")],
            lead="9 antwoorden",
            title=title,
            width=width,
        ),
        "distribution": charts.distribution(
            [4, 2, 3, 3, 2, 6, 7, 14, 25, 44, 40],
            [
                BarGroup(7, "0–6", "27 antwoorden", "18%"),
                BarGroup(2, "7–8", "39", "26%"),
                BarGroup(2, "9–10", "84", "56%"),
            ],
            number=str,
            title=title,
            width=width,
            baseline=[0.03, 0.02, 0.02, 0.03, 0.02, 0.05, 0.08, 0.13, 0.21, 0.25, 0.16],
            names=Names("nu, met aantal", "nulmeting, aandeel van 120"),
        ),
        "states": charts.by_state(rows, axis=axis, number=number, title=title, width=width),
        "funnel": charts.funnel(
            [
                FunnelRow("Leveringen", 412, "412"),
                FunnelRow("Verstuurd", 365, "365", "47 niet verstuurd: 38 onlangs al gevraagd"),
                FunnelRow("Antwoord", 150, "150", "43% van aangekomen"),
            ],
            title=title,
            width=width,
        ),
        "experience": charts.experience_line(
            experience,
            number=number,
            title=title,
            width=width,
            names=("ervaring", "verwachting"),
        ),
        "trend": charts.trend(
            trend,
            axis=close_axis([*(point.shown for point in trend), 45]),
            number=number,
            title=title,
            width=width,
            target=TrendLine(45, "doel +45"),
            baseline=TrendLine(30, "nulmeting +30"),
            name="nu",
        ),
        "spark": charts.spark(Estimate(27, 11, 41), axis=axis, number=number, title=title),
    }
