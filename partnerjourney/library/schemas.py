"""What a browser may send about the library."""

from __future__ import annotations

import uuid
from typing import Any, cast

from marshmallow import Schema, ValidationError, fields, validate

from partnerjourney.core.documents import Document
from partnerjourney.core.errors import InputError
from partnerjourney.core.texts import N_, Text
from partnerjourney.library.queries import Key
from partnerjourney.library.rules import FIELDS, LONGEST, MANY, Kind, Result, Spot, Way, Why
from partnerjourney.library.services import Chosen

CHOOSE = N_("Choose one of the list.")
EMPTY = {
    "title": N_("Give it a name in your library."),
    "name": N_("Say what happens."),
    "contact_name": N_("Say whom to call."),
    "contact_hours": N_("Say when you are open."),
    "told": N_("Say what the customer hears."),
}
"""What is asked for where a field is left empty that has to say something."""
MOST_PLACES = 100


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

    id = fields.UUID(required=True)
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


class NewUse(Document):
    """A card or hand-over of one's own at which an item is to be used."""

    journey = fields.UUID(required=True)
    thing = fields.UUID(required=True)


class NewUses(Document):
    """Further places of an item."""

    places = fields.List(
        fields.Nested(NewUse), required=True, validate=validate.Length(1, MOST_PLACES)
    )


class NewItem(NewUses):
    """An item and where it is used: a key keeps nothing that is used nowhere."""

    kind = fields.Enum(Kind, by_value=True, required=True)
    title = Text(80, required=True)
    says = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class Saying(Document):
    """What an item is to say: every field of its kind."""

    says = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ChosenPlace(Document):
    """A place as the preview showed it; what stands there must still be `base`."""

    id = fields.UUID(required=True)
    base = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{0,16}\Z"))
    does = fields.Enum(Way, by_value=True, required=True)


class ItemChange(Saying):
    """An item said otherwise, and the places that say it too; at others nothing changes.

    `reason` tells the other side why; it is needed where a place becomes a proposal.
    """

    title = Text(80, validate=validate.Length(min=1))
    reason = Text(300, load_default="")
    places = fields.List(
        fields.Nested(ChosenPlace), load_default=list, validate=validate.Length(max=MANY)
    )


class TouchedDocument(Document):
    """What saying an item otherwise does at one place; `asks` names who must agree."""

    id = fields.UUID(required=True)
    journey = fields.UUID(required=True)
    what = fields.Enum(Spot, by_value=True, required=True)
    thing = fields.UUID(required=True)
    stands = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    does = fields.Enum(Way, by_value=True, required=True)
    why = fields.Enum(Why, by_value=True, required=True, allow_none=True)
    asks = fields.List(fields.String(), required=True)
    differs = fields.Boolean(required=True)
    base = fields.String(required=True)


class PreviewDocument(Document):
    """What a change would touch: how many places, and each of them, by journey.

    Places that somebody changed since (`differs`) are not counted: they are chosen by hand.
    """

    direct = fields.Integer(required=True)
    proposal = fields.Integer(required=True)
    same = fields.Integer(required=True)
    cannot = fields.Integer(required=True)
    places = fields.List(fields.Nested(TouchedDocument), required=True)


class BecameDocument(Document):
    """What became of one place."""

    id = fields.UUID(required=True)
    became = fields.Enum(Result, by_value=True, required=True)


class ChangeDocument(Document):
    """A change that was made: the item as it says now, and what became of each place."""

    item = fields.Nested(ItemDocument, required=True)
    places = fields.List(fields.Nested(BecameDocument), required=True)


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


def said(kind: Kind, given: dict[str, str]) -> dict[str, str]:
    """Return what an item of a kind says, each field whole; raises InputError by its path."""
    shape = Schema.from_dict(
        {name: _text(name, LONGEST[name]) for name in FIELDS[kind]}, name=f"{kind.title()}Says"
    )
    try:
        found: dict[str, str] = shape().load(given)
    except ValidationError as error:
        wrong = cast(dict[str, list[str]], error.messages)
        raise InputError({f"says.{name}": texts for name, texts in wrong.items()}) from None
    return found
