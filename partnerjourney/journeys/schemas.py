"""What a browser may send about a journey as a whole."""

from __future__ import annotations

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates

from partnerjourney.core.texts import N_, Text

CHOOSE = N_("Choose one of the list.")


def _one_of(*values: str) -> validate.OneOf:
    return validate.OneOf(values, error=CHOOSE)


class JourneyForm(Schema):
    """A new journey."""

    name = Text(120, required=True)
    language = fields.String(load_default="nl", validate=_one_of("nl", "en"))
    form_of_address = fields.String(load_default="u", validate=_one_of("u", "je"))
    customer_name = Text(120, load_default="")


class SettingsForm(Schema):
    """A journey, changed."""

    version = fields.Integer(required=True, strict=False)
    name = Text(120, required=True)
    form_of_address = fields.String(required=True, validate=_one_of("u", "je"))
    time_zone = Text(60, required=True)
    contact_name = Text(120, load_default="")
    contact_email = Text(254, load_default="")
    contact_phone = Text(40, load_default="")

    @validates("time_zone")
    def _zone(self, value: str, data_key: str) -> None:
        if value not in available_timezones():
            raise ValidationError(N_("Give a time zone such as Europe/Amsterdam."))

    @validates("contact_email")
    def _email(self, value: str, data_key: str) -> None:
        if value:
            validate.Email(error=N_("This is not a mail address."))(value)
