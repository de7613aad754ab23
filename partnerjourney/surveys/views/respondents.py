"""Requests of customers: an admin of the customer owner looks one up, hands over, and erases.

The address goes in the body of a form only: never into an address or a log.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, make_response, url_for

from partnerjourney.core import clock
from partnerjourney.core.policy import Permission, require
from partnerjourney.surveys import schemas
from partnerjourney.surveys.services import respondents
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

bp = Blueprint("respondents", __name__, url_prefix="/o/<organisation>/customer-requests")


@bp.get("/")
def show() -> Response:
    """Ask for whom the request is."""
    return _page(Form())


@bp.post("/")
def find() -> Response:
    """Show what is stored about a customer."""
    form = _form(schemas.CustomerForm())
    if not form.valid:
        return _page(form, status=422)
    return _page(form, found=_stored(form), looked=True)


@bp.post("/export")
def export() -> Response:
    """Hand over what is stored about a customer, as JSON."""
    form = _form(schemas.CustomerForm())
    found = _stored(form) if form.valid else None
    if found is None:  # that nothing is known was looked up too, and is kept with a 200
        return _page(form, looked=form.valid, status=200 if form.valid else 422)
    response = make_response(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="customer-data.json"'
    return _unkept(response)


@bp.post("/erase")
def erase() -> Response:
    """Forget a customer for good."""
    form = _form(schemas.EraseForm())
    if not form.valid:
        return _page(form, status=422)  # what is refused is rolled back, so it shows nobody
    gone = respondents.erase(session(), member(), g.acting, **_about(form))
    flash(
        ngettext(
            "Erased. %(num)s question no longer leads to this person.",
            "Erased. %(num)s questions no longer lead to this person.",
            gone.questions,
        )
        + " "
        + _("This address gets no more questions."),
        "success",
    )
    return see_other(url_for(".show"))


def _form(schema: Any) -> Form:
    require(member(), Permission.RESPONDENT_MANAGE, g.acting)
    return read_form(schema)


def _about(form: Form) -> dict[str, Any]:
    secret: str = current_app.extensions["settings"].secret_key
    return {"email": form.values["email"].strip(), "secret": secret, "at": clock.now()}


def _stored(form: Form) -> dict[str, Any] | None:
    return respondents.stored(session(), member(), g.acting, **_about(form))


def _page(
    form: Form, *, found: dict[str, Any] | None = None, looked: bool = False, status: int = 200
) -> Response:
    require(member(), Permission.RESPONDENT_MANAGE, g.acting)
    answered = sum(q["answer"] is not None for q in found["questions"]) if found else 0
    return _unkept(
        page(
            "surveys/respondents.html",
            status=status,
            form=form,
            found=found,
            looked=looked,
            answered=answered,
        )
    )


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
