"""Many at once: one compiled statement for all scopes, and no update is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border
from partnerjourney.core.border import BorderError
from partnerjourney.core.narrowing import Narrowed
from partnerjourney.core.parties import Organisation, Participation, Party
from partnerjourney.core.scopes import System
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Contact
from tests.world import World


def together(*functions: Callable[[], None]) -> list[BaseException]:
    """Run functions in threads of their own; return what they raised."""
    errors: list[BaseException] = []

    def run(function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_compiled_statement_never_serves_another_organisation(
    engine: Engine, world: World
) -> None:
    """Thousands of turns, from two threads, with one cache of statements."""
    names = ("brand", "warehouse", "courier_a", "courier_b", "outsider")
    statements = (
        select(Contact.owner_id),
        select(Contact.owner_id).union(select(Contact.owner_id)),
    )
    wrong: list[str] = []

    def turn(start: int) -> None:
        for number in range(start, start + 500):
            name = names[number % len(names)]
            with border.open_session(engine, world.member(name)) as session:
                mine = {world.organisations[name]}
                wrong.extend(name for one in statements if set(session.scalars(one)) != mine)
            if number % 7 == 0:
                with border.open_session(engine, System("between")) as session:
                    if len(set(session.scalars(statements[0]))) < len(names):
                        wrong.append("system")

    assert together(lambda: turn(0), lambda: turn(2)) == []
    assert wrong == []


def test_a_statement_narrowed_for_another_scope_is_refused(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a cache ever mix scopes up, the last check before the database notices."""
    with border.open_session(engine, world.member("brand")) as session:
        contacts = select(Contact)
        session.scalars(contacts).all()
        other = Narrowed(world.member("warehouse"))
        monkeypatch.setattr(Narrowed, "onto", lambda self, statement: statement.options(other))
        with pytest.raises(BorderError, match="another scope"):
            session.scalars(contacts).all()
        monkeypatch.setattr(Narrowed, "onto", lambda self, statement: statement)
        with pytest.raises(BorderError, match="another scope"):
            session.scalars(contacts).all()


@pytest.mark.bench
def test_what_the_border_costs(engine: Engine, world: World) -> None:
    def cost(scope: Any, table: Any) -> float:
        with border.open_session(engine, scope) as session:
            best = 1.0
            for _ in range(300):
                start = time.perf_counter()
                session.execute(select(table)).all()
                best = min(best, time.perf_counter() - start)
            return best * 1e6

    for table in (Organisation, Contact, Party, Cell, Participation):
        lifted, member = cost(System("bench"), table), cost(world.member("brand"), table)
        print(f"{engine.dialect.name} {table.__name__}: {lifted:.0f} µs, narrowed {member:.0f} µs")


# --- concurrency --------------------------------------------------------------------------------


def test_no_update_is_lost(engine: Engine, world: World) -> None:
    """Four threads read, add one and write, in sessions that mean to write."""
    key = (world.journey, world.parties["brand"])

    def count() -> None:
        for _ in range(25):
            with border.open_session(engine, world.member("brand"), write=True) as session:
                party = session.get_one(Party, key, with_for_update=True)
                party.position += 1
                session.commit()

    assert together(*[count] * 4) == []
    with border.open_session(engine, System("look")) as session:
        assert session.get_one(Party, key).position == 100
