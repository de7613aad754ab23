"""The access keys of an organisation: made and revoked by its admins, each shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.organisations import schemas, services
from partnerjourney.organisations.services import KeyRow
from partnerjourney.web.fresh import must_be_fresh
from partnerjourney.web.moments import exact, full_day, moment
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session

bp = Blueprint("keys", __name__, url_prefix="/o/<organisation>/organisation/keys")

ZONE = "Europe/Amsterdam"


def _purposes() -> list[tuple[TokenPurpose, str, str]]:
    return [
        (
            TokenPurpose.READ,
            _("Read"),
            _("Journeys, touchpoints and steps, hand-overs, scores and reports."),
        ),
        (TokenPurpose.EVENTS, _("Send events"), _("What happened to a case, from your system.")),
        (TokenPurpose.WRITE, _("Write"), _("Draws and changes what an editor may.")),
    ]


def _line(row: KeyRow) -> dict[str, Any]:
    now, said = clock.now(), {purpose: name for purpose, name, _text in _purposes()}
    used = row.used_at
    return {
        "row": row,
        "works": row.works(now),
        "purposes": [said[purpose] for purpose in row.purposes],
        "until": full_day(row.expires_at.date()),
        "made": moment(row.created_at, now, ZONE),
        "used": moment(used, now, ZONE) if used else None,
        "used_exact": exact(used, ZONE) if used else None,
        "used_iso": used.isoformat() if used else None,
    }


def _page(
    form: Form | None = None, *, making: bool = False, made: str | None = None, status: int = 200
) -> Response:
    """Show the keys; `made` is the one that was just made, never to be shown again."""
    require(member(), Permission.TOKEN_MANAGE, g.acting)
    lines = [_line(row) for row in services.keys(session(), member(), g.acting)]
    response = page(
        "organisations/keys.html",
        status=status,
        lines=[line for line in lines if line["works"]],
        ended=[line for line in lines if not line["works"]],
        form=form,
        making=making,
        made=made,
        purposes=_purposes(),
        journeys=services.journeys_for_keys(session()),
        lasts=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))],
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/")
def index() -> Response:
    """Show the keys, who made them and when each was last used."""
    return _page()


@bp.route("/new", methods=["GET", "POST"])
def create() -> Response:
    """Make a key and show it, this once."""
    require(member(), Permission.TOKEN_MANAGE, g.acting)
    if not htmx.posted():
        return _page(Form(values={"days": "365", "purposes": ["read"]}), making=True)
    form = read_form(schemas.KeyForm())
    if form.valid:
        must_be_fresh()
        fields = dict(form.data)
        expires_at = clock.now() + timedelta(days=fields.pop("days"))
        try:
            key = services.make_key(
                session(), member(), g.acting, expires_at=expires_at, at=clock.now(), **fields
            )
            return _page(made=key)
        except InputError as error:
            form.errors = {n: [translated(t) for t in found] for n, found in error.messages.items()}
        except ConflictError:
            form.errors = {"_schema": [_("There are too many keys already. Revoke one first.")]}
    return _page(form, making=True, status=422)


@bp.post("/<uuid:key_id>/revoke")
def revoke(key_id: UUID) -> Response:
    """End a key at once."""
    require(member(), Permission.TOKEN_MANAGE, g.acting)
    must_be_fresh()
    name = services.revoke_key(session(), member(), g.acting, key_id, at=clock.now())
    flash(_("Revoked: %(name)s opens nothing any more.", name=name), "success")
    return see_other(url_for(".index"))
