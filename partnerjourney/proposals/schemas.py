"""What a browser may send about proposals, mandates and silence."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from partnerjourney.core.texts import Text


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


class MandateForm(Schema):
    """Who may update what is ours, and until which day."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    from_party_id = fields.UUID(required=True)
    to_party_id = fields.UUID(required=True)
    until = fields.Date(required=True)


class SilenceForm(Schema):
    """Whether silence is consent for a party in one circle."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    circle_id = fields.UUID(required=True)
    party_id = fields.UUID(required=True)
    on = fields.Boolean(required=True)
