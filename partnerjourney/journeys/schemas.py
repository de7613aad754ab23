"""What a browser may send about a journey as a whole."""

from __future__ import annotations

from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates

from partnerjourney.core.documents import Document
from partnerjourney.core.parties import JourneyKind, JourneyState, PartyKind
from partnerjourney.core.texts import N_, Text
from partnerjourney.organisations.rules.pasted import LineFault
from partnerjourney.organisations.schemas import Email

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
    state = fields.Enum(
        JourneyState, by_value=True, required=True, error_messages={"unknown": CHOOSE}
    )
    form_of_address = fields.String(required=True, validate=_one_of("u", "je"))
    time_zone = Text(60, required=True)
    contact_name = Text(120, load_default="")
    contact_email = Email(load_default="")
    contact_phone = Text(40, load_default="")

    @validates("time_zone")
    def _zone(self, value: str, data_key: str) -> None:
        if value not in available_timezones():
            raise ValidationError(N_("Give a time zone such as Europe/Amsterdam."))


LINE_FAULTS = {
    LineFault.NO_EMAIL: N_("no mail address that can be used"),
    LineFault.TWO_EMAILS: N_("more than one mail address"),
    LineFault.NO_NAME: N_("no name of a party"),
    LineFault.BAD_NAME: N_("a name that cannot be used"),
    LineFault.TWICE: N_("stands here twice"),
    LineFault.TOO_MANY: N_("more than 200 lines at once"),
    LineFault.UNKNOWN_PARTY: N_("no party of this name can be invited"),
    LineFault.TAKEN: N_("somebody has joined as this party already"),
}
"""What is wrong with a pasted line → what to say."""


class InviteForm(Schema):
    """Whom to invite."""

    email = Email(required=True)
    name = Text(120, load_default="")
    language = fields.String(load_default="nl", validate=_one_of("nl", "en"))


class BulkForm(Schema):
    """A pasted list."""

    text = Text(40_000, lines=True, required=True)


# --- REST ----------------------------------------------------------------------------------------


class JourneyDocument(Document):
    """A journey as all its parties see it; `role` is what the key's organisation is in it."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(JourneyKind, by_value=True, required=True)
    state = fields.Enum(JourneyState, by_value=True, required=True)
    language = fields.String(required=True)
    form_of_address = fields.String(required=True)
    time_zone = fields.String(required=True)
    coordinates = fields.Boolean(required=True)
    contact_name = fields.String(required=True, allow_none=True)
    contact_email = fields.String(required=True, allow_none=True)
    contact_phone = fields.String(required=True, allow_none=True)


class JourneyChange(Document):
    """A journey, changed: only what is sent."""

    name = Text(120, validate=validate.Length(min=1))
    state = fields.Enum(JourneyState, by_value=True)
    form_of_address = fields.String(validate=_one_of("u", "je"))
    time_zone = Text(60)
    contact_name = Text(120)
    contact_email = Email()
    contact_phone = Text(40)

    @validates("time_zone")
    def _zone(self, value: str, data_key: str) -> None:
        if value not in available_timezones():
            raise ValidationError(N_("Give a time zone such as Europe/Amsterdam."))


class KindDocument(Document):
    """What kind of journey it is: part of `parent` from phase to phase, or used every so often.

    `parent` and `parts` are journeys, as far as they are the key's.
    """

    kind = fields.Enum(JourneyKind, by_value=True, required=True)
    parent = fields.UUID(required=True, allow_none=True)
    parent_from = fields.UUID(required=True, allow_none=True)
    parent_to = fields.UUID(required=True, allow_none=True)
    cadence_days = fields.Integer(required=True, allow_none=True)
    parts = fields.List(fields.UUID(), required=True)


class KindChange(Document):
    """What kind of journey it is, changed: only what is sent.

    What a kind does not have falls away: a parent is for a micro journey, a cadence for daily use.
    """

    kind = fields.Enum(JourneyKind, by_value=True)
    parent = fields.UUID(allow_none=True)
    parent_from = fields.UUID(allow_none=True)
    parent_to = fields.UUID(allow_none=True)
    cadence_days = fields.Integer(allow_none=True, strict=True, validate=validate.Range(1, 3650))


class PhaseDocument(Document):
    """A phase: a column of the map; `is_use`: here the customer uses what it bought."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True, attribute="content.name")
    is_use = fields.Boolean(required=True, attribute="content.is_use")


class NewPhase(Document):
    """A phase, to be added at the end."""

    name = Text(80, required=True)


class PhaseChange(Document):
    """A phase, changed: only what is sent. `after` is the phase that it follows, null for none."""

    name = Text(80, validate=validate.Length(min=1))
    after = fields.UUID(allow_none=True)
    is_use = fields.Boolean(truthy={True}, falsy={False})


class PartyDocument(Document):
    """A party: a lane. `mine` says whether the key's organisation fills it.

    `organisations` are those in it of which the key's organisation may know.
    """

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    subtitle = fields.String(required=True)
    kind = fields.Enum(PartyKind, by_value=True, required=True)
    provisional = fields.Boolean(required=True)
    suspended = fields.Boolean(required=True)
    coordinates = fields.Boolean(required=True)
    mine = fields.Boolean(required=True)
    organisations = fields.List(fields.String(), required=True)


class NewParty(Document):
    """A lane, filled in provisionally until its party confirms it."""

    name = Text(120, required=True)
    kind = fields.Enum(PartyKind, by_value=True, required=True)
    subtitle = Text(120, load_default="")
