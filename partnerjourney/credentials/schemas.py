"""What a browser may send about proving who one is."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from partnerjourney.core.texts import N_
from partnerjourney.credentials.rules import GRACE_DAYS

_LONGEST = 100


class Form(Schema):
    """A form: unknown fields are refused."""

    class Meta:
        """Refuse what is not asked."""

        unknown = RAISE


class StepForm(Form):
    """A second step."""

    code = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    recovery = fields.String(load_default="", validate=validate.Length(max=_LONGEST))


class FirstCode(Form):
    """The first code of an app."""

    code = fields.String(
        required=True,
        error_messages={"required": N_("Fill this in.")},
        validate=validate.Length(max=_LONGEST),
    )


class Rule(Form):
    """From when an organisation insists."""

    days = fields.Integer(
        required=True,
        validate=validate.OneOf(GRACE_DAYS, error=N_("Choose one of these.")),
        error_messages={
            "required": N_("Choose one of these."),
            "invalid": N_("Choose one of these."),
        },
    )
