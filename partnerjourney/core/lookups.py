"""PostgreSQL's functions on which predicates stand: whose journeys and circles, which survey link.

They run as the system role with a fixed search path, since a policy on `participation` that reads
`participation` would recurse. A member's functions know only the organisation in whose name the
transaction works, whatever they are asked, and in a token's transaction its journeys alone. They
return arrays: a condition `= any (…)` is planned and tested in little time. Many circles come as
rows instead, which PostgreSQL hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ARRAY, ScalarSelect, any_, bindparam, literal_column
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from partnerjourney.core import direct, having

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_NAMED = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_MANY = 24  # circles; about where a hash is faster than looking along an array

_NAMES = (
    "pj_(journeys|orchestrated|near|circles|few_circles|many_circles|opened|opened_[0-9]+|asked"
    "|key)"
)
_DROP = (  # those of another version may have other arguments or results
    "do $$ declare f regprocedure; begin for f in select oid from pg_proc"  # noqa: S608
    f" where pronamespace = 'public'::regnamespace and proname ~ '^{_NAMES}$'"
    " loop execute format('drop function %s', f); end loop; end $$"
)


def sql(expression: Any) -> str:
    """Return an expression as PostgreSQL's SQL, values and all."""
    return str(expression.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def functions(opened: Opened) -> Iterator[str]:
    """Yield the statements that make the lookups, for the system role to say."""
    yield _DROP
    me = bindparam("me", type_=UuidType())
    all_of_them = "return found;"
    few = f"if cardinality(found) <= {_MANY} then return found; end if;"
    many = f"if cardinality(found) > {_MANY} then return query select unnest(found); end if;"
    lookups: tuple[tuple[str, str, Any, str], ...] = (
        ("pj_journeys", "uuid[]", having.journeys_of, all_of_them),
        ("pj_orchestrated", "uuid[]", having.orchestrated_by, all_of_them),
        ("pj_near", "uuid[]", having.near, all_of_them),
        ("pj_few_circles", "uuid[]", having.circles_of, few),
        ("pj_many_circles", "setof uuid", having.circles_of, many),
    )
    for name, kind, query, answer in lookups:
        own, of_token = (_named(_distinct(query(me, only)), "me") for only in (None, _within))
        yield _of_member(f"{name}(me uuid) returns {kind}", own, of_token, answer)
        yield _of_token(f"{name}(me uuid, within uuid[]) returns {kind}", name)
    found = ", ".join(f"coalesce(o.{name}::text, '-')" for name in having.OPENED)
    query = _named(having.opened_by_link, "token")
    yield _function(
        "pj_opened(token text) returns text",
        f"begin return (select concat_ws(' ', {found}) from ({query}) o); end",  # noqa: S608
    )
    yield from opened.functions()
    yield from map(_answering, direct.QUESTIONS)


def _answering(question: direct.Question) -> str:
    """Make the function of a question, whose joins stand in the order in which rows are found."""
    told = ", ".join(f"column_{n} text" for n in range(len(question.columns)))
    query = _named(question.as_text(), "token")
    return _function(
        f"{question.name}(token text) returns table ({told}) rows 5",
        f"begin return query {query}; end",
        "datestyle = iso",  # its answers are text
        "join_collapse_limit = 1",
        "plan_cache_mode = force_generic_plan",
    )


def _function(head: str, body: str, *settings: str) -> str:
    """Make a function whose plan PostgreSQL keeps for the connection.

    It is not for parallel workers, in which all would be cold.
    """
    said = "".join(f" set {one}" for one in ("search_path = public, pg_temp", *settings))
    return f"create function {head} language plpgsql stable security definer{said} as $$ {body} $$"


def _within(journey: Any) -> Any:
    """Say whether a journey is one of the transaction's token."""
    return journey == any_(literal_column(having.WITHIN_SETTING, ARRAY(UuidType())))


def _distinct(query: Any) -> Any:
    return query.distinct() if hasattr(query, "distinct") else query  # a union is so already


def _of_member(head: str, of_member: str, of_token: str, answer: str) -> str:
    """Make a function that finds nothing in the name of another."""
    rows, nothing = (" rows 20", "return") if "setof" in head else ("", "return null")
    return _function(
        f"{head}{rows}",
        "declare found uuid[]; begin"
        f" if me = {having.MEMBER_SETTING} then found := array({of_member}); {answer}"
        f" elsif me = {having.TOKEN_SETTING} then found := array({of_token}); {answer} end if;"
        f" {nothing}; end",
    )


def _of_token(head: str, name: str) -> str:
    """Make what a narrowed statement of a token asks: it binds the journeys too."""
    rows = " rows 20" if "setof" in head else ""
    found = f"return query select {name}(me)" if rows else f"return {name}(me)"
    nothing = "return" if rows else "return null"
    return _function(
        f"{head}{rows}",
        f"begin if me = {having.TOKEN_SETTING} and within = {having.WITHIN_SETTING}"
        f" then {found}; end if; {nothing}; end",
    )


def _named(query: Any, argument: str) -> str:
    """Return a query as SQL of a function that has this argument."""
    compiled = query.compile(dialect=_NAMED)
    written = str(compiled)
    for name, value in compiled.params.items():
        said = argument if name.startswith(argument) else f"'{value}'"
        written = written.replace(f":{name}", said)
    return written.replace("::UUID", "")


class Opened:
    """The subqueries of a survey link's predicates, made into functions.

    In the policy itself each would be planned with every member's statement, policies of its own
    tables and all.
    """

    def __init__(self) -> None:
        self._names: dict[tuple[str, tuple[str, ...]], str] = {}

    def sql(self, predicate: Any) -> str:
        """Return a predicate as SQL in which each subquery is a call."""
        return sql(visitors.replacement_traverse(predicate, {}, self._call))

    def functions(self) -> Iterator[str]:
        """Yield the statements that make the functions that were called."""
        for (query, types), name in self._names.items():
            kind = f"setof {types[0]}"
            if len(types) > 1:
                named = ", ".join(f"part_{n} {one}" for n, one in enumerate(types))
                kind = f"table ({named})"
            yield _function(f"{name} returns {kind} rows 5", f"begin return query {query}; end")

    def _call(self, element: Any, **_: Any) -> Any:
        if not isinstance(element, ScalarSelect):
            return None
        types = tuple(column.type.compile(_DIALECT) for column in element.element.selected_columns)
        key = sql(element.element), types
        name = self._names.setdefault(key, f"pj_opened_{len(self._names)}()")
        return literal_column(f"(select * from {name})")  # noqa: S608 - the name stands above
