"""What a browser may send about conversations."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validates_schema

from partnerjourney.comments.rules import LONGEST, Audience
from partnerjourney.core.texts import N_, Text

WRITE_SOMETHING = N_("Write something first.")
_CHOOSE = N_("Choose who reads this.")
_PARTY, _PERSON = "party:", "person:"


class _Asking(Schema):
    """Whom a comment asks for: `party:` or `person:` with an id, as boxes say it."""

    asks = fields.List(fields.String(), load_default=list)

    @post_load
    def _sorted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = data.pop("asks")
        data["parties"] = _ids(asked, _PARTY)
        data["people"] = _ids(asked, _PERSON)
        if len(data["parties"]) + len(data["people"]) != len(set(asked)):
            raise ValidationError(N_("Only who reads this conversation can be asked for."), "asks")
        return data


def _ids(asked: list[str], kind: str) -> set[uuid.UUID]:
    found = set()
    for one in asked:
        if one.startswith(kind):
            try:
                found.add(uuid.UUID(one.removeprefix(kind)))
            except ValueError:
                continue
    return found


def party(party_id: uuid.UUID) -> str:
    """Return the box of a party."""
    return f"{_PARTY}{party_id}"


def person(user_id: uuid.UUID) -> str:
    """Return the box of a colleague."""
    return f"{_PERSON}{user_id}"


class ReplyForm(_Asking):
    """An answer in a conversation."""

    text = Text(LONGEST, lines=True, required=True, error_messages={"required": WRITE_SOMETHING})


class BeginForm(_Asking):
    """The first comment of a conversation: who reads it, what it is about, what it says."""

    audience = fields.Enum(
        Audience,
        by_value=True,
        required=True,
        error_messages={"required": _CHOOSE, "unknown": _CHOOSE},
    )
    circle = fields.UUID(load_default=None, error_messages={"invalid_uuid": _CHOOSE})
    card = fields.UUID(load_default=None, error_messages={"invalid_uuid": _CHOOSE})
    handover = fields.UUID(load_default=None, error_messages={"invalid_uuid": _CHOOSE})
    text = Text(LONGEST, lines=True, required=True, error_messages={"required": WRITE_SOMETHING})

    @pre_load
    def _leave_out_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        places = ("circle", "card", "handover", "audience")
        return {name: value for name, value in data.items() if value or name not in places}

    @validates_schema
    def _one_thing(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("card") and data.get("handover"):
            raise ValidationError(_CHOOSE, "handover")


class EditForm(Schema):
    """A comment, mended."""

    text = Text(LONGEST, lines=True, required=True, error_messages={"required": WRITE_SOMETHING})
