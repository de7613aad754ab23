"""What a browser may send about the library."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import Schema, ValidationError, fields

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import N_, Text
from partnerjourney.library.queries import Key
from partnerjourney.library.rules import FIELDS, LONGEST, Kind, Spot, Way
from partnerjourney.library.services import Chosen

CHOOSE = N_("Choose one of the list.")
EMPTY = {
    "title": N_("Give it a name in your library."),
    "name": N_("Say what happens."),
    "contact_name": N_("Say whom to call."),
    "told": N_("Say what the customer hears."),
}
"""What is asked for where a field is left empty that has to say something."""


class PlaceField(fields.Field[Any]):
    """A place of one's own: `<journey>:<thing>:<spot>`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Key | None:
        if not value:
            return None
        try:
            journey, thing, spot = str(value).split(":")
            return uuid.UUID(journey), uuid.UUID(thing), Spot(spot)
        except ValueError:
            raise ValidationError(CHOOSE) from None


class ShownField(fields.Field[Any]):
    """A place as the preview showed it: `<use>:<base>:<way>`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Chosen:
        try:
            use, base, way = str(value).split(":")
            return Chosen(uuid.UUID(use), base[:16], Way(way))
        except ValueError:
            raise ValidationError(CHOOSE) from None


class UseDocument(Document):
    """A place where an item is used: what of which card or hand-over."""

    journey = fields.UUID(required=True)
    what = fields.Enum(Spot, by_value=True, required=True)
    thing = fields.UUID(required=True)


class ItemDocument(Document):
    """An item; `says` maps each field of its kind to its text."""

    id = fields.UUID(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    title = fields.String(required=True)
    says = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    used = fields.List(fields.Nested(UseDocument), required=True)


class KindForm(Schema):
    """Which kind of item, and from where it is taken."""

    kind = fields.Enum(Kind, by_value=True, load_default=Kind.CONTACT)
    take = PlaceField(load_default=None)


class PlacesForm(Schema):
    """At which further places an item is used."""

    places = fields.List(PlaceField(), load_default=list)


def item_form(kind: Kind, *, changes: bool = False) -> Schema:
    """Return the schema of an item of a kind; of a change it knows the preview too."""
    made: dict[str, Any] = {
        "title": _text("title", 80),
        **{name: _text(name, LONGEST[name]) for name in FIELDS[kind]},
        "take": PlaceField(load_default=None),
        "kind": fields.String(load_default=""),
    }
    if changes:
        made |= {
            "version": fields.Integer(required=True),
            "reason": Text(300, load_default=""),
            "shown": fields.List(ShownField(), load_default=list),
            "wanted": fields.List(fields.String(), load_default=list),
        }
    return Schema.from_dict(made, name=f"Library{kind.value.title()}Form")()


def _text(name: str, most: int) -> Text:
    lines = name in ("told", "intended_experience")
    if name not in EMPTY:
        return Text(most, lines=lines, load_default="")
    told = {"required": EMPTY[name], "null": EMPTY[name]}
    return Text(most, lines=lines, required=True, error_messages=told)
