"""Which period is shown, and the addresses of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.measurement.queries import Overview, Period, WaveInfo
from partnerjourney.measurement.views.words import usual_period
from partnerjourney.surveys.rules import WaveKind
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form
from partnerjourney.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Here:
    """Where the reader is: journey, selected point (None on the page of all), period."""

    journey_id: UUID
    point_id: UUID | None
    period: Period

    def query(self) -> dict[str, Any]:
        """The period as it stands in the address."""
        chosen = self.period
        pairs = {
            "wave": chosen.wave,
            "from": chosen.first.isoformat() if chosen.first else None,
            "to": chosen.last.isoformat() if chosen.last else None,
            "all": "1" if chosen.everything else None,
        }
        return {name: value for name, value in pairs.items() if value}

    def address(self, query: Mapping[str, Any]) -> str:
        """The address of this page for another period."""
        if self.point_id is None:
            return url_for("measurement.show", journey_id=self.journey_id, **query)
        return url_for(
            "measurement.point", journey_id=self.journey_id, point_id=self.point_id, **query
        )

    def near(self, point_id: UUID) -> str:
        """The address of a point in the same period."""
        return url_for(
            "measurement.point", journey_id=self.journey_id, point_id=point_id, **self.query()
        )


@dataclass(frozen=True, slots=True)
class Option:
    """One period to choose."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The period that is shown, the others, and where the form for free days goes."""

    text: str
    chosen: bool
    options: tuple[Option, ...]
    action: str
    first: str
    last: str


def choice(seen: Overview, here: Here) -> Choice:
    """Return the control at the right of the finding."""
    chosen = seen.period
    usual = chosen == Period()
    options = [Option(_("Latest period of each point"), here.address({}), usual)]
    for key, waves in _by_key(seen.waves).items():
        options.append(Option(_wave(waves), here.address({"wave": key}), chosen.wave == key))
    everything = here.address({"all": "1"})
    options.append(Option(_("All answers"), everything, chosen.everything))
    return Choice(
        text=_text(seen),
        chosen=not usual,
        options=tuple(options),
        action=here.address({}),
        first=chosen.first.isoformat() if chosen.first else "",
        last=chosen.last.isoformat() if chosen.last else "",
    )


def faulty(typed: Mapping[str, str], names: set[str]) -> Form:
    """Return the form of days that could not be read."""
    texts = {
        "from": _("The first day is not a date."),
        "to": _("The last day is not a date on or after the first."),
    }
    return Form(
        values=dict(typed),
        errors={name: [texts.get(name, _("That is not a period."))] for name in sorted(names)},
    )


def _text(seen: Overview) -> str:
    chosen = seen.period
    if chosen.everything:
        return _("All answers")
    if chosen.free:
        return numbers.period(chosen.first, chosen.last)
    common = usual_period(seen.rows)
    planned = [
        row.wave
        for row in seen.rows
        if row.wave and row.now.n and (row.now.period_from, row.now.period_to) == common
    ]
    if planned and all(wave.kind is not WaveKind.OUTSIDE for wave in planned):
        return _wave(planned)
    return _("Latest period of each point")


def _wave(waves: list[WaveInfo]) -> str:
    """A measuring period, or the baseline, with its days over all points that have it."""
    first = min(wave.first for wave in waves)
    ends = [wave.last for wave in waves]
    last = (
        None
        if any(wave.open for wave in waves)
        else max((end for end in ends if end), default=None)
    )
    days = numbers.period(first, last if last is None or last >= first else first)
    if all(wave.kind is WaveKind.BASELINE for wave in waves):
        return _("Baseline %(days)s", days=days)
    return _("Measuring period %(days)s", days=days)


def _by_key(waves: tuple[WaveInfo, ...]) -> dict[str, list[WaveInfo]]:
    found: dict[str, list[WaveInfo]] = {}
    for wave in waves:
        found.setdefault(wave.key, []).append(wave)
    return found
