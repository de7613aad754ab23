"""Versions in words: states, what differs, why something cannot be brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core import waiting, workdays
from partnerjourney.core.parties import PartyKind, Role
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.handovers.words import Line
from partnerjourney.history.queries import number_versions
from partnerjourney.journeys.queries import mine
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.touchpoints.words import control_word, field_word, impact_figure, role_kind
from partnerjourney.versions import queries
from partnerjourney.versions.queries import LedVersion, Next
from partnerjourney.versions.rules import FIELDS, Change, Mark, Means, Snapshot, State, Thing, Why
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext
from partnerjourney.web.words import channel_word, party_kind

CHIPS: Mapping[State, tuple[str, str]] = {
    State.DRAFT: ("dashed", "file-pen-line"),
    State.ALIGNMENT: ("warn", "hourglass"),
    State.AGREED: ("good", "handshake"),
    State.IN_USE: ("good", "check"),
    State.SUPERSEDED: ("neutral", "history"),
    State.ARCHIVED: ("neutral", "lock"),
}

MARKS: Mapping[Mark, tuple[str, str]] = {
    Mark.ADDED: ("good", "plus"),
    Mark.CHANGED: ("warn", "pencil"),
    Mark.MOVED: ("info", "route"),
    Mark.RETIRED: ("bad", "minus"),
}
"""Mark → kind of chip and icon; the word stands beside it."""


def state(value: State) -> str:
    """Say where a version stands."""
    names = {
        State.DRAFT: _("draft"),
        State.ALIGNMENT: _("for alignment"),
        State.AGREED: _("agreed by all asked"),
        State.IN_USE: _("in use"),
        State.SUPERSEDED: _("superseded"),
        State.ARCHIVED: _("put away"),
    }
    return names[value]


def mark(value: Mark) -> str:
    """Say what became of a thing."""
    names = {
        Mark.ADDED: _("added"),
        Mark.CHANGED: _("changed"),
        Mark.MOVED: _("moved"),
        Mark.RETIRED: _("taken off"),
    }
    return names[value]


def thing(value: Thing) -> str:
    """Name a kind of thing."""
    names = {
        Thing.JOURNEY: _("Journey"),
        Thing.PARTY: _("Party"),
        Thing.ROLE: _("Customer role"),
        Thing.PHASE: _("Phase"),
        Thing.CARD: _("Touchpoint or step"),
        Thing.HANDOVER: _("Hand-over"),
    }
    return names[value]


def means(value: str) -> str:
    """Say how somebody answered."""
    return {Means.SIGNED_IN.value: _("signed in"), Means.MAIL.value: _("from the mail")}[value]


def why(value: Why) -> str:
    """Say why something cannot be brought back from here."""
    names = {
        Why.OWNED: _("It belongs to another party: ask it there."),
        Why.NOBODY: _("Nobody can answer for this party yet."),
        Why.AGREED: _("Another party agreed to it, so it cannot go by itself."),
        Why.ELSEWHERE: _("Parties and customer roles are changed on their own pages."),
        Why.STANDING: _("Something of another party stands in this phase, so the phase stays."),
        Why.FIELD: _("The kind of a journey is changed on a page of its own."),
    }
    return names[value]


class Teller:
    """Says what differs between two snapshots, in names instead of ids."""

    def __init__(self, before: Snapshot, after: Snapshot) -> None:
        self._sides = tuple(_Names(one) for one in (before, after))

    def title(self, change: Change) -> str:
        """Name the thing that a change is about."""
        side = self._sides[1] if change.after is not None else self._sides[0]
        return side.title(change.thing, change.standing)

    def lines(self, change: Change, fields: tuple[str, ...] | None = None) -> tuple[Line, ...]:
        """Say each field that differs: what stood there, what stands there now."""
        if change.before is None or change.after is None:
            return ()
        old, new = self._sides
        return tuple(
            Line(
                _field(change.thing, name),
                old.value(name, change.before[name]),
                new.value(name, change.after[name]),
            )
            for name in (change.fields if fields is None else fields)
        )

    def said(self, change: Change) -> tuple[Line, ...]:
        """Say all that a thing says beside its name, as it stands after."""
        found = (
            Line(_field(change.thing, name), (), self._sides[1].value(name, change.standing[name]))
            for name in FIELDS[change.thing]
            if name != "name" and change.standing[name] is not False
        )
        return tuple(line for line in found if line.after)

    def where(self, change: Change) -> str:
        """Say in which phase and lane a card stands."""
        if change.thing is not Thing.CARD:
            return ""
        side = self._sides[1] if change.after is not None else self._sides[0]
        return f"{side.phases[change.standing['phase']]} · {side.parties[change.standing['party']]}"


_OF = {
    "initiator": "parties",
    "receiver": "parties",
    "perceived": "parties",
    "party": "parties",
    "phase": "phases",
    "from_card": "cards",
    "to_card": "cards",
}
_SAYS: Mapping[str, Callable[[str], str]] = {
    "channel": channel_word,
    "control": control_word,
    "kind": lambda kind: party_kind(kind) if kind in set(PartyKind) else kind,
}


class _Names:
    def __init__(self, snapshot: Snapshot) -> None:
        self.parties = {one["id"]: one["name"] for one in snapshot["parties"]}
        self.phases = {one["id"]: one["name"] for one in snapshot["phases"]}
        self.cards = {one["id"]: one["name"] for one in snapshot["cards"]}
        self.roles = {one["id"]: one["name"] or role_kind(one["kind"]) for one in snapshot["roles"]}

    def title(self, kind: Thing, one: Mapping[str, Any]) -> str:
        if kind is Thing.HANDOVER:
            ends = f"{self.parties.get(one['from'], '…')} → {self.parties.get(one['to'], '…')}"
            return f"{ends} · {one['label']}" if one["label"] else ends
        if kind is Thing.ROLE:
            return self.roles[one["id"]]
        return str(one["name"])

    def value(self, name: str, value: Any) -> tuple[str, ...]:
        if value is None or value == "":
            return ()
        if name == "roles":
            return tuple(self._role(*row) for row in value if row[1] or row[2] is not None)
        if isinstance(value, bool):
            return (_("yes") if value else _("no"),)
        if name in _OF:
            return (getattr(self, _OF[name]).get(value, "…"),)
        return (_SAYS[name](value) if name in _SAYS else str(value),)

    def _role(self, role: str, truth: bool, impact: int | None) -> str:  # noqa: FBT001
        said = [impact_figure(impact)] if impact is not None else []
        said += [_("moment of truth")] if truth else []
        return f"{self.roles.get(role, '…')}: {', '.join(said)}"


def _field(kind: Thing, name: str) -> str:
    names = {
        "subtitle": _("What it does"),
        "kind": _("Kind"),
        "form_of_address": _("Form of address"),
        "orchestrator": _("Coordinates"),
        "department": _("Department"),
        "is_use": _("Phase of use"),
        "roles": _("For customer roles"),
        "from_card": _("From touchpoint or step"),
        "to_card": _("To touchpoint or step"),
        "label": _("Name of the fork"),
        "told": _("What the customer hears"),
    }
    return names.get(name) or field_word(name)


number_versions(queries.numbers)


# --- overviews -----------------------------------------------------------------------------------


def _find(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find versions that wait for the organisation's answer."""
    if actor.role is Role.VIEWER:
        return []
    here = waiting.place(session, actor)
    zone = ZoneInfo(calendar_of(session, actor.organisation_id).zone)
    return [
        Item(
            row.due_at.astimezone(zone).date(),
            "version",
            f"{here}/journeys/{row.journey.id}/versions/{row.version_id}",
            f"{row.journey.brand} · {row.journey.name}",
        )
        for row in queries.waiting(session, mine(session, actor)).answers
        if row.organisation_id == actor.organisation_id
    ]


