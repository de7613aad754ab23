"""Backup and restore: everything comes back, on either engine, and nothing acts on the past."""

from __future__ import annotations

import json
import shutil
import stat
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, event, select

from partnerjourney.core import backup, border, ids, mail_hold, restoring
from partnerjourney.core.jobs import Job, JobState
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import System
from partnerjourney.organisations.models import InvitationState
from tests import world
from tests.command import call, run
from tests.databases import PostgresqlDatabase, sqlite_engine

AT = datetime(2026, 11, 3, 8, tzinfo=UTC)
STOPS = (Purpose.UNSUBSCRIBE, Purpose.OVERVIEW)
NAUGHTY = 'Zaanse\u202e "molen" \\n\u2028 – ’s-Hertogenbosch \U0001f600'

Databases = Callable[[str], Engine]


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Give empty migrated databases by the name of their engine; one of PostgreSQL at a time."""
    made: list[Engine] = []

    def make(kind: str) -> Engine:
        if kind == "postgresql":
            found: PostgresqlDatabase = request.getfixturevalue("postgresql_database")
            found.empty()
            return found.engine
        path = tmp_path / f"{len(made)}.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        made.append(sqlite_engine(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


def rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table."""
    with border.open_session(engine, System("test")) as session:
        return {
            table.name: [
                dict(row)
                for row in session.execute(
                    select(*table.columns).order_by(*table.primary_key.columns)
                ).mappings()
            ]
            for table in backup.tables()
        }


