"""`db`, `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from partnerjourney.core import backup as backups
from partnerjourney.core import clock, commandline, mail_hold, migrate, restoring, rls, watching
from partnerjourney.core.commandline import Code, Failure


@click.group()
def db() -> None:
    """The database: its schema and its guards."""


@db.command()
def upgrade() -> None:
    """Bring the database to this program's revision, and its roles and policies along."""
    engine = commandline.installation().engine
    before = migrate.current(engine)
    migrate.upgrade(engine)
    commandline.say(f"From {before or 'an empty database'} to {migrate.current(engine)}.")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Bring the database back to REVISION, or to `base`: then nothing is left."""
    engine = commandline.installation().engine
    before = migrate.current(engine)
    migrate.downgrade(engine, revision)
    commandline.say(f"From {before} to {migrate.current(engine) or 'an empty database'}.")


@db.command()
@commandline.json_option
def check(*, as_json: bool) -> None:
    """Compare the database with this program; exit code 1 where they differ."""
    findings = _findings()
    commandline.answer(
        {"findings": findings},
        "\n".join(findings) or "The database is as it should be.",
        as_json=as_json,
        code=Code.FINDINGS if findings else Code.FINE,
    )


def _findings() -> list[str]:
    engine = commandline.installation().engine
    there, wanted = migrate.current(engine), migrate.head()
    if there != wanted:
        return [f"the database is at revision {there or 'none'}, this program at {wanted}"]
    findings = [f"differs: {difference}" for difference in migrate.differences(engine)]
    try:
        with engine.connect() as connection:
            if not rls.effective(connection):
                findings.append("row-level security is not effective")
            if not watching.effective(connection):
                findings.append("changes are not noticed: triggers are missing")
    except DBAPIError as error:
        findings.append(f"row-level security cannot be read: {error.orig}")
    return findings


@db.command("release-mail")
def release_mail() -> None:
    """Let mail go out again that a restore held back."""
    if mail_hold.release(commandline.open_engine()):
        commandline.say("Mail goes out again.")
    else:
        commandline.say("Mail was not held.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@commandline.json_option
def backup(file: Path, *, as_json: bool) -> None:
    """Write the whole database to FILE, readable on SQLite and PostgreSQL alike."""
    engine = commandline.open_engine()
    tables = backups.write(engine, file)
    rows = sum(table.rows for table in tables)
    commandline.say(f"{rows} rows of {len(tables)} tables are in {file}.")
    if as_json:
        commandline.answer({"file": str(file), "rows": {t.name: t.rows for t in tables}})


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@commandline.json_option
def restore(file: Path, *, as_json: bool) -> None:
    """Bring a backup into an empty, migrated database; ends logins and links, holds mail."""
    engine = commandline.open_engine()
    try:
        tables = restoring.read(engine, file, at=clock.now())
    except restoring.BackupError as error:
        raise Failure(str(error)) from error
    rows = sum(table.rows for table in tables)
    commandline.say(f"{rows} rows of {len(tables)} tables are back.")
    commandline.say("Everybody is signed out; survey links, invitations and resets are dead.")
    commandline.say("Mail is held: look around, then `partnerjourney db release-mail`.")
    if as_json:
        commandline.answer({"file": str(file), "rows": {t.name: t.rows for t in tables}})