waiting.register(
    "version",
    _find,
    say=lambda n: ngettext(
        "%(num)s version of a journey waits for your answer",
        "%(num)s versions of a journey wait for your answer",
        n,
    ),
)


def next_step(row: LedVersion) -> str:
    """Say what a version waits for, to who coordinates."""
    names = {
        Next.REFUSED: _("Version %(number)s came back with a no", number=row.number),
        Next.ESTABLISH: _("All agreed with version %(number)s: establish it", number=row.number),
        Next.USE: _("Version %(number)s is agreed: take it into use", number=row.number),
    }
    return names[row.next]


def _find_led(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find versions whose next step is the coordinator's."""
    if actor.role is Role.VIEWER:
        return []
    here = waiting.place(session, actor)
    return [
        Item(
            workdays.answer_by(row.at, row.journey.time_zone),
            "version_led",
            f"{here}/journeys/{row.journey.id}/versions/{row.version_id}",
            f"{row.journey.brand} · {row.journey.name}",
        )
        for row in queries.waiting(session, mine(session, actor)).led
    ]


waiting.register(
    "version_led",
    _find_led,
    say=lambda n: ngettext(
        "%(num)s version of a journey waits for your next step",
        "%(num)s versions of a journey wait for your next step",
        n,
    ),
)
