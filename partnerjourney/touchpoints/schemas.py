"""What a browser may send about customer roles, and about what a card is to the customer."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields

from partnerjourney.core.texts import N_, Text
from partnerjourney.touchpoints.rules import IMPACTS, Control, RoleKind

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
