"""What a browser may send about the overview and the silo check."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates

from partnerjourney.checks.rules import Outcome
from partnerjourney.core.documents import Document
from partnerjourney.core.parties import JourneyKind
from partnerjourney.core.texts import N_, Text
from partnerjourney.journeys.rules import AdviceKind, Discipline
from partnerjourney.touchpoints.rules.silo import How, Rule

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


# --- REST ----------------------------------------------------------------------------------------


class FindingDocument(Document):
    """One thing that a rule found, by ids; without a card, hand-over or party the whole journey.

    `how` says which of its ways, `since` the day since when nothing was seen of a party,
    `discipline` the only one that looks along.
    """

    card = fields.UUID(required=True, allow_none=True)
    handover = fields.UUID(required=True, allow_none=True)
    party = fields.UUID(required=True, allow_none=True)
    how = fields.Enum(How, by_value=True, required=True, allow_none=True)
    since = fields.Date(required=True, allow_none=True)
    discipline = fields.Enum(Discipline, by_value=True, required=True, allow_none=True)


class CheckDocument(Document):
    """A rule of the silo check: why it matters, and what it found that the organisation can see.

    `reason` is why the journey may stay so, `written` when it was written down; while
    `needs_reason`, the journey is not agreed without one.
    """

    rule = fields.Enum(Rule, by_value=True, required=True)
    title = fields.String(required=True)
    why = fields.String(required=True)
    looks = fields.String(required=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    findings = fields.List(fields.Nested(FindingDocument), required=True)
    reason = fields.String(required=True, allow_none=True)
    written = fields.AwareDateTime(required=True, allow_none=True)
    needs_reason = fields.Boolean(required=True)


class ReasonChange(Document):
    """Why a journey may stay as a rule found it; null takes it back."""

    reason = Text(500, lines=True, required=True, allow_none=True)


class ChecklistDocument(Document):
    """A do or don't of a journey; `done` while it is so."""

    id = fields.UUID(required=True)
    kind = fields.Enum(AdviceKind, by_value=True, required=True)
    text = fields.String(required=True)
    done = fields.Boolean(required=True)


class NewChecklistItem(Document):
    """A do or don't, to be added at the end."""

    kind = fields.Enum(AdviceKind, by_value=True, required=True)
    text = Text(200, required=True)
    done = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class ChecklistChange(Document):
    """A do or don't that is so, or not any more."""

    done = fields.Boolean(truthy={True}, falsy={False}, required=True)


class DisciplinesDocument(Document):
    """From which disciplines an organisation looks at the journey, as this party.

    `organisation` is its address; `ours` says that it is the key's own.
    """

    party = fields.UUID(required=True)
    organisation = fields.String(required=True)
    disciplines = fields.List(fields.Enum(Discipline, by_value=True), required=True)
    ours = fields.Boolean(required=True)


class DisciplinesChange(Document):
    """The disciplines of one's own organisation: all of them at once."""

    disciplines = fields.List(
        fields.Enum(Discipline, by_value=True),
        required=True,
        validate=validate.Length(max=len(Discipline)),
    )
