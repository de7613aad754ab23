"""Backups: one portable file for both engines, written from one consistent snapshot.

A zip with `manifest.json` and `data/<table>.jsonl`: a JSON array per row, in the order of the
columns that the manifest names, parents before children. The manifest counts the rows of each
table and has the SHA-256 of its lines. Memory stays flat on both ways; core/restoring.py reads it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Date, Engine, Enum, LargeBinary, Table, Time, Uuid, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, migrate, schema
from partnerjourney.core.db import UtcDateTime
from partnerjourney.core.scopes import System

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1000
"""Rows at a time, in memory and in a statement."""

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class TableInFile:
    """What the manifest says about one table."""

    name: str
    columns: list[str]
    rows: int
    sha256: str


def tables() -> list[Table]:
    """Return all tables, parents before children."""
    return list(schema.load().metadata.sorted_tables)


def entry(name: str) -> str:
    """Return the name of a table's lines in the zip."""
    return f"data/{name}.jsonl"


def codec(column: Column[Any]) -> tuple[Convert, Convert] | None:
    """Return how a value becomes JSON and comes back, or None where it is JSON already."""
    kind = column.type
    if isinstance(kind, Enum):
        return str, kind.enum_class or str
    if isinstance(kind, Uuid):
        return lambda value: value.hex, uuid.UUID
    if isinstance(kind, UtcDateTime):
        return datetime.isoformat, datetime.fromisoformat
    if isinstance(kind, Date):
        return date.isoformat, date.fromisoformat
    if isinstance(kind, Time):
        return time.isoformat, time.fromisoformat
    if isinstance(kind, LargeBinary):
        return lambda value: base64.b64encode(value).decode(), base64.b64decode
    return None


def write(engine: Engine, path: Path) -> list[TableInFile]:
    """Write a backup of the whole database to a new or replaced file; return what is in it."""
    partial = path.with_name(f".{path.name}.part")
    try:
        with (
            open(partial, "wb", opener=_private) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive,
            border.open_session(_snapshot(engine), System("backup")) as session,
        ):
            found = [_write_table(session, archive, table) for table in tables()]
            archive.writestr(MANIFEST, json.dumps(_manifest(engine, found), indent=1))
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return found


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _snapshot(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _manifest(engine: Engine, found: list[TableInFile]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "program": "partnerjourney",
        "version": version("partnerjourney"),
        "revision": migrate.head(),
        "engine": engine.dialect.name,
        "made_at": clock.now().isoformat(),
        "tables": [asdict(table) for table in found],
    }


def _write_table(session: Session, archive: zipfile.ZipFile, table: Table) -> TableInFile:
    digest, count = hashlib.sha256(), 0
    with archive.open(entry(table.name), "w", force_zip64=True) as out:
        for rows in _chunks(session, table):
            lines = "".join(
                f"{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}\n" for row in rows
            ).encode()
            digest.update(lines)
            out.write(lines)
            count += len(rows)
    return TableInFile(table.name, [c.name for c in table.columns], count, digest.hexdigest())


def _chunks(session: Session, table: Table) -> Iterator[list[list[Any]]]:
    """Yield the rows of a table as JSON values, in the order of its primary key."""
    codecs = [codec(column) for column in table.columns]
    writers = [(number, pair[0]) for number, pair in enumerate(codecs) if pair is not None]
    query = select(*table.columns).order_by(*table.primary_key.columns)
    result = session.execute(query, execution_options={"yield_per": CHUNK})
    for found in result.partitions():
        rows = [list(row) for row in found]
        for row in rows:
            for number, convert in writers:
                if row[number] is not None:
                    row[number] = convert(row[number])
        yield rows
