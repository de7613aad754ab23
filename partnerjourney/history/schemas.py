"""What a partner's system may ask of a history, and what it gets."""

from __future__ import annotations

from marshmallow import fields

from partnerjourney.core.documents import Document, PageQuery


class HistoryQuery(PageQuery):
    """Which acts: `about` is the id of a card or hand-over."""

    about = fields.UUID(load_default=None)


class ActDocument(Document):
    """One act; `changed` holds before and after by field, where the act wrote them down."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    act = fields.String(required=True)
    organisation = fields.String(required=True, allow_none=True)
    about = fields.UUID(required=True, allow_none=True)
    proposal = fields.UUID(required=True, allow_none=True)
    changed = fields.Dict(required=True)
