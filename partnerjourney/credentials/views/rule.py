"""An organisation insists on a second step: its admins say from when, and see who lacks one."""

from __future__ import annotations

from flask import Response, flash, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.logins import strong
from partnerjourney.core.policy import Permission, require
from partnerjourney.credentials import queries, schemas, services
from partnerjourney.credentials.rules import GRACE_DAYS
from partnerjourney.credentials.views.blueprint import rules as bp
from partnerjourney.web import session as web
from partnerjourney.web.fresh import must_be_fresh
from partnerjourney.web.identity import ZONE, signed_in
from partnerjourney.web.moments import full_day
from partnerjourney.web.pages import Form, page, read_form, see_other


def _may() -> None:
    require(web.member(), Permission.MEMBER_MANAGE, g.acting)


def _page(form: Form, *, status: int = 200) -> Response:
    _may()
    rule = services.find_rule(web.session(), g.acting)
    colleagues = queries.colleagues(web.session(), g.acting.id)
    return page(
        "credentials/rule.html",
        status=status,
        form=form,
        rule=rule,
        day=full_day(rule.required_from.astimezone(ZONE).date()) if rule else "",
        past=rule is not None and rule.required_from <= clock.now(),
        colleagues=colleagues,
        without=sum(not one.has_second_step for one in colleagues),
        days=[(n, ngettext("in %(num)s day", "in %(num)s days", n)) for n in GRACE_DAYS],
        strong=strong(signed_in().session.means),
    )


@bp.get("/")
def show() -> Response:
    """Show whether the organisation insists, and who has no second step yet."""
    return _page(Form(values={"days": GRACE_DAYS[1]}))


@bp.post("/")
def insist() -> Response:
    """Ask a second step of every member; who asks it has one."""
    _may()
    form = read_form(schemas.Rule())
    if not form.valid:
        return _page(form, status=422)
    must_be_fresh()
    if not strong(signed_in().session.means):
        raise ConflictError("who asks a second step of others signs in with one")
    services.require_of_all(
        web.session(), web.member(), g.acting, days=form.data["days"], at=clock.now()
    )
    flash(_("Every member reads it on each page from now on."), "success")
    return see_other(url_for("second_step.show"))


@bp.post("/leave")
def leave() -> Response:
    """Leave it to each member."""
    _may()
    must_be_fresh()
    services.ask_of_nobody(web.session(), web.member(), g.acting, at=clock.now())
    flash(_("A second step is up to each member again."), "success")
    return see_other(url_for("second_step.show"))
