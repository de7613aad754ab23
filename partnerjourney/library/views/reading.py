"""Reading the library: the list, one item and where it is used, what became of a change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, g, url_for
from flask_babel import ngettext

from partnerjourney.core import clock
from partnerjourney.core.policy import Permission, allows
from partnerjourney.library import queries, services, words
from partnerjourney.library.models import LibraryItem
from partnerjourney.library.queries import Line
from partnerjourney.library.queries.preview import key_of
from partnerjourney.library.rules import FIELDS, LONGEST, Count, Kind, Result, count
from partnerjourney.library.views import shown
from partnerjourney.library.views.blueprint import TAB, bp
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.web import moments
from partnerjourney.web.pages import Form, page
from partnerjourney.web.session import member, session
from partnerjourney.web.words import channel_choices


def may_edit() -> bool:
    """Say whether the reader changes what its organisation says."""
    return allows(member(), Permission.LIBRARY_EDIT, g.acting)


@bp.get("/")
def index() -> Response:
    """Show the items by kind, each with the number of journeys in which it is used."""
    services.may_read(member(), g.acting)
    rows: dict[Kind, list[dict[str, Any]]] = {}
    for one in queries.listed(session()):
        item = one.item
        rows.setdefault(item.kind, []).append(
            {
                "href": url_for(".show", item_id=item.id),
                "title": item.title,
                "text": " · ".join(
                    text for name in FIELDS[item.kind] if (text := item.fields[name])
                ),
                "used": ngettext("in %(num)s journey", "in %(num)s journeys", one.journeys)
                if one.places
                else "",
            }
        )
    return page(
        "library/index.html",
        finding=True,
        tab=TAB,
        groups=[(words.kind(kind), words.icon(kind), rows[kind]) for kind in Kind if kind in rows],
        may_edit=may_edit(),
    )


@bp.get("/<uuid:item_id>")
def show(item_id: UUID) -> Response:
    """Show an item, where it is used by brand, and the form that says it otherwise."""
    services.may_read(member(), g.acting)
    return show_item(queries.find(session(), item_id))


def show_item(
    item: LibraryItem, form: Form | None = None, *, stale: bool = False, status: int = 200
) -> Response:
    """Show an item with what was typed."""
    lines, spots = queries.used_at(session(), member(), item, at=clock.now())
    stands = {"title": item.title, "version": item.version, **item.fields}
    zone = calendar_of(session(), member().organisation_id).zone
    return page(
        "library/show.html",
        status=status,
        finding=True,
        tab=TAB,
        item=item,
        kind=words.kind(item.kind),
        facts=shown.facts(item),
        rows=[shown.row(line, item.fields) for line in lines],
        behind=any(line.now != item.fields and line.spot for line in lines),
        places=shown.choices(
            spots.values(),
            item.kind,
            without=[key_of(line.use) for line in lines],
            held=queries.held(session()),
        ),
        elsewhere=shown.group_places(spots.values(), item.kind),
        form=form or Form(values=stands),
        stale=stale,
        fields=item_fields(item.kind),
        channels=channel_choices(item.fields.get("channel") or None),
        may_edit=may_edit(),
        changes=[
            {
                "href": url_for(".changed", item_id=item.id, change_id=one.id),
                "when": moments.moment(one.made_at, clock.now(), zone),
                "text": words.became([Result(place["result"]) for place in one.places]),
            }
            for one in queries.changes(session(), item)
        ],
    )


def item_fields(kind: Kind) -> list[tuple[str, str, int, bool]]:
    """Return the fields of a kind for its form: name, label, longest, whether it has lines."""
    return [
        (name, words.label(name), LONGEST[name], name in ("told", "intended_experience"))
        for name in FIELDS[kind]
    ]


@bp.get("/<uuid:item_id>/preview")
def preview(item_id: UUID) -> Response:
    """Show what saying the item as it is would do at the places that say otherwise."""
    services.may_edit(member(), g.acting)
    item = queries.find(session(), item_id)
    stands = {"title": item.title, "version": item.version, **item.fields}
    return show_preview(item, Form(values=stands), dict(item.fields), item.title)


def show_preview(
    item: LibraryItem, form: Form, fields: dict[str, str], title: str, *, status: int = 200
) -> Response:
    """Show place by place what a change does before it is made."""
    lines = queries.preview(session(), member(), item, fields, at=clock.now())
    rows = [shown.row(line, fields) for line in lines]
    return page(
        "library/preview.html",
        status=status,
        finding=True,
        tab=TAB,
        item=item,
        title=title,
        fields=fields,
        facts=[(words.label(name), words.shown(name, text)) for name, text in fields.items()],
        rows=rows,
        counted=words.counted(_count(lines)),
        differing=sum(row.differs and row.open for row in rows),
        form=form,
        needs_reason=any(row.proposal for row in rows),
    )


def _count(lines: list[Line]) -> Count:
    return count(line.way for line in lines if not line.differs)


@bp.get("/<uuid:item_id>/changes/<uuid:change_id>")
def changed(item_id: UUID, change_id: UUID) -> Response:
    """Show what became of a change, place by place."""
    services.may_read(member(), g.acting)
    item = queries.find(session(), item_id)
    change = queries.change_of(session(), item, change_id)
    lines, _ = queries.used_at(session(), member(), item, at=clock.now())
    by_use = {str(line.use.id): line for line in lines}
    places = [
        (
            by_use[one["use"]].brand if one["use"] in by_use else "",
            shown.row(by_use[one["use"]], item.fields) if one["use"] in by_use else None,
            words.result(Result(one["result"])),
        )
        for one in change.places
    ]
    done = [Result(one["result"]) for one in change.places]
    return page(
        "library/changed.html",
        finding=True,
        tab=TAB,
        item=item,
        places=places,
        text=words.became(done),
        busy=change.finished_at is None,
        ready=sum(one is not Result.WAITS for one in done),
        left=any(one in (Result.STALE, Result.CANNOT) for one in done),
    )
