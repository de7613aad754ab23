"""What a browser may send about the overview and the silo check."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates

from partnerjourney.core.parties import JourneyKind
from partnerjourney.core.texts import N_, Text
from partnerjourney.journeys.rules import AdviceKind, Discipline

CHOOSE = N_("Choose one of the list.")
_MESSAGES: dict[str, Any] = {"unknown": CHOOSE, "required": CHOOSE, "null": CHOOSE}


class _Maybe(fields.UUID):
    """The id of something on the page; an empty choice means none."""

    default_error_messages = {"invalid_uuid": CHOOSE}  # noqa: RUF012 - marshmallow's interface

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class ReasonForm(Schema):
    """Why a journey may stay as it is; empty takes it back."""

    version = fields.Integer(required=True, strict=False)
    text = Text(500, lines=True, load_default="")


class TradesForm(Schema):
    """From which trades an organisation looks at the journey."""

    disciplines = fields.List(
        fields.Enum(Discipline, by_value=True, error_messages=_MESSAGES), load_default=[]
    )


class ItemForm(Schema):
    """A new do or don't."""

    kind = fields.Enum(AdviceKind, by_value=True, required=True, error_messages=_MESSAGES)
    text = Text(200, required=True)


class TickForm(Schema):
    """A do or don't that is so, or not any more."""

    version = fields.Integer(required=True, strict=False)
    done = fields.Boolean(load_default=False)


class KindForm(Schema):
    """What kind of journey it is."""

    version = fields.Integer(required=True, strict=False)
    kind = fields.Enum(JourneyKind, by_value=True, required=True, error_messages=_MESSAGES)
    parent_id = _Maybe(load_default=None, allow_none=True)
    parent_from_id = _Maybe(load_default=None, allow_none=True)
    parent_to_id = _Maybe(load_default=None, allow_none=True)
    cadence_days = Text(5, load_default="")
    used = fields.List(fields.UUID(error_messages={"invalid_uuid": CHOOSE}), load_default=[])

    @validates("cadence_days")
    def _days(self, value: str, data_key: str) -> None:
        if value and not (value.isascii() and value.isdigit() and 0 < int(value) <= 3650):
            raise ValidationError(N_("Give a whole number of days from 1 to 3650."))
