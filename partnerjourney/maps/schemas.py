"""What a browser may send about the map."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields

from partnerjourney.core.fields import CHOOSE, Reference, choice, version
from partnerjourney.core.texts import Text
from partnerjourney.touchpoints.rules import CardKind


class Where(fields.String):
    """A place on the path: `phase` for the first place in it, `phase/card` for after a card."""

    default_error_messages = {"required": CHOOSE, "null": CHOOSE}  # noqa: RUF012 - marshmallow's

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        phase, _, card = text.partition("/")
        try:
            return uuid.UUID(phase), uuid.UUID(card) if card else None
        except ValueError:
            raise ValidationError(CHOOSE) from None


class NewCardForm(Schema):
    """A new card, and where it goes."""

    name = Text(80, required=True)
    to = Where(required=True)
    party_id = Reference(required=True)
    kind = choice(CardKind, required=True)
    channel = Text(40, load_default="")


class NameForm(Schema):
    """Another name; `was` is the one that stood on the screen."""

    version = version()
    was = fields.String(load_default=None)
    name = Text(80, required=True)


class PutCardForm(Schema):
    """Another place for a card; `was` and `was_party_id` are where it stood on the screen."""

    version = version()
    was = Where(load_default=None)
    was_party_id = Reference(load_default=None, allow_none=True)
    to = Where(required=True)
    party_id = Reference(load_default=None, allow_none=True)


class VersionForm(Schema):
    """A command that needs no more than what was on the screen."""

    version = version()


class NewPhaseForm(Schema):
    """A new phase, after another one or first."""

    name = Text(80, required=True)
    after = Reference(load_default=None, allow_none=True)


class PutPhaseForm(Schema):
    """Another place for a phase; `was` is after which it stood on the screen."""

    version = version()
    was = Reference(load_default=None, allow_none=True)
    after = Reference(load_default=None, allow_none=True)


class NewHandoverForm(Schema):
    """A new hand-over between two cards."""

    from_card_id = Reference(required=True)
    to_card_id = Reference(required=True)
    label = Text(60, load_default="")


class ShapeForm(Schema):
    """Other ends for a hand-over, or another label; `was_…` is what stood on the screen."""

    version = version()
    was_from_card_id = Reference(load_default=None, allow_none=True)
    was_to_card_id = Reference(load_default=None, allow_none=True)
    was_label = fields.String(load_default="")
    from_card_id = Reference(load_default=None, allow_none=True)
    to_card_id = Reference(load_default=None, allow_none=True)
    label = Text(60, load_default="")
