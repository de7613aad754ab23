"""What a browser may send about proposals, mandates and silence."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from partnerjourney.core.documents import Document, PageQuery
from partnerjourney.core.texts import N_, Text
from partnerjourney.proposals.rules import State


class ReasonForm(Schema):
    """Why not, or why again; whether it is needed the verb says."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    reason = Text(300, lines=True, load_default="")


class CardProposalForm(ReasonForm):
    """What somebody proposes for a card of another party."""

    name = Text(80, required=True)
    channel = Text(40, load_default="")
    intended_experience = Text(300, lines=True, load_default="")
    moment_of_truth = fields.Boolean(load_default=False)

    @post_load
    def _tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "channel": data["channel"] or None}


class CardByMandateForm(CardProposalForm):
    """What somebody changes of the card of a party that gave it a mandate."""

    version = fields.Integer(required=True, strict=False)

    @post_load
    def _no_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name != "reason"}


class MandateForm(Schema):
    """Who may update what is ours, and until which day."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    from_party_id = fields.UUID(required=True)
    to_party_id = fields.UUID(required=True)
    until = fields.Date(
        required=True,
        error_messages=dict.fromkeys(("invalid", "required"), N_("Say until which day.")),
    )


class SilenceForm(Schema):
    """Whether silence is consent for a party in one circle."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    circle_id = fields.UUID(required=True)
    party_id = fields.UUID(required=True)
    on = fields.Boolean(required=True)


class CardProposal(Document):
    """Other words for a card of another party, put to it: only what is sent is proposed."""

    name = Text(80, validate=validate.Length(min=1))
    channel = Text(40, allow_none=True, validate=validate.Length(min=1))
    intended_experience = Text(300, lines=True)
    moment_of_truth = fields.Boolean()
    reason = Text(300, lines=True, required=True)


class Renewal(Document):
    """A proposal put forward again; without a `reason` for the one that it had."""

    reason = Text(300, lines=True, load_default="")


class RemindedDocument(Document):
    """Whether a reminder goes out by mail; not where one did today."""

    sent = fields.Boolean(required=True)


class ListedProposalDocument(Document):
    """A proposal: each field as it stood and as it is proposed, and what became of it.

    It is about a card, or about the terms of a hand-over; `awaits` is who answers while it is
    open: `us` or `them`.
    """

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    by = fields.UUID(required=True, attribute="by_party_id")
    handover = fields.UUID(required=True, allow_none=True, attribute="handover_id")
    terms = fields.UUID(required=True, allow_none=True, attribute="terms_id")
    card = fields.UUID(required=True, allow_none=True, attribute="card_id")
    changes = fields.Dict(
        keys=fields.String(), required=True, data_key="fields", attribute="fields"
    )
    reason = fields.String(required=True)
    answer = fields.String(required=True)
    made = fields.AwareDateTime(required=True, attribute="made_at")
    due = fields.AwareDateTime(required=True, attribute="due_at")
    decided = fields.AwareDateTime(required=True, allow_none=True, attribute="decided_at")
    awaits = fields.String(required=True, allow_none=True)


class RenewedDocument(Document):
    """What was proposed anew."""

    proposals = fields.List(fields.Nested(ListedProposalDocument), required=True)


class ProposalQuery(PageQuery):
    """Which proposals; without a state all."""

    state = fields.Enum(State, by_value=True, load_default=None)
