"""`user create` and `db`, as an operator types them."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from partnerjourney import create_app
from partnerjourney.core import border, clock, logins
from partnerjourney.core.audit import OrganisationAct
from partnerjourney.core.commandline import Installation
from partnerjourney.core.jobs import Job
from partnerjourney.core.logins import LoginSession
from partnerjourney.core.parties import Membership, Organisation, User
from partnerjourney.core.scopes import System
from partnerjourney.credentials.models import AuthenticatorApp
from partnerjourney.organisations import services
from tests.command import call, run
from tests.databases import PostgresqlDatabase

PASSWORD = "zeven-blauwe-fietsen"
SECRET = "a secret of these tests, 32 signs"


def create(database_url: str, email: str, *more: str, stdin: str = "") -> tuple[int, str, str]:
    """Run `user create` and return code, standard output and standard error."""
    told = call(
        "user",
        "create",
        "--email",
        email,
        "--name",
        "Noor van Dijk",
        "--organisation",
        "helder",
        *more,
        database_url=database_url,
        stdin=stdin,
        secret_key=SECRET,
    )
    return told.exit_code, told.stdout, told.stderr


def test_the_first_person_can_sign_in_and_leads(database_url: str, engine: Engine) -> None:
    code, out, err = create(
        database_url,
        "Noor@Helder.example",
        "--password-stdin",
        "--signatory",
        "--json",
        stdin=f"{PASSWORD}\n",
    )
    assert code == 0, err
    assert json.loads(out) == {
        "email": "noor@helder.example",
        "organisation": "helder",
        "role": "admin",
        "link": None,
    }
    assert services.check_password(engine, email="noor@helder.example", password=PASSWORD)
    with border.open_session(engine, System("test")) as session:
        member = session.scalars(select(Membership)).one()
        assert (member.role, member.signatory) == ("admin", True)


def test_without_a_password_the_link_sets_one_once(database_url: str, engine: Engine) -> None:
    create(database_url, "eerst@helder.example", "--password-stdin", stdin=PASSWORD)
    code, out, err = create(database_url, "noor@helder.example")
    assert code == 0, err
    assert out.startswith("http://127.0.0.1:8000/reset/")
    assert "viewer" in err
    token = out.strip().rpartition("/")[2]
    with border.open_session(engine, System("test"), write=True) as session:
        _, person = services.open_reset(session, token, secret=SECRET, at=clock.now())
        assert person.email == "noor@helder.example"


@pytest.mark.parametrize("password", ["kort", "wachtwoord123", ""])
def test_a_weak_password_makes_nobody(password: str, database_url: str, engine: Engine) -> None:
    code, out, err = create(database_url, "noor@helder.example", "--password-stdin", stdin=password)
    assert (code, out, err.count("\n")) == (4, "", 1)
    with border.open_session(engine, System("test")) as session:
        assert not session.scalars(select(User)).all()
        assert not session.scalars(select(Organisation)).all()


def test_a_member_already_is_told_and_wrong_use_is_2(database_url: str) -> None:
    assert create(database_url, "noor@helder.example")[0] == 0
    code, out, err = create(database_url, "noor@helder.example")
    assert (code, out) == (4, "")
    assert "member already" in err
    assert create(database_url, "noor")[0] == 2
    assert create(database_url, "bas@helder.example", "--role", "chief")[0] == 2


def test_a_lost_second_step_is_taken_off_with_a_reason(database_url: str, engine: Engine) -> None:
    create(database_url, "noor@helder.example", "--password-stdin", stdin=PASSWORD)
    with border.open_session(engine, System("test"), write=True) as session, session.begin():
        person = services.find_user(session, "noor@helder.example")
        assert person is not None
        session.add(AuthenticatorApp(user_id=person.id, sealed_secret="x", since=clock.now()))
        logins.start(session, person, browser="", at=clock.now())
    lost = ("user", "reset-factor", "--email", "noor@helder.example", "--operator")
    assert call(*lost, " ", database_url=database_url).exit_code == 2
    told = call(*lost, "ticket 12", "--json", database_url=database_url, secret_key=SECRET)
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"email": "noor@helder.example"})
    with border.open_session(engine, System("test")) as session:
        assert not session.scalars(select(AuthenticatorApp)).all()
        assert session.scalars(select(LoginSession.ended_at)).one() is not None
        act = session.scalars(
            select(OrganisationAct).where(OrganisationAct.verb == "second-step.reset")
        ).one()
        assert (act.means, act.thing_id) == ("operator: ticket 12", person.id)
        assert session.scalars(select(Job.user_id).where(Job.kind == act.verb)).one() == person.id
    again = call(*lost, "ticket 12", database_url=database_url, secret_key=SECRET)
    assert (again.exit_code, again.stdout) == (4, "")
    nobody = ("user", "reset-factor", "--email", "x@y.example", "--operator", "why")
    assert call(*nobody, database_url=database_url).exit_code == 4


def test_an_unused_database_is_upgraded_checked_and_brought_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    told = call("db", "check", "--json", database_url=url)
    assert told.exit_code == 1
    assert len(json.loads(told.stdout)["findings"]) == 1
    assert call("db", "upgrade", database_url=url).exit_code == 0
    assert call("db", "upgrade", database_url=url).exit_code == 0
    told = call("db", "check", "--json", database_url=url)
    assert (told.exit_code, json.loads(told.stdout)) == (0, {"findings": []})
    assert call("db", "downgrade", "base", database_url=url).exit_code == 0
    assert call("db", "check", database_url=url).exit_code == 1
    told = call("db", "downgrade", "nowhere", database_url=url)
    assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (4, "", 1)


def test_check_finds_a_table_without_row_level_security(
    postgresql_database: PostgresqlDatabase,
) -> None:
    url, superuser = postgresql_database.url, postgresql_database.superuser
    assert call("db", "check", database_url=url).exit_code == 0
    superuser.execute("alter table contact no force row level security")
    try:
        told = call("db", "check", "--json", database_url=url)
    finally:
        superuser.execute("alter table contact force row level security")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["findings"] == ["row-level security is not effective"]


def test_check_finds_a_column_too_many(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "x.db")
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        connection.execute("alter table setting add column extra text")
    told = call("db", "check", database_url=f"sqlite:///{tmp_path}/x.db")
    assert told.exit_code == 1
    assert "extra" in told.stdout


def test_which_database_is_used_is_said_when_none_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in os.environ if name.startswith("PARTNERJOURNEY_")]:
        monkeypatch.delenv(name)
    url = Installation(create_app).settings.database_url
    assert capsys.readouterr() == ("", f"No database is named; using {url}\n")
    monkeypatch.setenv("PARTNERJOURNEY_DATABASE_URL", "sqlite:////tmp/mine.db")
    assert Installation(create_app).settings.database_url == "sqlite:////tmp/mine.db"
    assert capsys.readouterr() == ("", "")


def test_the_real_command_answers_the_same(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    told = run("db", "check", "--json", database_url=url)
    assert (told.returncode, told.stdout) == (
        1,
        call("db", "check", "--json", database_url=url).stdout,
    )
    assert run(database_url=url).returncode == 2
