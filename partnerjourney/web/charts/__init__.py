"""Charts as SVG strings, the same on the page and in the PDF; read `svg.py` first, then `dots.py`.

Pure functions of plain numbers and texts in the reader's language. Each takes its width in px and
draws for it, so a chart at half width is not scaled down. The title is the alternative text: the
finding with its numbers.
"""

from __future__ import annotations

from partnerjourney.web.charts.bars import BarGroup, distribution
from partnerjourney.web.charts.dots import (
    AnswerGroup,
    Names,
    answers_strip,
    dots_axis,
    dots_row,
    empty_row,
    spark,
)
from partnerjourney.web.charts.experience import CurvePoint, experience_line
from partnerjourney.web.charts.rows import FunnelRow, StateRow, by_state, funnel
from partnerjourney.web.charts.scales import Axis, Estimate, axis_for, close_axis
from partnerjourney.web.charts.svg import in_brand
from partnerjourney.web.charts.trend import TrendLine, TrendMark, TrendPoint, trend

__all__ = [
    "AnswerGroup",
    "Axis",
    "BarGroup",
    "CurvePoint",
    "Estimate",
    "FunnelRow",
    "Names",
    "StateRow",
    "TrendLine",
    "TrendMark",
    "TrendPoint",
    "answers_strip",
    "axis_for",
    "by_state",
    "close_axis",
    "distribution",
    "dots_axis",
    "dots_row",
    "empty_row",
    "experience_line",
    "funnel",
    "in_brand",
    "spark",
    "trend",
]
