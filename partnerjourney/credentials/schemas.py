"""What a browser may send about proving who one is."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

from partnerjourney.core.texts import N_, Text
from partnerjourney.credentials.rules import GRACE_DAYS
from partnerjourney.organisations.schemas import Password

_LONGEST = 100
_ANSWER = 20_000


class Form(Schema):
    """A form: unknown fields are refused."""

    class Meta:
        """Refuse what is not asked."""

        unknown = RAISE


class StepForm(Form):
    """A second step."""

    code = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    recovery = fields.String(load_default="", validate=validate.Length(max=_LONGEST))
    passkey = fields.String(load_default="", validate=validate.Length(max=_ANSWER))


class PasskeyForm(Form):
    """What a browser's passkey answers."""

    passkey = fields.String(required=True, validate=validate.Length(max=_ANSWER))
    next = fields.String(load_default="")


class LinkForm(Form):
    """The password of an account that a provider's person says is its own."""

    password = Password(required=True)


class NewPasskey(Form):
    """A new passkey, and how its person calls the device."""

    name = Text(60, required=True)
    passkey = fields.String(
        required=True,
        validate=validate.Length(
            min=1, max=_ANSWER, error=N_("Choose ‘Make a passkey’: your device makes it.")
        ),
        error_messages={"required": N_("Choose ‘Make a passkey’: your device makes it.")},
    )


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
