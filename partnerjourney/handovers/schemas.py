"""Hand-overs over REST: what goes in and out."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import Text
from partnerjourney.handovers.rules import DurationError, parse_time_limit


class ProposalDocument(Document):
    """A change that waits for an answer: each field as it stood and as it is proposed.

    `awaits` is who answers: `us` or `them`.
    """

    id = fields.UUID(required=True)
    by = fields.UUID(required=True)
    fields_ = fields.Dict(keys=fields.String(), required=True, data_key="fields")
    reason = fields.String(required=True)
    due = fields.AwareDateTime(required=True)
    awaits = fields.String(required=True)


class TermsDocument(Document):
    """What one circle agreed of a hand-over; `member` is the group's member whose copy it is."""

    id = fields.UUID(required=True)
    member = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    trigger = fields.String(required=True)
    time_limit = fields.String(required=True, allow_none=True)
    checklist = fields.List(fields.String(), required=True)
    refuse_reasons = fields.List(fields.String(), required=True)
    contact_name = fields.String(required=True)
    contact_reach = fields.String(required=True)
    contact_hours = fields.String(required=True)
    proposals = fields.List(fields.Nested(ProposalDocument), required=True)


class HandoverDocument(Document):
    """A hand-over: from and to are ids of parties; `terms` only where the organisation shares them.

    The first terms are the definition, the others copies of a group's members.
    """

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    giver = fields.UUID(required=True, data_key="from")
    taker = fields.UUID(required=True, data_key="to")
    from_card = fields.UUID(required=True, allow_none=True)
    to_card = fields.UUID(required=True, allow_none=True)
    label = fields.String(required=True)
    told = fields.String(required=True)
    terms = fields.List(fields.Nested(TermsDocument), required=True)


class NewHandover(Document):
    """A hand-over between two cards; who gives and who takes follows from their lanes."""

    from_card = fields.UUID(required=True)
    to_card = fields.UUID(required=True)
    label = Text(60, load_default="")


def _texts(most: int) -> fields.List[str]:
    return fields.List(Text(200, required=True), validate=validate.Length(max=most))


class TermsChange(Document):
    """Terms, changed: only what is sent. Without `terms` those of the definition.

    `reason` tells the other side why; it is needed for what that side must agree to.
    """

    reason = Text(300, lines=True, load_default="")
    terms = fields.UUID(load_default=None)
    from_card = fields.UUID(allow_none=True)
    to_card = fields.UUID(allow_none=True)
    label = Text(60)
    told = Text(500, lines=True)
    name = Text(80)
    trigger = Text(300, lines=True)
    time_limit = fields.String(allow_none=True)
    checklist = _texts(20)
    refuse_reasons = _texts(20)
    contact_name = Text(120)
    contact_reach = Text(200)
    contact_hours = Text(200)

    @validates("time_limit")
    def _duration(self, value: str | None, data_key: str) -> None:
        if value is None:
            return
        try:
            parse_time_limit(value)
        except DurationError:
            raise ValidationError("Give a duration: PT48H, or P2D for working days.") from None
