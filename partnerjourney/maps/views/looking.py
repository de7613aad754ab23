"""How the reader looks at the map: what the address says beside the journey."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.maps.views.handles import may_edit

ZOOMS = (50, 75, 100, 125, 150)


@dataclass(frozen=True)
class Looking:
    """How the reader looks: what the address says beside the journey."""

    view: str
    zoom: int
    party: Party | None
    viewpoint: Party | None
    root: str
    edit: bool = False
    role: str = ""

    @cached_property
    def asked(self) -> dict[str, str]:
        """The choices that differ from the usual ones, as they stand in addresses."""
        found = {
            "view": self.view,
            "zoom": "" if self.zoom == 100 else str(self.zoom),
            "party": self.party.key if self.party else "",
            "as": self.viewpoint.key if self.viewpoint else "",
            "edit": "1" if self.edit else "",
            "role": self.role,
        }
        return {name: value for name, value in found.items() if value}

    @cached_property
    def query(self) -> str:
        """The choices as they stand behind an address."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    def to(self, path: str = "", **changes: str | int | None) -> str:
        """Return an address below the map with these choices changed; None drops one."""
        if not changes:
            return f"{self.root}{path}{self.query}"
        chosen = {**self.asked, **{n: str(v) for n, v in changes.items() if v is not None}}
        kept = {n: v for n, v in chosen.items() if n not in changes or changes[n] is not None}
        return f"{self.root}{path}{'?' if kept else ''}{urlencode(kept)}"

    @property
    def zooms(self) -> dict[int, str]:
        """The address of each zoom."""
        return {zoom: self.to(zoom=None if zoom == 100 else zoom) for zoom in ZOOMS}

    @property
    def closer(self) -> int | None:
        """The next zoom in, if there is one."""
        return next((zoom for zoom in ZOOMS if zoom > self.zoom), None)

    @property
    def farther(self) -> int | None:
        """The next zoom out, if there is one."""
        return next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom), None)


def looking(place: Place, reader: Member, args: MultiDict[str, str]) -> Looking:
    """Read how somebody looks; NotFoundError for eyes that there are not.

    `edit` is asked for, and stands only where there is something that the reader may change.
    """
    by_key = {party.key: party for party in place.parties.values()}
    viewpoint = by_key.get(args.get("as", ""))
    if args.get("as"):
        if viewpoint is None or not viewpoint.represented:
            raise NotFoundError
        require(reader, Permission.PARTY_PREVIEW, place.owned(viewpoint.id))
    view, zoom = args.get("view", ""), args.get("zoom", default=100, type=int)
    return Looking(
        view if view in ("map", "table") else "",
        zoom if zoom in ZOOMS else 100,
        by_key.get(args.get("party", "")),
        viewpoint,
        url_for("maps.show", journey_id=place.id),
        args.get("edit") == "1" and viewpoint is None and may_edit(reader, place),
        args.get("role", "")[:60],
    )
