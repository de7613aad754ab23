"""What the reader of an invitation may send."""

from __future__ import annotations

from marshmallow import fields

from partnerjourney.core.texts import N_, Text
from partnerjourney.organisations.schemas import Form, NewAccount


class JoinForm(NewAccount):
    """A person without an account, and its organisation."""

    organisation_name = Text(120, required=True)


class AcceptForm(Form):
    """For which of the reader's organisations."""

    organisation_id = fields.UUID(
        required=True,
        error_messages={
            "required": N_("Choose one of the list."),
            "invalid_uuid": N_("Choose one of the list."),
        },
    )


class AskForm(Form):
    """An existing organisation that the reader works for."""

    slug = Text(60, required=True)


class AskNewForm(NewAccount):
    """The same, by a person without an account."""

    slug = Text(60, required=True)


class DeclineForm(Form):
    """No, and why."""

    reason = Text(500, lines=True, load_default="")
