"""`scores` and `nps`: the figures of a journey, and the formula on its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from partnerjourney.core import commandline
from partnerjourney.journeys.services import find
from partnerjourney.measurement.queries import By, Score, score_document, scores
from partnerjourney.measurement.rules import NPS_METHODS, Method, nps_document

_DAY = click.DateTime(["%Y-%m-%d"])


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the commands of this feature."""
    root.add_command(_scores)
    root.add_command(_nps)


@click.command("scores")
@click.argument("slug")
@click.option("--from", "date_from", type=_DAY, metavar="DATE", help="First day of an answer.")
@click.option("--to", "date_to", type=_DAY, metavar="DATE", help="Last day of an answer.")
@click.option("--wave", metavar="KEY", help="Only this wave; its verdict comes along.")
@click.option(
    "--by", type=click.Choice([by.value for by in By]), default="point", show_default=True
)
@commandline.acting_options
@commandline.json_option
def _scores(
    slug: str,
    date_from: datetime | None,
    date_to: datetime | None,
    wave: str | None,
    by: str,
    as_organisation: str | None,
    operator: str | None,
    *,
    as_json: bool,
) -> None:
    """Print the score of every measuring point with its n and margin.

    Days are those of the answers, in the journey's time zone. Without --wave all answers of the
    period count, those outside any wave too.
    """
    if date_from and date_to and date_to < date_from:
        raise click.UsageError("--to lies before --from")
    acting = commandline.act(slug, as_organisation=as_organisation, operator=operator)
    with acting.session() as session:
        found = scores(
            session,
            find(session, acting.member, acting.journey_id),
            date_from=date_from.date() if date_from else None,
            date_to=date_to.date() if date_to else None,
            wave=wave,
            by=By(by),
        )
    commandline.answer([score_document(score) for score in found], _table(found), as_json=as_json)


def _table(found: Sequence[Score]) -> str:
    """The same as a table for people; a split without answers is left out."""
    rows = [("point", "group", "metric", "period", "n", "score", "margin", "verdict")]
    for score in found:
        view = score.view
        if view.group is not None and not view.n:
            continue
        value = view.score if view.mean is None else view.mean
        margin = "" if view.low is None else f"{_figure(view.low)} … {_figure(view.high)}"
        rows.append(
            (
                view.point,
                view.group or "",
                view.metric.value,
                f"{view.period_from or ''} – {view.period_to or ''}".strip(" –"),
                "withheld" if view.withheld else str(view.n),
                _figure(value),
                margin,
                view.verdict.value.replace("_", " ") if view.verdict else "",
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    right = {4, 5, 6}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value + 0.0:.1f}"


@click.command("nps")
@click.argument("detractors", type=click.IntRange(min=0))
@click.argument("passives", type=click.IntRange(min=0))
@click.argument("promoters", type=click.IntRange(min=0))
@click.option("--method", type=click.Choice([method.value for method in NPS_METHODS]))
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
)
@commandline.json_option
def _nps(
    detractors: int,
    passives: int,
    promoters: int,
    method: str | None,
    confidence: float,
    *,
    as_json: bool,
) -> None:
    """Print score and margin of so many answers 0–6, 7–8 and 9–10, in units of −1…1."""
    asked = None if method is None else Method(method)
    document = nps_document(detractors, passives, promoters, asked, confidence)
    lines = (
        f"{name.replace('_', ' ')}: {value}"
        for name, value in document.items()
        if value is not None
    )
    commandline.answer(document, "\n".join(lines), as_json=as_json)
