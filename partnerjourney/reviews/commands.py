"""`export report`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from partnerjourney.core import clock, commandline
from partnerjourney.core.commandline import Acting, Failure
from partnerjourney.journeys import services as journeys
from partnerjourney.reviews import services
from partnerjourney.reviews.rules import document_of, fingerprint
from partnerjourney.reviews.services import DrawingError

_DAY = click.DateTime(["%Y-%m-%d"])
_REASONS = {"large": "it is too large", "slow": "it took too long"}


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the command of this feature."""
    group_export.add_command(_report)


@click.command("report")
@click.argument("slug")
@click.option(
    "--out",
    required=True,
    metavar="FILE.pdf",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the PDF here.",
)
@click.option("--language", type=click.Choice(["nl", "en"]), help="Default: the journey's own.")
@click.option("--from", "date_from", type=_DAY, metavar="DATE", help="First day of an answer.")
@click.option("--to", "date_to", type=_DAY, metavar="DATE", help="Last day of an answer.")
@commandline.acting_options
@commandline.json_option
def _report(
    slug: str,
    out: Path,
    language: str | None,
    date_from: datetime | None,
    date_to: datetime | None,
    *,
    as_json: bool,
    **whom: str | None,
) -> None:
    """Fix the facts of a journey now and write the report as PDF.

    The facts are those that the organisation acted for sees, and are kept beside its reports;
    what an operator fixes is written to the file only.
    """
    if date_from and date_to and date_to < date_from:
        raise click.UsageError("--to lies before --from")
    days = {
        "date_from": date_from.date() if date_from else None,
        "date_to": date_to.date() if date_to else None,
    }
    acting = commandline.act(slug, **whom)
    try:
        told, pdf = _made(acting, language, days)
    except DrawingError as error:
        why = _REASONS.get(error.reason, "drawing it failed")
        raise Failure(f"no report was written: {why}") from error
    out.write_bytes(pdf)
    commandline.say(f"Wrote {out}.")
    if as_json:
        commandline.answer({"file": str(out), **told})


def _made(
    acting: Acting, language: str | None, days: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    """Fix the facts and draw them; return what was fixed, and the PDF."""
    at = clock.now()
    with acting.session() as session:
        place = journeys.find(session, acting.member, acting.journey_id)
        spoken = language or place.journey.language
        facts = services.facts_now(session, acting.member, place, at=at, **days)
    pdf = services.draw(document_of(facts), language=spoken)
    if acting.scope == acting.member:
        with acting.session(write=True) as session:
            place = journeys.find(session, acting.member, acting.journey_id)
            services.keep(
                session, acting.member, place, facts, pdf, language=spoken, at=clock.now()
            )
    return {"language": spoken, "fixed_at": at, "sha256": fingerprint(facts)}, pdf
