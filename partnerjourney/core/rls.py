"""PostgreSQL's own border: row-level security, forced, from the predicates of the ORM.

`apply` runs after every migration and may run again at any time. The login that owns the schema
becomes, for each transaction, one of two roles that cannot log in: `<prefix>_app`, narrowed by
policies, or `<prefix>_system`, for the product itself. Membership is looked up by functions that
run as the system role with a fixed search path, since a policy on `participation` that reads
`participation` would recurse. On SQLite only the triggers exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects import postgresql

from partnerjourney.core import predicates
from partnerjourney.core.border import run
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import Journey

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_NAMED = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_ME = "nullif(current_setting('app.organisation', true), '')::uuid"
_USER = "nullif(current_setting('app.user', true), '')::uuid"
# A subquery is asked once a statement, not once a row, and does not mislead the planner.
_MEMBER = "(select current_setting('app.scope', true) = 'member')"
_RESPONDENT = "(select current_setting('app.scope', true) = 'respondent')"


def apply(connection: Connection, *, prefix: str, append_only: tuple[str, ...]) -> None:
    """Bring roles, functions, policies and triggers of this database up to date."""
    if connection.dialect.name == "sqlite":
        for statement in _sqlite_triggers(append_only):
            _say(connection, statement)
        return
    for statement in (
        *_roles(prefix),
        *_functions(prefix),
        *_grants(prefix),
        *_secure(prefix),
        *_postgresql_triggers(append_only),
    ):
        _say(connection, statement)


def _say(connection: Connection, statement: str) -> Any:
    return run(connection, text(statement.replace(":", "\\:")))


def prefix_of(connection: Connection) -> str:
    """Return the prefix of the two roles: what the engine was given, or the database's name."""
    given = connection.get_execution_options().get("pj_roles")
    return str(given or connection.engine.url.database)


def lift(connection: Connection) -> None:
    """Take policies and row-level security away for a migration, under its locks.

    Policies depend on columns, and under them the owner would change no row, and hear nothing.
    """
    if connection.dialect.name == "postgresql":
        _say(connection, _of_each_table(_DROP_POLICIES + _LIFT))


def close(connection: Connection) -> None:
    """Show nobody any row: for a schema that is not the one of this program."""
    if connection.dialect.name == "postgresql":
        _say(connection, _of_each_table(_FORCE))


_DROP_POLICIES = (
    "for p in select policyname from pg_policies where schemaname = 'public' and tablename = t"
    " loop execute format('drop policy %I on %I', p.policyname, t); end loop;"
)
_LIFT = (
    "execute format('alter table %I no force row level security, disable row level security', t);"
)
_FORCE = "execute format('alter table %I enable row level security, force row level security', t);"


def _of_each_table(what: str) -> str:
    return (
        "do $$ declare t name; p record; begin for t in select relname from pg_class"  # noqa: S608
        " where relkind = 'r' and relnamespace = 'public'::regnamespace"
        f" and relname <> 'alembic_version' loop {what} end loop; end $$"
    )


def effective(connection: Connection) -> bool:
    """Say whether row-level security is forced on every table, with every policy in its place."""
    if connection.dialect.name == "sqlite":
        return True
    forced = _say(
        connection,
        "select relname from pg_class where relrowsecurity and relforcerowsecurity"
        " and relnamespace = 'public'::regnamespace",
    ).scalars()
    policies = _say(
        connection, "select tablename, policyname from pg_policies where schemaname = 'public'"
    )
    wanted = {(name, policy) for name, policy, _ in _policies(prefix_of(connection))}
    return {table.__tablename__ for table in _guarded()} <= set(forced) and wanted == {
        (name, policy) for name, policy in policies
    }


def _guarded() -> list[Any]:
    return sorted(predicates.tables(), key=lambda table: str(table.__tablename__))


def _sql(expression: Any) -> str:
    compiled = expression.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return str(compiled)


def _roles(prefix: str) -> Iterator[str]:
    for role in (f"{prefix}_app", f"{prefix}_system"):
        yield (
            f"do $$ begin if to_regrole('\"{role}\"') is null then"  # an admin may have made it
            f' create role "{role}" nologin; end if;'
            " exception when duplicate_object or unique_violation then null; end $$"
        )
        # The owner becomes these roles; it must not have their rights without that.
        yield (
            "do $$ begin if current_setting('server_version_num')::int >= 160000 then"
            " if not exists (select from pg_auth_members m where m.set_option"
            f" and not m.inherit_option and m.roleid = '\"{role}\"'::regrole"
            " and m.member = current_user::regrole) then execute format("
            f"'grant \"{role}\" to %I with inherit false, set true', current_user); end if;"
            f" elsif not pg_has_role(current_user, '{role}', 'MEMBER') then"
            f" execute format('grant \"{role}\" to %I', current_user); end if; end $$"
        )


