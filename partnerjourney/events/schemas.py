"""What a partner's system may send about a case: a CloudEvent, or our plain JSON like it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import Text
from partnerjourney.events.rules.kinds import EventKind
from partnerjourney.events.rules.rows import MOST_KEY, MOST_REASON, MOST_REFERENCE

TYPE = "partnerjourney.handover."
TYPES = [f"{TYPE}{kind}" for kind in EventKind]
MOST_SOURCE = 60
MOST_REFERENCES = 10
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Moment(fields.Field[datetime]):
    """A moment as RFC 3339 writes it, with its offset; in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return moment(value)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError(
                "This is not a moment with its offset, such as 2026-03-04T09:30:00+01:00."
            ) from None


def moment(value: Any) -> datetime:
    """Read a moment; raises TypeError, ValueError, OverflowError."""
    if _MOMENT.fullmatch(value) is None:
        raise ValueError(value)
    return datetime.fromisoformat(value.upper()).astimezone(UTC)


class Promise(fields.Field[datetime | date]):
    """Until when was promised: a moment, or a day, which ends in the journey's time zone."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> datetime | date:
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                return date.fromisoformat(value)
            return moment(value)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError(
                "This is neither a day (2026-03-04) nor a moment with its offset."
            ) from None


class References(fields.Dict):
    """References of the case, such as an order number: their kind → what it says."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            keys=Text(40, required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]*\Z")),
            values=Text(MOST_REFERENCE, required=True),
            load_default={},
            validate=validate.Length(max=MOST_REFERENCES),
            **more,
        )


class EventData(Document):
    """What the event says: at which hand-over, and what was promised."""

    handover = Text(60, required=True)
    journey = Text(130, load_default="")
    promise = Promise(load_default=None)
    member = Text(MOST_REFERENCE, load_default="")
    reason = Text(MOST_REASON, load_default="")
    references = References()


class PlainEvent(Schema):
    """Our plain JSON: a CloudEvent whose `specversion` and `source` may be left out."""

    class Meta:
        unknown = EXCLUDE  # extension attributes of others say nothing to us

    specversion = fields.String(load_default="1.0", validate=validate.Equal("1.0"))
    id = Text(MOST_KEY, required=True)
    source = Text(MOST_SOURCE, load_default="api", validate=validate.Length(min=1))
    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    subject = Text(MOST_REFERENCE, required=True)
    time = Moment(load_default=None)
    datacontenttype = fields.String(validate=validate.Regexp(r"(?i)application/([\w.+-]+\+)?json"))
    data = fields.Nested(EventData, required=True)

    @validates_schema
    def _times(self, data: dict[str, Any], **_: Any) -> None:
        kind = data["type"].removeprefix(TYPE)
        if kind == EventKind.EXPECTED:
            if data["data"]["promise"] is None:
                raise ValidationError({"data": {"promise": ["What is expected has a promise."]}})
        elif data["time"] is None:
            raise ValidationError({"time": ["Say when it happened."]})


class CloudEvent(PlainEvent):
    """A CloudEvent 1.0 about one case at one hand-over."""

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))
    source = Text(MOST_SOURCE, required=True)


class OneResult(Document):
    """What became of an event; `flags` are what is odd about it."""

    status = fields.String(required=True, validate=validate.OneOf(["accepted", "duplicate"]))
    duplicate = fields.Boolean(required=True)
    id = fields.UUID(required=True)
    flags = fields.List(fields.Dict(keys=fields.String(), values=fields.String()), required=True)


class OneOfBatch(Document):
    """What became of one event of a batch: its id, or what is wrong with it."""

    index = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["accepted", "duplicate", "rejected"])
    )
    id = fields.UUID()
    errors = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    flags = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class BatchResult(Document):
    """What became of a batch; the numbers add up to the events that were sent."""

    accepted = fields.Integer(required=True)
    duplicates = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    results = fields.List(fields.Nested(OneOfBatch), required=True)
