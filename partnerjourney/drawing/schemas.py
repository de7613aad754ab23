"""What a browser may send to draw with."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from partnerjourney.core.fields import Reference, choice, version
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.texts import N_, Lines, Text
from partnerjourney.handovers.rules import DurationError, parse_time_limit
from partnerjourney.surveys.rules import Metric
from partnerjourney.touchpoints.rules import CardKind


def _none_if_empty(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: None if name in names and value == "" else value for name, value in data.items()}


class PhaseForm(Schema):
    """A new phase."""

    name = Text(80, required=True)


class PartyForm(Schema):
    """A new lane."""

    party_name = Text(120, required=True)
    party_kind = choice(PartyKind, required=True)
    subtitle = Text(120, load_default="")


class CardForm(Schema):
    """A new card."""

    name = Text(80, required=True)
    phase_id = Reference(required=True)
    party_id = Reference(required=True)
    kind = choice(CardKind, required=True)
    channel = Text(40, load_default="")


class CardEditForm(Schema):
    """A card, changed."""

    version = version()
    name = Text(80, required=True)
    phase_id = Reference(required=True)
    party_id = Reference(required=True)
    channel = Text(40, load_default="")
    initiator_id = Reference(load_default=None, allow_none=True)
    receiver_id = Reference(load_default=None, allow_none=True)
    intended_experience = Text(300, lines=True, load_default="")
    moment_of_truth = fields.Boolean(load_default=False)

    @post_load
    def _tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return _none_if_empty(data, "channel")


class MoveForm(Schema):
    """A card, one place up or down the path of its phase."""

    position = fields.Integer(required=True, strict=False)
    phase_id = Reference(required=True)


class HandoverForm(Schema):
    """A new hand-over between two cards."""

    from_card_id = Reference(required=True)
    to_card_id = Reference(required=True)
    label = Text(60, load_default="")


class TermsForm(Schema):
    """The terms of a hand-over, changed."""

    version = version()
    terms_id = Reference(required=True)
    name = Text(80, load_default="")
    trigger = Text(300, lines=True, load_default="")
    limit_amount = Text(5, load_default="")
    limit_unit = fields.String(load_default="days", validate=validate.OneOf(["days", "hours"]))
    told = Text(500, lines=True, load_default="")
    checklist = Lines(20, load_default=[])
    refuse_reasons = Lines(20, load_default=[])
    contact_name = Text(120, load_default="")
    contact_reach = Text(200, load_default="")
    contact_hours = Text(200, load_default="")
    reason = Text(300, lines=True, load_default="")
    urgent = fields.Boolean(load_default=False)
    hours = fields.Integer(load_default=24, strict=False)
    counters = Reference(load_default=None, allow_none=True)

    @validates("limit_amount")
    def _amount(self, value: str, data_key: str) -> None:
        if value and not (value.isascii() and value.isdigit() and 0 < int(value) < 1000):
            raise ValidationError(N_("Give a whole number from 1 to 999, or leave it empty."))

    @post_load
    def _tidy(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount, unit = data.pop("limit_amount"), data.pop("limit_unit")
        limit = (f"P{int(amount)}D" if unit == "days" else f"PT{int(amount)}H") if amount else None
        return {**data, "time_limit": limit}


def limit_parts(time_limit: str | None) -> dict[str, str]:
    """Return a time limit as the form shows it: an amount and a unit."""
    if not time_limit:
        return {"limit_amount": "", "limit_unit": "days"}
    try:
        limit = parse_time_limit(time_limit)
    except DurationError:
        return {"limit_amount": "", "limit_unit": "days"}
    if limit.working_days:
        return {"limit_amount": str(limit.working_days), "limit_unit": "days"}
    return {"limit_amount": str(max(1, round(limit.minutes / 60))), "limit_unit": "hours"}


class PointForm(Schema):
    """A new measuring point; `from_handover_id` starts its stretch later than usual."""

    card_id = Reference(required=True)
    metric = choice(Metric, required=True)
    subject = Text(60, load_default="")
    from_handover_id = Reference(load_default=None, allow_none=True)
