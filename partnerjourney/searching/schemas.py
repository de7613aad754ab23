"""What a partner's system may look for, and what it gets."""

from __future__ import annotations

from marshmallow import fields, validate

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import Text
from partnerjourney.searching.rules import LONGEST, SHORTEST


class SearchQuery(Document):
    """What is looked for: every word of it must stand there, whole or in part.

    Without a `journey` in all of the key.
    """

    q = Text(LONGEST, required=True, validate=validate.Length(min=SHORTEST))
    journey = fields.UUID(load_default=None)


class FindDocument(Document):
    """One thing that was found: `beside` says the lane of a card, or what the customer hears."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(("journey", "card", "handover", "party", "phase")),
    )
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    beside = fields.String(required=True)


class FoundDocument(Document):
    """What was found in one journey."""

    journey = fields.UUID(required=True)
    name = fields.String(required=True)
    finds = fields.List(fields.Nested(FindDocument), required=True)


class SearchDocument(Document):
    """What was found, by journey; `more` says that there is more than this."""

    journeys = fields.List(fields.Nested(FoundDocument), required=True)
    more = fields.Boolean(required=True)
