"""Items and places in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from partnerjourney.library import words
from partnerjourney.library.models import LibraryItem
from partnerjourney.library.queries import Key, Line, Spotted
from partnerjourney.library.rules import FIELDS, SPOTS, Kind, Way, Why, base
from partnerjourney.web import numbers


@dataclass(frozen=True, slots=True)
class Row:
    """A place of an item as a page shows it; `changes` are (field, what stands, what would)."""

    use: str
    brand: str
    journey: str
    title: str
    standing: tuple[str, str, str]
    way: tuple[str, str, str]
    why: str
    asks: str
    now: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    value: str
    differs: bool
    open: bool
    proposal: bool


def row(line: Line, wanted: Mapping[str, str]) -> Row:
    """Return one place and what saying `wanted` does there."""
    spot = line.spot
    changes = [
        (words.label(name), words.shown(name, line.now[name]), words.shown(name, value))
        for name, value in wanted.items()
        if name in line.now and line.now[name] != value
    ]
    return Row(
        str(line.use.id),
        line.brand,
        line.journey,
        spot.title if spot else "",
        words.standing(line.standing),
        words.way(line.way),
        words.why(line.why) if line.why else "",
        numbers.listed(spot.asks) if spot and spot.asks else "",
        tuple((words.label(n), words.shown(n, text)) for n, text in line.now.items()),
        tuple(changes),
        f"{line.use.id}:{line.base or base({})}:{line.way}",
        line.differs,
        line.way in (Way.DIRECT, Way.PROPOSAL),
        line.way is Way.PROPOSAL,
    )


def facts(item: LibraryItem) -> list[tuple[str, str]]:
    """Return what an item says, field by field."""
    return [
        (words.label(name), words.shown(name, item.fields.get(name, "")))
        for name in FIELDS[item.kind]
    ]


def value_of(key: Key) -> str:
    """Return a place as a form sends it."""
    return ":".join(str(part) for part in key)


def now_from(title: str) -> str:
    """Say which item a place uses now."""
    return str(_("now from: %(item)s", item=title))


def choices(
    spots: Iterable[Spotted],
    kind: Kind,
    *,
    without: Iterable[Key] = (),
    held: Mapping[Key, LibraryItem] | None = None,
) -> list[tuple[str, str, str]]:
    """Return the places that an item of a kind can fill, with what stands there.

    `held` are the items that are used there now: choosing such a place takes that item off it.
    What the coordinator writes for a whole group is no choice: see `group_places`.
    """
    used, other = set(without), held or {}
    found = []
    for spot in spots:
        if spot.key[2] is not SPOTS[kind] or spot.key in used or spot.why is Why.GROUP:
            continue
        stands = " · ".join(text for name in FIELDS[kind] if (text := spot.now.get(name)))
        if spot.way is Way.CANNOT and spot.why:
            stands = words.why(spot.why)
        if spot.key in other:
            now = now_from(other[spot.key].title)
            stands = f"{stands} · {now}" if stands else now
        found.append((value_of(spot.key), f"{spot.brand} · {spot.title}", stands or _("nothing")))
    return found


def group_places(spots: Iterable[Spotted], kind: Kind) -> str:
    """Say where a coordinator writes this for a whole group; nothing where none does."""
    brands = {spot.brand for spot in spots if spot.key[2] is SPOTS[kind] and spot.why is Why.GROUP}
    if not brands:
        return ""
    return str(
        _(
            "At %(brands)s the coordinator writes this for the whole group: "
            "it is not changed here.",
            brands=numbers.listed(sorted(brands)),
        )
    )