def _functions(prefix: str) -> Iterator[str]:
    me = bindparam("me", type_=UuidType())
    link = Link.__table__
    bodies = {
        "pj_journeys": predicates.journeys_of(me),
        "pj_orchestrated": predicates.orchestrated_by(me),
        "pj_circles": predicates.circles_of(me),
        "pj_near": predicates.near(me),
    }
    for name, setting in (("pj_me", _ME), ("pj_user", _USER)):
        yield (
            f"create or replace function {name}() returns uuid language sql stable"
            f" set search_path = pg_catalog as $$ select {setting} $$"
        )
    # The system role makes what runs in its name: the owner has no rights over that.
    yield f'grant create on schema public to "{prefix}_system"'
    yield f'set local role "{prefix}_system"'
    for name, body in bodies.items():
        yield (
            f"create or replace function {name}() returns setof uuid language sql stable security"
            " definer rows 20 set search_path = public, pg_temp as"
            f" $$ {_compile_with_me(body)} $$"
        )
    query = _sql(select(link.c.thing_id).where(link.c.purpose == Purpose.SURVEY))
    yield (
        "create or replace function pj_invitation() returns uuid language sql stable"
        " security definer set search_path = public, pg_temp as"
        f" $$ {query} and link.token_hash = current_setting('app.token', true) $$"
    )
    yield "reset role"
    yield f'revoke create on schema public from "{prefix}_system"'


def _compile_with_me(body: Any) -> str:
    compiled = body.compile(dialect=_NAMED)
    query = str(compiled)
    for name, value in compiled.params.items():
        query = query.replace(f":{name}", _ME if name.startswith("me") else f"'{value}'")
    return query.replace("::UUID", "")


def _grants(prefix: str) -> Iterator[str]:
    """Let the application add and delete what policies allow, and never move a row."""
    for role in (f"{prefix}_app", f"{prefix}_system"):
        yield f'grant usage on schema public to "{role}"'
    yield (
        f'grant select, insert, update, delete on all tables in schema public to "{prefix}_system"'
    )
    yield f'revoke all on all tables in schema public from "{prefix}_app"'
    for table in _guarded():
        yield f'grant select, insert, delete on {table.__tablename__} to "{prefix}_app"'
        kept = ", ".join(f"'{column}'" for column in sorted(predicates.fixed(table)))
        yield (
            "do $$ declare c text; begin select string_agg(quote_ident(attname), ', ')"  # noqa: S608
            " into c"
            f" from pg_attribute where attrelid = '{table.__tablename__}'::regclass and attnum > 0"
            f" and not attisdropped and attname not in ({kept}); if c is not null then"
            f" execute format('grant update (%s) on {table.__tablename__} to %I', c,"
            f" '{prefix}_app'); end if; end $$"
        )


def _policies(prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield the table, the name and the rest of each policy."""
    see = predicates.rls_lookups()
    for table in _guarded():
        name = table.__tablename__
        yield name, "system", f'for all to "{prefix}_system" using (true) with check (true)'
        for policy, command, using, check in (
            *_member_policies(table, see),
            *_respondent_policies(table, see),
        ):
            used = f" using ({using})" if using else ""
            checked = f" with check ({check})" if check else ""
            yield name, policy, f'for {command} to "{prefix}_app"{used}{checked}'


def _secure(prefix: str) -> Iterator[str]:
    yield _of_each_table(_DROP_POLICIES + _FORCE)
    for name, policy, rest in _policies(prefix):
        yield f"create policy {policy} on {name} {rest}"


def _member_policies(table: Any, see: predicates.Lookups) -> Iterator[tuple[str, ...]]:
    seen = f"{_MEMBER} and ({_sql(predicates.MEMBER[predicates.kind_of(table)](table, see))})"
    yield "member_read", "select", seen, ""
    if issubclass(table, predicates.NOT_WRITTEN_BY_MEMBERS):
        return
    if table in predicates.CHANGED_BY_MEMBERS:
        own = f"{_MEMBER} and ({_sql(predicates.CHANGED_BY_MEMBERS[table](table, see))})"
        yield "member_change", "update", own, own
        return
    mine = f"{_MEMBER} and (journey.organisation_id = pj_me())"
    yield "member_add", "insert", "", mine if table is Journey else seen
    yield "member_change", "update", seen, seen
    yield "member_delete", "delete", seen, ""


def _respondent_policies(table: Any, see: predicates.Lookups) -> Iterator[tuple[str, ...]]:
    grant = predicates.RESPONDENT.get(table)
    if grant is None:
        return
    rows = f"{_RESPONDENT} and ({_sql(grant.read(table, see))})"
    yield "respondent_read", "select", rows, ""
    if grant.write:
        yield "respondent_change", "update", rows, rows
    if grant.add:
        yield "respondent_add", "insert", "", rows
        yield "respondent_remove", "delete", rows, ""


def _postgresql_triggers(tables: tuple[str, ...]) -> Iterator[str]:
    yield (
        "create or replace function pj_append_only() returns trigger language plpgsql as"
        " $$ begin raise exception 'this table is append-only'; end $$"
    )
    for name in tables:
        yield f"drop trigger if exists append_only on {name}"
        yield (
            f"create trigger append_only before update or delete on {name}"
            " for each row execute function pj_append_only()"
        )


def _sqlite_triggers(tables: tuple[str, ...]) -> Iterator[str]:
    for name in tables:
        for verb in ("update", "delete"):
            yield (
                f"create trigger if not exists append_only_{name}_{verb} before {verb} on {name}"
                " begin select raise(abort, 'this table is append-only'); end"
            )
