"""Cards pasted out of a spreadsheet: looked at line by line, then added."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.core import clock
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.starting import schemas, services
from partnerjourney.starting.services import Pasted
from partnerjourney.starting.views.blueprint import bp
from partnerjourney.starting.words import ROWS
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.words import channel_choices


def _channels() -> dict[str, str]:
    """Return the reader's words for channels, in lower case → the channel."""
    words = {word.casefold(): key for key, word in channel_choices()}
    return words | {key: key for key, _word in channel_choices()}


def _show(place: Place, form: Form, pasted: Pasted | None = None, status: int = 200) -> Response:
    return page(
        "starting/rows.html",
        status=status,
        place=place,
        form=form,
        pasted=pasted,
        faults={fault.value: _(said) for fault, said in ROWS.items()},
    )


@bp.route("/<uuid:journey_id>/rows", methods=["GET", "POST"])
def rows(journey_id: UUID) -> Response:
    """Look at pasted rows; nothing is added yet."""
    place = journeys.find(session(), member(), journey_id)
    services.may_paste(member(), place)
    if not htmx.posted():
        return _show(place, Form())
    form = read_form(schemas.RowsForm())
    if not form.valid:
        return _show(place, form, status=422)
    pasted = services.look_at_rows(
        session(), member(), place, form.data["text"], channels=_channels()
    )
    return _show(place, form, pasted)


@bp.post("/<uuid:journey_id>/rows/cards")
def add_rows(journey_id: UUID) -> Response:
    """Add the cards of the good lines; lines with a fault stay typed."""
    place = journeys.find(session(), member(), journey_id, lock=True)
    services.may_paste(member(), place)
    form = read_form(schemas.RowsForm())
    if not form.valid:
        return _show(place, form, status=422)
    pasted = services.look_at_rows(
        session(), member(), place, form.data["text"], channels=_channels()
    )
    if not pasted.good:
        return _show(place, form, pasted, status=422)
    added = services.add_rows(session(), member(), place, pasted, at=clock.now())
    flash(
        ngettext(
            "%(num)s touchpoint or step was added.",
            "%(num)s touchpoints and steps were added.",
            added,
        ),
        "success",
    )
    if pasted.faulty:
        left = "\n".join(row.text for row in pasted.faulty)
        again = services.look_at_rows(session(), member(), place, left, channels=_channels())
        return _show(place, Form({"text": left}), again)
    return see_other(url_for("drawing.draw", journey_id=place.id))
