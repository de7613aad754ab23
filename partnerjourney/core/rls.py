"""PostgreSQL's own border: row-level security, forced, from the predicates of the ORM.

`apply` runs after every migration and may run again at any time. The login that owns the schema
becomes, for each transaction, one of two roles that cannot log in: `<prefix>_app`, narrowed by
policies, or `<prefix>_system`, for the product itself. Policies look up membership by the functions
of core/lookups.py. On SQLite only the triggers exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from partnerjourney.core import having, lookups, predicates
from partnerjourney.core.border import run
from partnerjourney.core.parties import Journey

# A subquery is asked once a statement, not once a row, and does not mislead the planner.
_MEMBER = "(select current_setting('app.scope', true) in ('member', 'token'))"
_RESPONDENT = "(select current_setting('app.scope', true) = 'respondent')"


def apply(connection: Connection, *, prefix: str, append_only: tuple[str, ...]) -> None:
    """Bring roles, functions, policies and triggers of this database up to date."""
    if connection.dialect.name == "sqlite":
        for statement in _sqlite_triggers(append_only):
            _say(connection, statement)
        return
    for statement in (
        *_roles(prefix),
        _of_each_table(_DROP_POLICIES + _FORCE),
        *_guard(prefix),
        *_postgresql_triggers(append_only),
        f"comment on function pj_append_only() is '{_print(prefix)}'",
    ):
        _say(connection, statement)


def _guard(prefix: str) -> Iterator[str]:
    """Yield what makes functions, rights and policies, once there is no policy."""
    opened = lookups.Opened()
    policies = [*_policies(prefix, opened)]
    # The system role makes what runs in its name: the owner has no rights over that.
    yield f'grant create on schema public to "{prefix}_system"'
    yield f'set local role "{prefix}_system"'
    yield from lookups.functions(opened)
    yield "reset role"
    yield f'revoke create on schema public from "{prefix}_system"'
    yield from _grants(prefix)
    for table, name, rest in policies:
        yield f"create policy {name} on {table} {rest}"


@cache
def _print(prefix: str) -> str:
    """Return what tells this program's guard from that of another version."""
    return hashlib.sha256("\n".join(_guard(prefix)).encode()).hexdigest()


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
    """Say whether row-level security is forced on every table, with this program's policies."""
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
    prefix = prefix_of(connection)
    made = "obj_description(to_regprocedure('pj_append_only()'), 'pg_proc')"
    return (
        {table.__tablename__ for table in _guarded()} <= set(forced)
        and _wanted(prefix) == {(name, policy) for name, policy in policies}
        and _say(connection, f"select {made}").scalar() == _print(prefix)
    )


@cache
def _wanted(prefix: str) -> frozenset[tuple[str, str]]:
    """Return this program's policies by table and name; written once, not at every probe."""
    policies = _policies(prefix, lookups.Opened())
    return frozenset((name, policy) for name, policy, _ in policies)


def _guarded() -> list[Any]:
    return sorted(predicates.tables(), key=lambda table: str(table.__tablename__))


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


def _policies(prefix: str, opened: lookups.Opened) -> Iterator[tuple[str, str, str]]:
    """Yield the table, the name and the rest of each policy."""
    see = having.rls_lookups()
    for table in _guarded():
        name = table.__tablename__
        yield name, "system", f'for all to "{prefix}_system" using (true) with check (true)'
        for policy, command, using, check in (
            *_member_policies(table, see),
            *_link_policies(table, see, opened),
        ):
            used = f" using ({using})" if using else ""
            checked = f" with check ({check})" if check else ""
            yield name, policy, f'for {command} to "{prefix}_app"{used}{checked}'


def _member_policies(table: Any, see: having.Lookups) -> Iterator[tuple[str, ...]]:
    """Yield the policies of members and tokens: what both stand on knows which of them asks."""
    rule = predicates.MEMBER[predicates.kind_of(table)]
    if table in predicates.read_by_tokens():
        yield "token_read", "select", lookups.sql(predicates.of_token(table)(table, see)), ""
    # Who is looked up is nobody in another scope; a directory looks nobody up.
    seen = _MEMBER if rule is predicates.everybody else lookups.sql(rule(table, see))
    yield "member_read", "select", seen, ""
    if issubclass(table, predicates.NOT_WRITTEN_BY_MEMBERS):
        return
    if table in predicates.CHANGED_BY_MEMBERS:
        own = f"{_MEMBER} and ({lookups.sql(predicates.CHANGED_BY_MEMBERS[table](table, see))})"
        yield "member_change", "update", own, own
        return
    mine = lookups.sql(table.organisation_id == see.me) if table is Journey else seen
    yield "member_add", "insert", "", mine
    yield "member_change", "update", seen, seen
    yield "member_delete", "delete", seen, ""


def _link_policies(
    table: Any, see: having.Lookups, opened: lookups.Opened
) -> Iterator[tuple[str, ...]]:
    grant = predicates.RESPONDENT.get(table)
    if grant is None:
        return
    # PostgreSQL looks at policies from the last name to the first: at a member's own before these.
    rows = f"{_RESPONDENT} and ({opened.sql(grant.read(table, see))})"
    yield "link_read", "select", rows, ""
    if grant.write:
        yield "link_change", "update", rows, rows
    if grant.add:
        yield "link_add", "insert", "", rows
        yield "link_remove", "delete", rows, ""


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
