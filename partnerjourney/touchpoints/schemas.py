"""What a browser may send about customer roles, and about what a card is to the customer."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import N_, Text
from partnerjourney.touchpoints.rules import IMPACTS, CardKind, Control, RoleKind, Weighed

MOST_ROLES = 200
"""Customer roles of which one request may speak."""
CHOOSE = N_("Choose one of the list.")
_MESSAGES: dict[str, Any] = {
    "unknown": CHOOSE,
    "required": CHOOSE,
    "null": CHOOSE,
    "invalid_uuid": CHOOSE,
}


class Reference(fields.UUID):
    """The id of something on the page; an empty choice means none."""

    default_error_messages = {"invalid_uuid": CHOOSE}  # noqa: RUF012 - marshmallow's interface

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class _Control(fields.Field[Any]):
    """Who controls a touchpoint; an empty choice leaves it to the lane."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return Control(value) if value else None
        except ValueError:
            raise ValidationError(CHOOSE) from None


class Impact(fields.Field[Any]):
    """One role and its impact: `<role>:<impact>`, or `<role>:` for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        role, _, impact = str(value).partition(":")
        try:
            found = (uuid.UUID(role), int(impact) if impact else None)
        except ValueError:
            raise ValidationError(CHOOSE) from None
        if found[1] is not None and found[1] not in IMPACTS:
            raise ValidationError(CHOOSE)
        return found


class DepthForm(Schema):
    """What a touchpoint is to the customer."""

    version = fields.Integer(required=True, strict=False)
    perceived_id = Reference(load_default=None, allow_none=True)
    perceived_told = Text(300, lines=True, load_default="")
    control = _Control(load_default=None, allow_none=True)
    truths = fields.List(fields.UUID(error_messages=_MESSAGES), load_default=[])
    impacts = fields.List(Impact(), load_default=[])


class RoleForm(Schema):
    """A new customer role."""

    kind = fields.Enum(RoleKind, by_value=True, required=True, error_messages=_MESSAGES)
    name = Text(80, load_default="")
    department = Text(80, load_default="")


class RoleEditForm(RoleForm):
    """A customer role, changed."""

    version = fields.Integer(required=True, strict=False)


class PositionForm(Schema):
    """Another place in the list."""

    position = fields.Integer(required=True, strict=False)


# --- REST ----------------------------------------------------------------------------------------


def _flag(**given: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **given)


class CardRoleDocument(Document):
    """What a touchpoint is to one customer role; `impact` goes from -2 (bad) to 2 (good)."""

    role = fields.UUID(required=True, attribute="role_id")
    moment_of_truth = fields.Boolean(required=True)
    impact = fields.Integer(required=True, allow_none=True)


class CardDocument(Document):
    """A card: a touchpoint that the customer notices, or a step behind it.

    `phase`, `party`, `initiator`, `receiver` and `perceived` are ids. `intended_experience` is how
    it should feel; `perceived` whom the customer thinks this is, `perceived_told` what it is told
    about that; `control` who controls it, null where the lane tells. `roles` are the customer roles
    to which it is something, in their order.
    """

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    kind = fields.Enum(CardKind, by_value=True, required=True)
    phase = fields.UUID(required=True)
    party = fields.UUID(required=True)
    name = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    initiator = fields.UUID(required=True, allow_none=True)
    receiver = fields.UUID(required=True, allow_none=True)
    intended_experience = fields.String(required=True)
    moment_of_truth = fields.Boolean(required=True)
    perceived = fields.UUID(required=True, allow_none=True)
    perceived_told = fields.String(required=True)
    control = fields.Enum(Control, by_value=True, required=True, allow_none=True)
    roles = fields.List(fields.Nested(CardRoleDocument), required=True)


class CardRoleFields(Document):
    """What a touchpoint is to one customer role."""

    role = fields.UUID(required=True)
    moment_of_truth = _flag(load_default=False)
    impact = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min(IMPACTS), max(IMPACTS)),
    )

    @post_load
    def _weighed(self, data: dict[str, Any], **_: Any) -> Weighed:
        return Weighed(**data)


class CardFields(Document):
    """What a card says; only what is sent changes.

    `roles` are all of them at once: a role that is left out is nothing to the card any more.
    """

    name = Text(80, validate=validate.Length(min=1))
    phase = fields.UUID()
    party = fields.UUID()
    channel = Text(40, allow_none=True)
    initiator = fields.UUID(allow_none=True)
    receiver = fields.UUID(allow_none=True)
    intended_experience = Text(300, lines=True)
    moment_of_truth = _flag()
    perceived = fields.UUID(allow_none=True)
    perceived_told = Text(300, lines=True)
    control = fields.Enum(Control, by_value=True, allow_none=True)
    roles = fields.List(fields.Nested(CardRoleFields), validate=validate.Length(max=MOST_ROLES))

    @post_load
    def _columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        roles = [row.role for row in data.get("roles", ())]
        twice = [n for n, role in enumerate(roles) if role in roles[:n]]
        if twice:
            said = {n: {"role": ["This role stands here twice."]} for n in twice}
            raise ValidationError({"roles": said})
        found = {COLUMNS.get(name, name): value for name, value in data.items()}
        if found.get("channel") == "":
            found["channel"] = None
        return found


COLUMNS = {
    "phase": "phase_id",
    "party": "party_id",
    "initiator": "initiator_id",
    "receiver": "receiver_id",
    "perceived": "perceived_id",
}
"""Field → column, where they differ."""


class CardChange(CardFields):
    """A card, changed. `after` is the card of its phase that it follows, null for none."""

    after = fields.UUID(allow_none=True)


class NewCard(CardFields):
    """A card, to be added at the end of its phase's path."""

    name = Text(80, required=True)
    phase = fields.UUID(required=True)
    party = fields.UUID(required=True)
    kind = fields.Enum(CardKind, by_value=True, required=True)


class CustomerRoleDocument(Document):
    """Who at the customer's side a journey is about."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    kind = fields.Enum(RoleKind, by_value=True, required=True)
    name = fields.String(required=True)
    department = fields.String(required=True)


class CustomerRoleChange(Document):
    """A customer role, changed: only what is sent; `position` counts from 0."""

    kind = fields.Enum(RoleKind, by_value=True)
    name = Text(80)
    department = Text(80)
    position = fields.Integer(validate=validate.Range(0, 1000))


class NewCustomerRole(Document):
    """A customer role, to be added at the end."""

    kind = fields.Enum(RoleKind, by_value=True, required=True)
    name = Text(80, load_default="")
    department = Text(80, load_default="")
