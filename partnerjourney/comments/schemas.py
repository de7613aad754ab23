"""What a browser or a partner's system may send about conversations, and what it gets."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import (
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
    validates_schema,
)

from partnerjourney.comments.rules import LONGEST, MOST_MENTIONS, Audience
from partnerjourney.core.documents import Document, PageQuery
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


# --- REST ----------------------------------------------------------------------------------------


class ConversationsQuery(PageQuery):
    """Which conversations: open ones, or with `resolved` those that were dealt with."""

    resolved = fields.Boolean(load_default=False)


class CommentDocument(Document):
    """A comment; `asks` are the parties that it asks for. What was taken back has no text."""

    id = fields.UUID(required=True)
    organisation = fields.String(required=True)
    person = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    asks = fields.List(fields.UUID(), required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    edited_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class ConversationDocument(Document):
    """A conversation: who reads it, what it is about, and its comments as they were written."""

    id = fields.UUID(required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    card = fields.UUID(required=True, allow_none=True)
    handover = fields.UUID(required=True, allow_none=True)
    begun_at = fields.AwareDateTime(required=True, format="iso")
    last_at = fields.AwareDateTime(required=True, format="iso")
    resolved_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    comments = fields.List(fields.Nested(CommentDocument), required=True)


class NewComment(Document):
    """An answer, and the parties that it asks for."""

    text = Text(LONGEST, lines=True, required=True)
    asks = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_MENTIONS)
    )


class NewConversation(Document):
    """The first comment: its readers, what it is about, and the parties that it asks for."""

    audience = fields.Enum(Audience, by_value=True, required=True)
    card = fields.UUID(load_default=None)
    handover = fields.UUID(load_default=None)
    member = fields.String(load_default=None)
    text = Text(LONGEST, lines=True, required=True)
    asks = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_MENTIONS)
    )
