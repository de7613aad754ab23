"""Restoring a backup into an empty, migrated database, in one transaction.

What happened after the backup is unknown, so nothing may act on the past: logins end, links that
open something (surveys, invitations, new passwords), recovery codes and access keys are dead, and
mail is held until an operator lets it go. Opt-outs are data and come back; links to unsubscribe
stay alive.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Engine, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import backup, border, mail_hold, migrate, schema
from partnerjourney.core.backup import TableInFile
from partnerjourney.core.jobs import JobState
from partnerjourney.core.links import Purpose
from partnerjourney.core.scopes import System

ENDED = (
    ("login_session", "ended_at"),
    ("password_reset", "used_at"),
    ("answer_link", "used_at"),
    ("ceremony", "used_at"),
    ("recovery_code", "used_at"),
    ("api_token", "revoked_at"),
)
"""Tables with the column that says when a row stopped opening anything."""

INVITATIONS = ("party_invitation", "member_invitation")
"""Tables of invitations, open until they are answered or withdrawn."""


class BackupError(Exception):
    """The file is no backup, not whole, or does not fit this database; one clear line."""


def read(engine: Engine, path: Path, *, at: datetime) -> list[TableInFile]:
    """Restore a backup and make its logins and links dead; raises BackupError, nothing stored."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _manifest(archive)
            with border.open_session(engine, System("restore"), write=True) as session:
                _require_empty(session)
                tables = schema.load().metadata.tables
                for table in found:
                    _read_table(session, archive, tables[table.name], table)
                _revoke(session, at=at)
                mail_hold.hold(session, reason="restore", at=at)
                session.commit()
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise BackupError(f"{path}: this is no whole backup ({error})") from error
    return found


def _manifest(archive: zipfile.ZipFile) -> list[TableInFile]:
    try:
        manifest = json.loads(archive.read(backup.MANIFEST))
        known = manifest["program"] == "partnerjourney" and manifest["format"] == backup.FORMAT
        found = [TableInFile(**table) for table in manifest["tables"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError("this is no backup of PartnerJourney") from error
    if not known:
        raise BackupError("this backup has a format that this program does not know")
    if manifest["revision"] != migrate.head():
        raise BackupError(
            f"this backup is of revision {manifest['revision']}, this program of"
            f" {migrate.head()}: restore it with version {manifest['version']}, then upgrade"
        )
    here = [(table.name, [c.name for c in table.columns]) for table in backup.tables()]
    if [(table.name, table.columns) for table in found] != here:
        raise BackupError("this backup has other tables or columns than this program")
    return found


def _require_empty(session: Session) -> None:
    for table in backup.tables():
        if session.execute(select(table.primary_key.columns[0]).limit(1)).first() is not None:
            raise BackupError(f"the database is not empty ({table.name} has rows)")


def _read_table(
    session: Session, archive: zipfile.ZipFile, table: Table, said: TableInFile
) -> None:
    digest, count = hashlib.sha256(), 0
    codecs = [backup.codec(column) for column in table.columns]
    readers = [(number, pair[1]) for number, pair in enumerate(codecs) if pair is not None]
    with archive.open(backup.entry(table.name)) as lines:
        for chunk in _chunks(lines):
            rows = []
            for line in chunk:
                digest.update(line)
                row = json.loads(line)
                for number, convert in readers:
                    if row[number] is not None:
                        row[number] = convert(row[number])
                rows.append(dict(zip(said.columns, row, strict=True)))
            session.execute(insert(table), rows)
            count += len(rows)
    if (count, digest.hexdigest()) != (said.rows, said.sha256):
        raise BackupError(f"{table.name} in this backup is not what was written")


def _chunks(lines: IO[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == backup.CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _revoke(session: Session, *, at: datetime) -> None:
    tables = schema.load().metadata.tables
    for name, column in ENDED:
        ended = tables[name].c[column]
        session.execute(update(tables[name]).where(ended.is_(None)).values({ended: at}))
    for name in INVITATIONS:
        state = tables[name].c.state
        kinds: Any = state.type.enum_class  # type: ignore[attr-defined]
        session.execute(
            update(tables[name])
            .where(state == kinds("open"))
            .values(state=kinds("withdrawn"), answered_at=at)
        )
    link, job = tables["link"], tables["job"]
    stops = (Purpose.UNSUBSCRIBE, Purpose.OVERVIEW)
    session.execute(delete(link).where(link.c.purpose.not_in(stops)))
    session.execute(
        update(job)
        .where(job.c.state == JobState.RUNNING)
        .values(state=JobState.WAITING, worker=None, leased_until=None)
    )
