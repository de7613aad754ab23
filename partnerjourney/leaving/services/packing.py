"""Packing: the past and the rows of an organisation as one ZIP file of JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast

from partnerjourney.leaving.rules.cells import cell

HELD = 8 << 20
"""Bytes of a package that stay in memory while it is made; the rest goes to a temporary file."""

TABLES: Mapping[str, Sequence[str]] = {
    "cards": (
        "key", "party", "kind", "name", "channel", "initiator", "receiver",
        "intended_experience", "moment_of_truth",
    ),
    "handovers": (
        "key", "from", "to", "member", "label", "told", "name", "trigger", "time_limit",
        "checklist", "refuse_reasons", "contact_name", "contact_reach",
        "contact_hours",
    ),
    "scores": (
        "point", "metric", "wave", "from", "to", "n", "value", "low", "high", "confidence",
        "histogram", "verdict", "withheld",
    ),
    "explanations": ("point", "wave", "party", "text", "written_at"),
    "comments": (
        "conversation", "audience", "about", "organisation", "person", "text", "written_at",
        "edited", "taken_back",
    ),
    "events": (
        "handover", "kind", "at", "promised_at", "time_limit", "reason", "source", "id",
        "correction", "received_at",
    ),
    "history": ("at", "act", "shared_by", "organisation", "person", "means"),
}  # fmt: skip
"""File name → its columns; the last two come row by row, the others from the document."""


def pack(
    past: Mapping[str, Any],
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    *,
    at: datetime,
    progressed: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Return the ZIP file; `rows` gives events and history, `progressed` is told per cent."""
    with tempfile.SpooledTemporaryFile(max_size=HELD) as file:
        with zipfile.ZipFile(cast(BinaryIO, file), "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open(_entry("journey.json", at), "w") as entry:
                text = json.dumps(past, ensure_ascii=False, sort_keys=True, indent=1)
                entry.write(text.encode())
            for number, (name, columns) in enumerate(TABLES.items(), 1):
                with archive.open(_entry(f"{name}.csv", at), "w", force_zip64=True) as entry:
                    _write(cast(BinaryIO, entry), columns, rows.get(name, past.get(name, ())))
                progressed(100 * number // (len(TABLES) + 1))
        file.seek(0)
        return file.read()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _write(entry: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with io.TextIOWrapper(entry, "utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(columns)
        writer.writerows([cell(row[name]) for name in columns] for row in rows)
