"""What goes in and out over REST: the base of every document; `web/rest` reads and writes them."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

MOST = 100
LONGEST_CURSOR = 400


class Document(Schema):
    """What goes in or out; a field that it does not know is a fault. Give each its own class."""

    class Meta:
        unknown = RAISE


class PageQuery(Document):
    """How much of a list, and from where."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST))
    cursor = fields.String(load_default=None, validate=validate.Length(1, LONGEST_CURSOR))
