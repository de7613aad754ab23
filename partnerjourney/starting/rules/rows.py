"""Rows out of a spreadsheet: phase, party, contact moment, kind and channel, one card a line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from partnerjourney.maps.rules.document import unseen

MOST_ROWS = 300
COLUMNS = 5

KINDS = {
    "": "touchpoint",
    "touchpoint": "touchpoint",
    "contact": "touchpoint",
    "contactmoment": "touchpoint",
    "contact moment": "touchpoint",
    "step": "step",
    "stap": "step",
    "handeling": "step",
}
"""How a kind may be written → what it is."""

CHANNELS = {
    "web": "website",
    "site": "website",
    "e-mail": "email",
    "mail": "email",
    "telefoon": "phone",
    "bellen": "phone",
    "tekstbericht": "sms",
    "text message": "sms",
    "bezoek": "visit",
    "brief": "letter",
    "balie": "counter",
    "social media": "social",
    "sociale media": "social",
    "pushbericht": "push",
    "push message": "push",
    "anders": "other",
}

_HEADS = frozenset(
    {"fase", "phase", "partij", "party", "naam", "name"}
    | {"contactmoment", "contact moment", "touchpoint"}
)


class RowFault(StrEnum):
    """What is wrong with a line."""

    FEW = "few"
    NO_PHASE = "no_phase"
    NO_PARTY = "no_party"
    NO_NAME = "no_name"
    LONG = "long"
    UNSEEN = "unseen"
    KIND = "kind"
    STEP_CHANNEL = "step_channel"
    NOT_YOURS = "not_yours"
    NEW_PARTY = "new_party"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it says, or what is wrong with it."""

    number: int
    text: str
    phase: str = ""
    party: str = ""
    name: str = ""
    kind: str = "touchpoint"
    channel: str = ""
    fault: RowFault | None = None

    def wrong(self, fault: RowFault) -> Row:
        """Return the same line with what is wrong with it."""
        return replace(self, fault=fault)


def parse_rows(text: str, channels: Mapping[str, str]) -> list[Row]:
    """Read pasted lines; `channels` has the reader's words for our channels, in lower case.

    Columns are parted by tabs, in the order of the docstring; a phase that is left empty is that
    of the line before, as merged cells give it. A first line with the names of the columns, and
    empty lines, are passed over; the numbers count them.
    """
    found: list[Row] = []
    phase, first, good = "", True, 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [_tidy(cell) for cell in line.split("\t")]
        if first and {cell.casefold() for cell in cells[:3]} <= _HEADS:
            first = False
            continue
        first = False
        row = _row(number, line, cells, phase, channels)
        if row.fault is None and good >= MOST_ROWS:
            row = row.wrong(RowFault.TOO_MANY)
        good += row.fault is None
        phase = row.phase or phase
        found.append(row)
    return found


def _tidy(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell.strip().strip('"')).split())


def _row(
    number: int, line: str, cells: Sequence[str], before: str, channels: Mapping[str, str]
) -> Row:
    phase, party, name, kind, channel = [*cells, "", "", "", "", ""][:COLUMNS]
    phase = phase or before
    known = KINDS.get(kind.casefold())
    word = channel.casefold()
    row = Row(
        number,
        line,
        phase=phase,
        party=party,
        name=name,
        kind=known or "touchpoint",
        channel=channels.get(word) or CHANNELS.get(word) or channel,
    )
    checks = (
        (len(cells) < 3, RowFault.FEW),
        (any(unseen(cell) for cell in cells), RowFault.UNSEEN),
        (not phase, RowFault.NO_PHASE),
        (not party, RowFault.NO_PARTY),
        (not name, RowFault.NO_NAME),
        (len(phase) > 80 or len(party) > 120 or len(name) > 80 or len(channel) > 40, RowFault.LONG),
        (known is None, RowFault.KIND),
        (known == "step" and bool(channel), RowFault.STEP_CHANNEL),
    )
    wrong = next((fault for fails, fault in checks if fails), None)
    return row if wrong is None else row.wrong(wrong)
