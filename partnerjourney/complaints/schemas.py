"""What a browser may send about complaints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from partnerjourney.complaints.rules import ANSWERS, Act, Happened, State
from partnerjourney.core.documents import Document, PageQuery
from partnerjourney.core.texts import N_, Text

MOMENT = "%Y-%m-%dT%H:%M"
"""What a browser sends of a day with a time; it is of the journey's own clock."""


class Moment(fields.Field[datetime]):
    """A day with a time as a browser sends it, without a zone: the view says which clock."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own interface
        "required": N_("Fill in a day and a time."),
        "invalid": N_("Fill in a day and a time."),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        try:
            return datetime.strptime(str(value)[:16], MOMENT)  # noqa: DTZ007
        except ValueError as error:
            raise self.make_error("invalid") from error


class _WithoutEmpty(Schema):
    @pre_load
    def _leave_out_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in ("", [""])}


class ReportForm(_WithoutEmpty):
    """What happened, to whom it goes, what the customer needs and before when."""

    reference = Text(
        120, required=True, error_messages={"required": N_("Fill in the reference of the case.")}
    )
    happened = fields.Enum(
        Happened,
        by_value=True,
        required=True,
        error_messages={
            "required": N_("Choose what happened."),
            "unknown": N_("Choose what happened."),
        },
    )
    title = Text(
        120, required=True, error_messages={"required": N_("Say in one line what happened.")}
    )
    details = Text(600, lines=True, load_default="")
    needs = Text(
        300, required=True, error_messages={"required": N_("Say what the customer needs.")}
    )
    happened_on = fields.Date(
        load_default=None, error_messages={"invalid": N_("This is not a date.")}
    )
    due = Moment(required=True)
    where = fields.String(load_default="")
    handovers = fields.List(
        fields.UUID(error_messages={"invalid_uuid": N_("Choose where it went wrong.")}),
        load_default=list,
    )
    members = fields.List(fields.String(), load_default=list)

    @validates_schema(skip_on_field_errors=False)
    def _somewhere(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("handovers") and not data.get("where"):
            raise ValidationError(N_("Choose where it went wrong."), "where")

    @validates_schema
    def _not_to_come(self, data: dict[str, Any], **_: Any) -> None:
        day: date | None = data.get("happened_on")
        if day is not None and not 2000 <= day.year < 2100:
            raise ValidationError(N_("This is not a date."), "happened_on")


class AnswerForm(_WithoutEmpty):
    """One of the answers, with what belongs to it; `act` and `before` say which one it was.

    `answer` is `pick_up:` with a moment, `pick_up:other` (then `moment` says when), `not_here`
    (then `reason`) or `solve` (then `done`, if anything).
    """

    answer = fields.String(
        required=True, error_messages={"required": N_("Choose one of the answers.")}
    )
    moment = Moment(load_default=None)
    reason = Text(600, lines=True, load_default="")
    done = Text(600, lines=True, load_default="")

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        act, _sep, when = str(data.get("answer", "")).partition(":")
        if act not in {act.value for act in ANSWERS} or (act == Act.PICK_UP.value) != bool(when):
            raise ValidationError(N_("Choose one of the answers."), "answer")
        if when == "other" and data.get("moment") is None:
            raise ValidationError(N_("Fill in a day and a time."), "moment")
        if when not in ("", "other"):
            Moment().deserialize(when)
        if act == Act.NOT_HERE.value and not data.get("reason"):
            raise ValidationError(
                N_("Say in a few words why: it helps whoever takes over."), "reason"
            )

    @post_load
    def _said(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        act, _sep, when = data["answer"].partition(":")
        before = data["moment"] if when == "other" else None
        if when and when != "other":
            before = Moment().deserialize(when)
        texts = {Act.NOT_HERE: data["reason"], Act.SOLVE: data["done"]}
        return {"act": Act(act), "before": before, "text": texts.get(Act(act), "")}


class ToldForm(_WithoutEmpty):
    """What the customer was told."""

    told = Text(600, lines=True, required=True)


class BackForm(_WithoutEmpty):
    """Why it is not solved, as the customer says."""

    why = Text(600, lines=True, required=True)


class VoiceForm(_WithoutEmpty):
    """Who speaks to the customer from now on."""

    voice = fields.UUID(
        required=True,
        error_messages={
            "required": N_("Choose a party of the list."),
            "invalid_uuid": N_("Choose a party of the list."),
        },
    )


class LinkForm(_WithoutEmpty):
    """A reference that leads to the case."""

    reference = Text(120, required=True)


class ComplaintEntryDocument(Document):
    """What one party did or said; parties are those of the journey, of a group its lane."""

    act = fields.Enum(Act, by_value=True, required=True)
    party = fields.UUID(required=True, allow_none=True)
    text = fields.String(required=True)
    before = fields.AwareDateTime(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class ComplaintDocument(Document):
    """A complaint that the organisation shares, without the customer's name.

    `voice` speaks to the customer; `picked_up` acts before `promised`. It is `linked` once its
    reference leads to a case.
    """

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    linked = fields.Boolean(required=True)
    happened = fields.Enum(Happened, by_value=True, required=True)
    title = fields.String(required=True)
    details = fields.String(required=True)
    needs = fields.String(required=True)
    happened_on = fields.Date(required=True, allow_none=True)
    due = fields.AwareDateTime(required=True, attribute="due_at")
    state = fields.Enum(State, by_value=True, required=True)
    desk = fields.UUID(required=True, allow_none=True)
    picked_up = fields.UUID(required=True, allow_none=True)
    promised = fields.AwareDateTime(required=True, allow_none=True, attribute="promised_at")
    voice = fields.UUID(required=True, allow_none=True)
    reported = fields.AwareDateTime(required=True, attribute="reported_at")
    closed = fields.AwareDateTime(required=True, allow_none=True, attribute="closed_at")
    handovers = fields.List(fields.UUID(), required=True)
    history = fields.List(fields.Nested(ComplaintEntryDocument), required=True)


class ComplaintsQuery(PageQuery):
    """Which complaints: those that are open, or the last hundred that were closed.

    With a `reference`, of any kind, those of its case, open and closed; `linked` tells those apart
    that lead to a case and those that do not yet.
    """

    closed = fields.Boolean(load_default=None)
    reference = Text(120, load_default=None, validate=validate.Length(min=1))
    linked = fields.Boolean(load_default=None)


class CaseReference(Document):
    """A reference, of any kind, that leads to a case of which the organisation knows."""

    reference = Text(120, required=True)


class NewComplaint(Document):
    """What a customer reported, and at which hand-overs; the customer is not named.

    A reference that nobody knows yet is accepted: the complaint finds its case later. `members`
    are organisations of a group, where the desk knows whose case it is; else the case tells.
    """

    reference = Text(120, required=True)
    happened = fields.Enum(Happened, by_value=True, required=True)
    title = Text(120, required=True)
    details = Text(600, lines=True, load_default="")
    needs = Text(300, required=True)
    happened_on = fields.Date(load_default=None)
    due_at = fields.AwareDateTime(required=True, data_key="due")
    handovers = fields.List(fields.UUID(), required=True)
    members = fields.List(Text(120), load_default=list, validate=validate.Length(max=100))

    @validates_schema
    def _not_to_come(self, data: dict[str, Any], **_: Any) -> None:
        day: date | None = data.get("happened_on")
        if day is not None and not 2000 <= day.year < 2100:
            raise ValidationError("This is not a date.", "happened_on")
