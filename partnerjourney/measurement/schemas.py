"""What a reader may choose on the measurement page, and what a party may say there."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate
from marshmallow import validates_schema as check

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import Text
from partnerjourney.measurement.models import LONGEST_EXPLANATION
from partnerjourney.measurement.queries import By, Period


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


# --- REST ----------------------------------------------------------------------------------------


class ScoresQuery(Document):
    """Which answers, and what they are split by."""

    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None)
    wave = fields.String(load_default=None, validate=validate.Length(1, 60))
    by = fields.Enum(By, by_value=True, load_default=By.POINT)

    @check
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            raise ValidationError("This lies before `from`.", "to")


class ScoreDocument(Document):
    """A score with its n, margin and period; figures unrounded, those of an NPS times 100."""

    point = fields.String(required=True)
    handovers = fields.List(fields.String(), required=True)
    group = fields.String(required=True, allow_none=True)
    metric = fields.String(required=True)
    first = fields.Date(required=True, allow_none=True, data_key="from", attribute="from")
    last = fields.Date(required=True, allow_none=True, data_key="to", attribute="to")
    n = fields.Integer(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    mean = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    confidence = fields.Float(required=True, allow_none=True)
    method = fields.String(required=True, allow_none=True)
    histogram = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, allow_none=True
    )
    verdict = fields.String(required=True, allow_none=True)
    withheld = fields.String(required=True, allow_none=True)


class ExplanationDocument(Document):
    """What a party says beside a number; `by` names it, of a group the member that says it."""

    party = fields.UUID(required=True, attribute="party_id")
    by = fields.String(required=True)
    ours = fields.Boolean(required=True, attribute="mine")
    text = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ExplanationChange(Document):
    """What it says from now on."""

    text = Text(LONGEST_EXPLANATION, required=True)