def filled(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Put a row of everything into a database and return all rows."""
    world.build(engine)
    with border.open_session(engine, System("test"), write=True) as session:
        organisation = Organisation(slug="naughty", name=NAUGHTY, created_at=AT)
        invitation = session.execute(select(_table("invitation").c.id)).scalars().first()
        session.add_all(
            [
                organisation,
                Job(
                    kind="a", run_at=AT, created_at=AT, state=JobState.RUNNING, worker=ids.new_v4()
                ),
                *(
                    Link(token_hash=digit * 64, purpose=stop, thing_id=invitation, created_at=AT)
                    for digit, stop in zip("01", STOPS, strict=True)
                ),
            ]
        )
        session.commit()
    found = rows(engine)
    assert all(found.values()), "a table without rows proves nothing"
    return found


def _table(name: str) -> Table:
    return next(table for table in backup.tables() if table.name == name)


def expected(before: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what restoring must leave of these rows."""
    after = {name: [dict(row) for row in found] for name, found in before.items()}
    for row in after["login_session"]:
        row["ended_at"] = row["ended_at"] or AT
    for table in ("password_reset", "answer_link", "ceremony", "recovery_code"):
        for row in after[table]:
            row["used_at"] = row["used_at"] or AT
    for row in after["api_token"]:
        row["revoked_at"] = row["revoked_at"] or AT
    for row in [*after["party_invitation"], *after["member_invitation"]]:
        if row["state"] is InvitationState.OPEN:
            row |= {"state": InvitationState.WITHDRAWN, "answered_at": AT}
    after["link"] = [row for row in after["link"] if row["purpose"] in STOPS]
    for row in after["job"]:
        if row["state"] is JobState.RUNNING:
            row |= {"state": JobState.WAITING, "worker": None, "leased_until": None}
    held = {"key": "mail_held", "value": {"since": AT.isoformat(), "reason": "restore"}}
    after["setting"] = sorted([*after["setting"], held], key=lambda row: str(row["key"]))
    return after


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_everything_comes_back_on_either_engine_and_nothing_acts_on_the_past(
    source: str, target: str, database: Databases, tmp_path: Path
) -> None:
    file = tmp_path / "x.zip"
    engine = database(source)
    before = filled(engine)
    said = backup.write(engine, file)
    assert {table.name: table.rows for table in said} == {n: len(r) for n, r in before.items()}
    other = database(target)
    restoring.read(other, file, at=AT)
    wanted, found = expected(before), rows(other)
    heads, was = ({row["id"] for row in all_.pop("head")} for all_ in (found, wanted))
    assert heads == was, "restoring is a change: their versions are new"
    assert found == wanted
    assert len(wanted["link"]) == len(STOPS), "people can still unsubscribe"
    assert wanted["link"] != before["link"]
    assert mail_hold.since(other) == AT


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_one_moment(kind: str, database: Databases, tmp_path: Path) -> None:
    """While it reads, somebody else commits: none of that is in it."""
    engine = database(kind)
    seen = []

    def write(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM job" in statement and not seen:  # the second table: the snapshot stands
            seen.append(statement)
            with border.open_session(engine, System("meanwhile"), write=True) as session:
                session.add(Organisation(slug="late", name="Late", created_at=AT))
                session.commit()

    event.listen(engine, "before_cursor_execute", write)
    try:
        said = backup.write(engine, tmp_path / "x.zip")
    finally:
        event.remove(engine, "before_cursor_execute", write)
    assert seen
    assert {table.name: table.rows for table in said}["organisation"] == 0
    assert rows(engine)["organisation"]


def _spoil(file: Path, how: str) -> None:
    if how == "no zip":
        file.write_text("not a backup")
    elif how == "cut off":
        file.write_bytes(file.read_bytes()[:-200])
    else:
        with zipfile.ZipFile(file) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = backup.entry("organisation")
        if how == "a changed row":
            parts[name] = parts[name].replace(b"Brand", b"Blend")
        elif how == "a row less":
            parts[backup.entry("verdict")] = b""
        elif how == "another revision":
            manifest = json.loads(parts[backup.MANIFEST]) | {"revision": "0000"}
            parts[backup.MANIFEST] = json.dumps(manifest).encode()
        elif how == "no manifest":
            del parts[backup.MANIFEST]
        with zipfile.ZipFile(file, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, content)


@pytest.mark.parametrize(
    "how",
    ["no zip", "cut off", "a changed row", "a row less", "another revision", "no manifest"],
)
def test_a_spoilt_backup_leaves_nothing_behind(
    how: str, database: Databases, tmp_path: Path
) -> None:
    file = tmp_path / "x.zip"
    engine = database("sqlite")
    filled(engine)
    backup.write(engine, file)
    _spoil(file, how)
    other = database("sqlite")
    with pytest.raises(restoring.BackupError) as told:
        restoring.read(other, file, at=AT)
    assert "\n" not in str(told.value)
    assert not any(rows(other).values())


def test_only_an_empty_database_is_restored_into(database: Databases, tmp_path: Path) -> None:
    engine = database("sqlite")
    before = filled(engine)
    backup.write(engine, tmp_path / "x.zip")
    with pytest.raises(restoring.BackupError, match="not empty"):
        restoring.read(engine, tmp_path / "x.zip", at=AT)
    assert rows(engine) == before


def test_a_backup_is_for_its_owner_and_replaces_the_last_one_whole(
    database: Databases, tmp_path: Path
) -> None:
    file = tmp_path / "x.zip"
    file.write_text("the last one")
    engine = database("sqlite")
    backup.write(engine, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert zipfile.is_zipfile(file)
    kept = file.read_bytes()
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        backup.write(engine, tmp_path / "folder")
    assert file.read_bytes() == kept
    assert not list(tmp_path.glob(".*.part"))


def test_memory_stays_flat_on_both_ways(database: Databases, tmp_path: Path) -> None:
    engine, other = database("sqlite"), database("sqlite")
    many = [{"subject": f"{n:064}", "window_start": AT, "count": n} for n in range(20_000)]
    with border.open_session(engine, System("test"), write=True) as session:
        border.bulk_insert(session, Attempt, many)
        session.commit()
    tracemalloc.start()
    try:
        backup.write(engine, tmp_path / "x.zip")
        restoring.read(other, tmp_path / "x.zip", at=AT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert len(rows(other)["attempt"]) == 20_000


def test_the_command_backs_up_restores_and_lets_mail_go(
    database_url: str, engine: Engine, sqlite_template: Path, tmp_path: Path
) -> None:
    world.build(engine)
    file = tmp_path / "x.zip"
    made = call("backup", str(file), "--json", database_url=database_url)
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["rows"]["organisation"] == len(world.NAMES)
    refused = call("restore", str(file), database_url=database_url)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert "not empty" in refused.stderr
    shutil.copyfile(sqlite_template, tmp_path / "other.db")
    other = f"sqlite:///{tmp_path}/other.db"
    back = call("restore", str(file), database_url=other)
    assert back.exit_code == 0, back.stderr
    assert "Mail is held" in run("worker", "--once", database_url=other).stderr
    assert call("db", "release-mail", database_url=other).exit_code == 0
    assert "Mail is held" not in run("worker", "--once", database_url=other).stderr
