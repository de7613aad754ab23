"""What a browser may send about who answers, absence, and mail."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from partnerjourney.core.texts import N_
from partnerjourney.notices.rules import Duty, Often
from partnerjourney.organisations.schemas import ONE_OF_THESE, Form, choice

_NOT_A_DAY = N_("Write a day as in 2026-12-28, or choose it.")


class Somebody(fields.String):
    """A person's id, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text:
            return None
        try:
            return uuid.UUID(text)
        except ValueError:
            raise ValidationError([ONE_OF_THESE]) from None


class AnswerersForm(Form):
    """Who answers; empty where all who may do."""

    version = fields.Integer(required=True, strict=False)
    first = Somebody(load_default=None)
    deputy = Somebody(load_default=None)
    escalation = Somebody(load_default=None)

    @post_load
    def _by_duty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"version": data["version"], "named": {duty: data[duty.value] for duty in Duty}}


class Day(fields.String):
    """A day as 2026-12-28, or nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise ValidationError([_NOT_A_DAY]) from None


class AbsenceForm(Form):
    """The last day away; empty for back."""

    until = Day(load_default=None)


class MailForm(Form):
    """What mail a person wants from one organisation."""

    organisation = fields.String(required=True)
    often = choice(*Often)
    weekday = fields.String(
        load_default="0", validate=validate.OneOf(tuple("0123456"), error=ONE_OF_THESE)
    )
    immediate = fields.Boolean(load_default=False)
