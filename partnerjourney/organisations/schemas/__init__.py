"""What a browser may send about accounts and organisations; pages translate the sentences."""

from __future__ import annotations

from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from partnerjourney.core.documents import Document
from partnerjourney.core.parties import Role
from partnerjourney.core.passwords import LONGEST, SHORTEST, Weakness, weakness
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.core.texts import N_, Text
from partnerjourney.organisations.rules.colours import clean_colour
from partnerjourney.organisations.rules.names import clean_email

WEAK = {
    Weakness.SHORT: N_("Use at least 10 characters. A short sentence is easy to remember."),
    Weakness.LONG: N_("Use at most 200 characters."),
    Weakness.COMMON: N_(
        "This is among the passwords that are tried first. Take another, such as a short sentence."
    ),
    Weakness.PERSONAL: N_("This is your own name or address. Take something nobody can guess."),
}
assert SHORTEST == 10
assert LONGEST == 200

ONE_OF_THESE = N_("Choose one of these.")


class Email(Text):
    """A mail address, in the form in which it is stored."""

    def __init__(self, **given: Any) -> None:
        super().__init__(254, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text and not self.required:
            return ""
        email = clean_email(text)
        if email is None:
            raise ValidationError(
                [N_("This is not a mail address. It looks like name@company.com.")]
            )
        return email


class Colour(Text):
    """A colour as #rrggbb."""

    def __init__(self, **given: Any) -> None:
        super().__init__(20, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        colour = clean_colour(super()._deserialize(value, attr, data, **kwargs))
        if colour is None:
            raise ValidationError([N_("Write the colour as # with six digits or letters a to f.")])
        return colour


class Password(fields.String):
    """A password as it was typed: never trimmed."""

    default_error_messages = {"required": N_("Fill this in.")}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            raise self.make_error("required")
        return text


class Form(Schema):
    """A form: unknown fields are refused."""

    class Meta:
        """Refuse what is not asked."""

        unknown = RAISE


def choice(*values: str) -> fields.String:
    """Return a field that takes one of these values."""
    return fields.String(required=True, validate=validate.OneOf(values, error=ONE_OF_THESE))


class SignIn(Form):
    """Signing in."""

    email = fields.String(required=True)
    password = Password(required=True)
    next = fields.String(load_default="")


class Forgotten(Form):
    """Asking for a link to set a password."""

    email = Email(required=True)


class NewPassword(Form):
    """A new password; `personal` names are not taken as one."""

    password = Password(required=True)

    def __init__(self, *personal: str) -> None:
        super().__init__()
        self.personal = personal

    @validates_schema(skip_on_field_errors=True)
    def _strong(self, data: dict[str, Any], **_: Any) -> None:
        own = [*self.personal, str(data.get("name", ""))]
        found = weakness(data["password"], personal=[name for name in own if name])
        if found is not None:
            raise ValidationError([WEAK[found]], "password")


class ChangePassword(NewPassword):
    """Another password, by somebody who knows the present one."""

    current = Password(required=True)


class NewAccount(NewPassword):
    """A person who accepts an invitation and has no account yet."""

    name = Text(120, required=True)


class Profile(Form):
    """What a person decides about itself."""

    name = Text(120, required=True)
    language = choice("nl", "en")
    theme = choice("auto", "light", "dark")


class OrganisationForm(Form):
    """How an organisation presents itself."""

    name = Text(120, required=True)
    brand_colour = Colour(required=True)
    reply_to = Email(load_default="")
    address = Text(200, load_default="")

    @post_load
    def _nothing_is_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value or None for name, value in data.items()}


class RoleForm(Form):
    """A member's role and right to sign."""

    role = choice(*Role)
    signatory = fields.Boolean(load_default=False)


class InviteMember(RoleForm):
    """A colleague to invite."""

    email = Email(required=True)
    name = Text(120, load_default="")
    language = choice("nl", "en")


class Decide(Form):
    """The answer to somebody who asks to join."""

    decision = choice("approve", "decline")
    role = choice(*Role)


class KeyForm(Schema):
    """A new access key."""

    name = Text(80, required=True)
    purposes = fields.List(
        fields.Enum(TokenPurpose, by_value=True, error_messages={"unknown": ONE_OF_THESE}),
        required=True,
        validate=validate.Length(min=1, max=3, error=N_("Choose at least one.")),
        error_messages={"required": N_("Choose at least one.")},
    )
    journeys = fields.List(
        fields.UUID(error_messages={"invalid_uuid": ONE_OF_THESE}),
        required=True,
        validate=validate.Length(min=1, max=200, error=N_("Choose at least one.")),
        error_messages={"required": N_("Choose at least one.")},
    )
    days = fields.Integer(required=True, validate=validate.OneOf([30, 90, 365], error=ONE_OF_THESE))


# --- REST ----------------------------------------------------------------------------------------


class KeyDocument(Document):
    """The access key of a request, without its secret."""

    name = fields.String(required=True)
    organisation = fields.String(required=True)
    purposes = fields.List(fields.Enum(TokenPurpose, by_value=True), required=True)
    journeys = fields.List(fields.UUID(), required=True)
    expires_at = fields.AwareDateTime(required=True, format="iso")


class MemberDocument(Document):
    """Somebody who acts for the organisation."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    signatory = fields.Boolean(required=True)
