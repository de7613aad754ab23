"""Pages about customer roles, and about what a touchpoint is to the customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import schemas, services
from partnerjourney.touchpoints.models import Card, CustomerRole
from partnerjourney.touchpoints.rules import CardKind, Weighed
from partnerjourney.touchpoints.words import role_name
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session

bp = Blueprint("touchpoints", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>")


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), member(), journey_id, lock=lock)


def _with_faults(form: Form, error: InputError) -> Form:
    form.errors = {name: [translated(m) for m in texts] for name, texts in error.messages.items()}
    return form


# --- what a touchpoint is to the customer ---------------------------------------------------------


@bp.route("/cards/<uuid:card_id>/customer", methods=["GET", "POST"])
def depth(journey_id: UUID, card_id: UUID) -> Response:
    """Say whom the customer thinks it meets, who controls it, and what it is to each role."""
    place = _place(journey_id)
    card = services.find(session(), place, card_id, lock=htmx.posted())
    services.may_change(member(), place, card)
    if card.kind is CardKind.STEP:
        raise NotFoundError
    shown = _shown(place, card)
    if not htmx.posted():
        return _depth(place, card, shown)
    form = read_form(schemas.DepthForm())
    form.values.setdefault("version", card.content.version)
    if not form.valid:
        return _depth(place, card, form, status=422)
    try:
        _save(place, card, form.data)
    except StaleVersionError:
        form.values["version"] = card.content.version
        return _depth(place, card, form, current=shown.values, status=409)
    except InputError as error:
        return _depth(place, card, _with_faults(form, error), status=422)
    flash(_("Saved: %(name)s", name=card.content.name), "success")
    return see_other(url_for("maps.card", journey_id=place.id, card_id=card.id))


def _save(place: Place, card: Card, data: dict[str, Any]) -> None:
    version, at = data["version"], clock.now()
    fields = {name: data[name] for name in ("perceived_id", "perceived_told", "control")}
    services.check_depth(place, card.kind, fields)
    services.change(session(), member(), place, card, version=version, at=at, fields=fields)
    impacts, truths = dict(data["impacts"]), set(data["truths"])
    rows = [Weighed(role, role in truths, impacts.get(role)) for role in {*impacts, *truths}]
    services.weigh(session(), member(), place, card, version=card.content.version, at=at, rows=rows)


def _shown(place: Place, card: Card) -> Form:
    content, rows = card.content, services.weighed(session(), place, card)
    return Form(
        values={
            "version": content.version,
            "perceived_id": content.perceived_id,
            "perceived_told": content.perceived_told,
            "control": content.control.value if content.control else "",
            "truths": [str(role) for role, row in rows.items() if row.moment_of_truth],
            "impacts": [
                f"{role}:{row.impact}" for role, row in rows.items() if row.impact is not None
            ],
        }
    )


def _depth(
    place: Place,
    card: Card,
    form: Form,
    *,
    current: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    return page(
        "touchpoints/depth.html",
        status=status,
        place=place,
        card=card,
        form=form,
        current=current,
        roles=services.customer_roles(session(), place.id),
    )


# --- customer roles ------------------------------------------------------------------------------


@bp.get("/customer-roles")
def roles(journey_id: UUID) -> Response:
    """Show who at the customer's side the journey is about."""
    return _roles(_place(journey_id))


def _roles(place: Place, form: Form | None = None, at: str = "", status: int = 200) -> Response:
    return page(
        "touchpoints/roles.html",
        fragment="listed",
        status=status,
        place=place,
        roles=services.customer_roles(session(), place.id),
        form=form,
        at=at,
    )


def _done(place: Place, anchor: str) -> Response:
    if htmx.partial:
        return _roles(place)
    return see_other(url_for(".roles", journey_id=place.id, _anchor=anchor))


@bp.post("/customer-roles")
def add_role(journey_id: UUID) -> Response:
    """Add a customer role."""
    place, form = _place(journey_id, lock=True), read_form(schemas.RoleForm())
    services.may_edit_roles(member(), place)
    if not form.valid:
        return _roles(place, form, "new", 422)
    made = services.add_role(session(), member(), place, at=clock.now(), **form.data)
    return _done(place, f"role-{made.id}")


@bp.post("/customer-roles/<uuid:role_id>")
def change_role(journey_id: UUID, role_id: UUID) -> Response:
    """Change a customer role."""
    place, role = _found(journey_id, role_id)
    services.may_edit_roles(member(), place)
    form = read_form(schemas.RoleEditForm())
    form.values.setdefault("version", role.version)
    if not form.valid:
        return _roles(place, form, str(role_id), 422)
    data = dict(form.data)
    try:
        services.change_role(
            session(),
            member(),
            place,
            role,
            version=data.pop("version"),
            at=clock.now(),
            fields=data,
        )
    except StaleVersionError:
        form.values["version"] = role.version
        said = _("Somebody else saved in the meantime. Now it says: %(role)s", role=role_name(role))
        form.errors["_schema"] = [said]
        return _roles(place, form, str(role_id), 409)
    return _done(place, f"role-{role_id}")


def _found(journey_id: UUID, role_id: UUID) -> tuple[Place, CustomerRole]:
    place = _place(journey_id, lock=True)
    return place, services.find_role(session(), place, role_id, lock=True)


@bp.post("/customer-roles/<uuid:role_id>/order")
def move_role(journey_id: UUID, role_id: UUID) -> Response:
    """Put a customer role at another place in the list."""
    place, role = _found(journey_id, role_id)
    services.may_edit_roles(member(), place)
    form = read_form(schemas.PositionForm())
    if not form.valid:
        raise InputError(form.errors)
    services.move_role(session(), member(), place, role, at=clock.now(), **form.data)
    return _done(place, f"role-{role_id}")


@bp.post("/customer-roles/<uuid:role_id>/retire")
def retire_role(journey_id: UUID, role_id: UUID) -> Response:
    """Take a customer role off the journey."""
    place, role = _found(journey_id, role_id)
    services.retire_role(session(), member(), place, role, at=clock.now())
    flash(_("Taken off the journey: %(role)s", role=role_name(role)), "success")
    return _done(place, "roles")
