"""Tables: each says whose rows it holds, and no key tells about the rows of others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import RelationshipProperty

from partnerjourney.core import audit, border, predicates, schema
from partnerjourney.core.db import (
    CircleScoped,
    Directory,
    JourneyScoped,
    OrganisationPrivate,
    Sealed,
)
from partnerjourney.core.parties import Circle, CircleSeat, Journey, Participation
from partnerjourney.core.scopes import System
from tests.factories import kinds
from tests.world import World

schema.load()
TABLES = sorted(predicates.tables(), key=lambda table: str(table.__tablename__))
MIXINS = (Directory, JourneyScoped, CircleScoped, OrganisationPrivate, Sealed)
OWN_RULE = {Journey, Participation, Circle, CircleSeat}

OWNERS = {"owner_id", "journey_id", "circle_id", "organisation_id", "customer_owner_id"}
"""A unique constraint that begins with one of these collides within one owner only."""

UNIQUE_OVER_ALL = {
    "organisation.slug": "an organisation's address is public",
    "user_account.email": "signing in needs it; only the product itself adds people",
    "setting.key": "the installation's own",
    "job.kind": "sealed: enqueued by the product itself",
    "attempt.subject": "sealed; the subject is a hash",
    "head.id": "sealed, written by triggers; the id is that of a random place",
    "credential.user_id": "sealed: one password per person",
    "authenticator_app.user_id": "sealed: one app per person",
    "oidc_identity.identity_hash": "sealed: one account per person of a provider",
    "passkey.credential_id": "sealed: drawn at random by an authenticator",
}
"""Table and first column of what is unique among all organisations, with why that is safe."""


def named(tables: list[type[Any]]) -> Any:
    """Parametrise by table, with the table's name in the test's."""
    return pytest.mark.parametrize("table", tables, ids=lambda table: table.__tablename__)


@named(TABLES)
def test_a_table_has_one_kind(table: type[Any]) -> None:
    found = [kind for kind in MIXINS if issubclass(table, kind)]
    assert len(found) + (table in OWN_RULE) == 1, found
    assert predicates.kind_of(table) in predicates.MEMBER


def test_every_table_is_mapped() -> None:
    mapped = {table.__tablename__ for table in TABLES}
    assert mapped == set(schema.load().metadata.tables)


def _uniques(table: type[Any]) -> list[list[Any]]:
    found = [
        list(constraint.columns)
        for constraint in table.__table__.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
    ]
    found += [list(index.columns) for index in table.__table__.indexes if index.unique]
    return found


def _random(column: Any) -> bool:
    """Whether nobody can hit a value of a column that somebody else has: 128 bits or more."""
    made = column.default is not None and column.default.is_callable
    return made or column.key in ("token_hash", "secret_hash")


@named(TABLES)
def test_what_is_unique_is_unique_within_one_owner(table: type[Any]) -> None:
    """Else a collision would tell that somebody else has such a row."""
    for columns in _uniques(table):
        first = columns[0]
        where = f"{table.__tablename__}.{first.key}"
        if first.key in OWNERS or _random(first) or where in UNIQUE_OVER_ALL:
            continue
        raise AssertionError(f"{where}: unique among all organisations")


def test_reasons_are_needed() -> None:
    found = {f"{t.__tablename__}.{u[0].key}" for t in TABLES for u in _uniques(t)}
    assert set(UNIQUE_OVER_ALL) <= found


@named(kinds()[CircleScoped])
def test_a_circle_scoped_row_hangs_on_a_circle_of_its_journey(table: type[Any]) -> None:
    keys = [
        [(element.parent.key, element.target_fullname) for element in key.elements]
        for key in table.__table__.foreign_key_constraints
    ]
    assert [("journey_id", "circle.journey_id"), ("circle_id", "circle.id")] in keys
    assert not table.__table__.c.circle_id.nullable


@named(TABLES)
def test_a_foreign_key_into_a_journey_carries_the_journey(table: type[Any]) -> None:
    """So that no row hangs on a parent of another journey; the same goes for what is private."""
    for key in table.__table__.foreign_key_constraints:
        assert isinstance(key, ForeignKeyConstraint)
        parent = key.referred_table
        for column in ("journey_id", "owner_id"):
            if column in parent.primary_key.columns:
                pairs = {element.column.key: element.parent.key for element in key.elements}
                assert pairs.get(column, "").endswith(column), f"{table.__tablename__}: {pairs}"


@named(TABLES)
def test_relationships_are_loaded_when_asked_for_or_at_once(table: type[Any]) -> None:
    """A lazy one would cost a statement per row."""
    relationships: list[RelationshipProperty[Any]] = list(table.__mapper__.relationships)
    for relationship in relationships:
        assert relationship.lazy in ("raise", "joined"), relationship
        assert not relationship.secondary


def test_the_columns_of_a_place_never_change() -> None:
    for table in TABLES:
        fixed = predicates.fixed(table)
        assert fixed >= {c.key for c in table.__table__.primary_key.columns}
        for column in ("owner_id", "journey_id", "circle_id"):
            assert (column in fixed) == (column in table.__table__.columns)


@pytest.mark.parametrize("change", ["update {} set verb = 'x'", "delete from {}"])
@pytest.mark.parametrize("name", audit.APPEND_ONLY)
def test_what_is_append_only_stays(engine: Engine, world: World, name: str, change: str) -> None:
    """Not even the product itself changes it."""
    with border.open_session(engine, System("harm"), write=True) as session:
        assert session.execute(text(f"select count(*) from {name}")).scalar_one() > 0
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(change.format(name)))


def test_audit_tables_are_all_append_only() -> None:
    named = {t.__tablename__ for t in TABLES if t.__tablename__.startswith("audit_")}
    assert named == set(audit.APPEND_ONLY)
