"""What a reader may choose on the measurement page, and what a party may say there."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate
from marshmallow import validates_schema as check

from partnerjourney.core.texts import Text
from partnerjourney.measurement.models import LONGEST_EXPLANATION
from partnerjourney.measurement.queries import Period


class PeriodSchema(Schema):
    """`wave` (its key), `from` and `to` (days, inclusive) or `all`; empty fields were not chosen.

    Loads a queries.Period; a wave goes before days.
    """

    class Meta:
        unknown = EXCLUDE

    wave = fields.String(validate=validate.Length(max=60))
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    everything = fields.Boolean(data_key="all")

    @pre_load
    def _drop_empty(self, data: Any, **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}

    @check
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            raise ValidationError("ends before it begins", "to")

    @post_load
    def _period(self, data: dict[str, Any], **_: Any) -> Period:
        return Period(wave=data["wave"]) if "wave" in data else Period(**data)


class ExplanationForm(Schema):
    """What a party says beside a number: one paragraph; `version` is that of what it replaces."""

    class Meta:
        unknown = EXCLUDE

    text = Text(LONGEST_EXPLANATION, required=True)
    version = fields.Integer(load_default=0, validate=validate.Range(0))

    @pre_load
    def _one_paragraph(self, data: Any, **_: Any) -> dict[str, Any]:
        text = data.get("text")
        if not isinstance(text, str):
            return dict(data)
        return {**data, "text": re.sub(r"[ \t\r\n]+", " ", text)}


class TakeBackForm(Schema):
    """The same form, sent to take the text back: what is typed does not count."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(load_default=0, validate=validate.Range(0))

    @post_load
    def _nothing(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "text": ""}
