"""What a browser may send about waves."""

from __future__ import annotations

from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import N_, Text
from partnerjourney.events.rules.rows import MOST_KEY, MOST_REFERENCE
from partnerjourney.events.schemas import MOST_SOURCE, Moment, References
from partnerjourney.events.services import CHUNK
from partnerjourney.journeys.rules import KEY
from partnerjourney.organisations.schemas import Email
from partnerjourney.surveys.rules import Metric, WaveKind, WaveState
from partnerjourney.surveys.rules.answer_rows import LONGEST_COMMENT

A_DAY = N_("Give a day, for example 2026-05-31.")


class WaveForm(Schema):
    """A wave that opens: its name, and how it ends."""

    key = Text(60, required=True)
    close_on = fields.Date(load_default=None, error_messages={"invalid": A_DAY})
    close_at_answers = fields.Integer(
        load_default=None,
        validate=validate.Range(10, 100_000, error=N_("Give a whole number of at least 10.")),
        error_messages={"invalid": N_("Give a whole number of at least 10.")},
    )
    sample_percent = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 100, error=N_("Give a percentage from 1 to 100.")),
        error_messages={"invalid": N_("Give a percentage from 1 to 100.")},
    )
    reference_name = Text(40, load_default="")

    @pre_load
    def _leave_out_what_is_empty(self, data: Any, **_: Any) -> dict[str, Any]:
        return {name: value for name, value in dict(data).items() if value != ""}

    @validates_schema
    def _ends(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("close_on") is None and data.get("close_at_answers") is None:
            raise ValidationError(
                N_("Say when it ends: on a day, or at a number of answers."), "close_on"
            )

    @post_load
    def _slug(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        if not KEY.fullmatch(data["key"]):
            raise ValidationError(
                N_("Use small letters, digits and hyphens, for example spring-2026."), "key"
            )
        return data


class CustomerForm(Schema):
    """Which customer a request is about."""

    email = Email(required=True)


class EraseForm(CustomerForm):
    """A customer who is to be forgotten, and that this is meant."""

    sure = fields.Boolean(
        required=True,
        validate=validate.Equal(
            comparable=True, error=N_("Tick this first: erasing cannot be undone.")
        ),
        error_messages={"required": N_("Tick this first: erasing cannot be undone.")},
    )


# --- REST ----------------------------------------------------------------------------------------


class PointDocument(Document):
    """A measuring point that the organisation shares; `handovers` are those of its stretch."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    card = fields.UUID(required=True)
    metric = fields.Enum(Metric, by_value=True, required=True)
    subject = fields.String(required=True)
    handovers = fields.List(fields.UUID(), required=True)
    grouped = fields.Boolean(required=True)


class WaveDocument(Document):
    """A measuring period of a point, and the question that was asked in it."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    kind = fields.Enum(WaveKind, by_value=True, required=True)
    state = fields.Enum(WaveState, by_value=True, required=True)
    question = fields.String(required=True)
    opened_at = fields.AwareDateTime(required=True, format="iso")
    closed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    close_on = fields.Date(required=True, allow_none=True)
    close_at_answers = fields.Integer(required=True, allow_none=True)
    sample_percent = fields.Integer(required=True)


class NewWave(WaveForm):
    """A measuring period that opens: its key, and how it ends."""

    class Meta:
        unknown = RAISE


class WaveClosing(Document):
    """A measuring period, closed: its state can be set to closed and to nothing else."""

    state = fields.String(required=True, validate=validate.Equal("closed"))


class NewPoint(Document):
    """A question at a touchpoint that the customer perceives; keys are unique in the journey.

    `handovers` are the stretch, in path order and ending at the card; without them it covers all
    since the previous point.
    """

    key = fields.String(required=True, validate=validate.Regexp(rf"{KEY.pattern}\Z"))
    card_id = fields.UUID(required=True, data_key="card")
    metric = fields.Enum(Metric, by_value=True, required=True)
    subject = Text(60, required=True)
    covers = fields.List(
        fields.UUID(), load_default=None, data_key="handovers", validate=validate.Length(1, 100)
    )


class GivenAnswer(Document):
    """What one customer answered elsewhere, and of which case; `member` names a group's member.

    `id` is yours: what you know the answer by, never the customer.
    """

    id = Text(MOST_KEY, required=True)
    score = fields.Integer(required=True, strict=True)
    time = Moment(required=True)
    comment = Text(LONGEST_COMMENT, lines=True, load_default="")
    references = References()
    member = Text(MOST_REFERENCE, load_default="")


class Each(fields.List[Any]):
    """Many, each of which is read by itself: one that is wrong does not refuse the others."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class GivenAnswers(Document):
    """Answers to the question of one point, of one of your systems."""

    source = Text(MOST_SOURCE, load_default="api", validate=validate.Length(min=1))
    wave = Text(60, load_default=None)
    correct = fields.Boolean(load_default=False)
    answers = Each(fields.Nested(GivenAnswer), required=True, validate=validate.Length(1, CHUNK))
