"""What a browser or a partner's system may send about an announcement, and what it gets."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_load, validate

from partnerjourney.announcements.rules import LONGEST, Kind
from partnerjourney.core.documents import Document
from partnerjourney.core.texts import N_, Text

_DAY: dict[str, Any] = {"invalid": N_("This is not a date."), "required": N_("Say from which day."),
        "null": N_("Say from which day.")}  # fmt: skip
_TEXT = N_("Say what your partners should know.")
_KIND = N_("Choose what you announce.")


class AnnouncementForm(Schema):
    """An announcement and its journeys; `version` of the one that is changed."""

    kind = fields.Enum(
        Kind,
        by_value=True,
        required=True,
        error_messages={"required": _KIND, "unknown": _KIND, "invalid_string": _KIND},
    )
    text = Text(
        LONGEST, lines=True, required=True, error_messages={"required": _TEXT, "null": _TEXT}
    )
    first_day = fields.Date(required=True, error_messages=_DAY)
    last_day = fields.Date(load_default=None, error_messages=_DAY)
    journeys = fields.List(
        fields.UUID(error_messages={"invalid_uuid": N_("Choose one of the list.")}),
        load_default=list,
    )
    version = fields.Integer(load_default=0)

    @pre_load
    def _leave_out_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {n: value for n, value in data.items() if value != "" or n == "text"}


class NewAnnouncement(Document):
    """What a key announces for its organisation in one journey."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    text = Text(
        LONGEST, lines=True, required=True, error_messages={"required": _TEXT, "null": _TEXT}
    )
    first_day = fields.Date(required=True, data_key="from")
    last_day = fields.Date(load_default=None, allow_none=True, data_key="until")


class AnnouncementDocument(Document):
    """An announcement in one journey; `by` names the party, of a group the member.

    `of` is the id of one's own announcement that stands here; null where another made it.
    """

    id = fields.UUID(required=True)
    of = fields.UUID(required=True, allow_none=True)
    party = fields.UUID(required=True, attribute="party_id")
    by = fields.String(required=True)
    ours = fields.Boolean(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    text = fields.String(required=True)
    first_day = fields.Date(required=True, data_key="from")
    last_day = fields.Date(required=True, allow_none=True, data_key="until")
    said_at = fields.AwareDateTime(required=True, format="iso")


MOST_JOURNEYS = 100


class NewOwnAnnouncement(NewAnnouncement):
    """What a key announces for its organisation in several journeys at once."""

    journeys = fields.List(fields.UUID(), required=True, validate=validate.Length(1, MOST_JOURNEYS))


class OwnAnnouncementChange(Document):
    """What one's own announcement is to say, and in which journeys it is to stand.

    What is left out stays. Where it stood and is not named any more it is taken back.
    """

    kind = fields.Enum(Kind, by_value=True)
    text = Text(LONGEST, lines=True, validate=validate.Length(min=1, error=_TEXT))
    first_day = fields.Date(data_key="from")
    last_day = fields.Date(allow_none=True, data_key="until")
    journeys = fields.List(fields.UUID(), validate=validate.Length(1, MOST_JOURNEYS))


class OwnAnnouncementDocument(Document):
    """One's own announcement, with those journeys of the key in which it stands."""

    id = fields.UUID(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    text = fields.String(required=True)
    first_day = fields.Date(required=True, data_key="from")
    last_day = fields.Date(required=True, allow_none=True, data_key="until")
    journeys = fields.List(fields.UUID(), required=True)
