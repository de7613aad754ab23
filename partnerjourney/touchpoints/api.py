"""REST: the customer roles of a journey."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import schemas, services
from partnerjourney.touchpoints.models import CustomerRole
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("customer_roles", "Customer roles")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ALL = "/journeys/<uuid:journey_id>/customer-roles"
ONE = f"{ALL}/<uuid:role_id>"


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


def _to_change(journey_id: UUID, role_id: UUID) -> tuple[Place, CustomerRole]:
    place = _place(journey_id, lock=True)
    services.may_edit_roles(rest.actor(), place)
    found = services.find_role(session(), place, role_id, lock=True)
    rest.match(schemas.CustomerRoleDocument, found)
    return place, found


@api.operation("GET", ALL, purpose=READ, gives=schemas.CustomerRoleDocument, listed=True)
def roles(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the customer roles of a journey, in their order."""
    return rest.paged(
        services.customer_roles(session(), _place(journey_id).id),
        lambda role: (role.position, str(role.id)),
        **query,
    )


@api.operation("GET", ONE, purpose=READ, gives=schemas.CustomerRoleDocument)
def role(journey_id: UUID, role_id: UUID) -> Any:
    """Give one customer role."""
    return services.find_role(session(), _place(journey_id), role_id)


@api.operation(
    "POST",
    ALL,
    purpose=WRITE,
    takes=schemas.NewCustomerRole,
    gives=schemas.CustomerRoleDocument,
    status=201,
)
def add(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a customer role at the end; for who coordinates the journey."""
    place = _place(journey_id, lock=True)
    made = services.add_role(session(), rest.actor(), place, at=clock.now(), **body)
    return (
        made,
        201,
        {"Location": url_for("customer_roles_api.role", journey_id=place.id, role_id=made.id)},
    )


@api.operation(
    "PATCH",
    ONE,
    purpose=WRITE,
    takes=schemas.CustomerRoleChange,
    gives=schemas.CustomerRoleDocument,
    matched=True,
)
def change(journey_id: UUID, role_id: UUID, body: dict[str, Any]) -> Any:
    """Change a customer role, or its place in the list; for who coordinates the journey."""
    place, found = _to_change(journey_id, role_id)
    here, position = (session(), rest.actor(), place, found), body.pop("position", None)
    if body:
        services.change_role(*here, version=found.version, at=clock.now(), fields=body)
    if position is not None:
        services.move_role(*here, position=position, at=clock.now())
    return found


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def retire(journey_id: UUID, role_id: UUID) -> Any:
    """Take a customer role off the journey; for who coordinates it."""
    place, found = _to_change(journey_id, role_id)
    services.retire_role(session(), rest.actor(), place, found, at=clock.now())
