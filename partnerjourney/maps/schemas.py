"""What a browser may send about the map."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields


class ConfirmForm(Schema):
    """A yes to a change, exactly as it was shown: which terms, and their version."""

    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE

    terms = fields.UUID(required=True)
    version = fields.Integer(required=True)
