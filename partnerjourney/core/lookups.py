"""PostgreSQL's functions on which predicates stand: whose journeys and circles, which survey link.

They run as the system role with a fixed search path, since a policy on `participation` that reads
`participation` would recurse. A member's functions know only the organisation in whose name the
transaction works, whatever they are asked. They return arrays: a condition `= any (…)` is planned
and tested in little time. Many circles come as rows instead, which PostgreSQL hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, literal_column
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors

from partnerjourney.core import direct, predicates

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_NAMED = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_MANY = 24  # circles; about where a hash is faster than looking along an array

_NAMES = (
    "pj_(journeys|orchestrated|near|circles|few_circles|many_circles|opened|opened_[0-9]+|asked)"
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
    circles = predicates.circles_of(me).distinct()
    all_of_them = "return found;"
    few = f"if cardinality(found) <= {_MANY} then return found; end if;"
    many = f"if cardinality(found) > {_MANY} then return query select unnest(found); end if;"
    for name, kind, query, answer in (
        ("pj_journeys", "uuid[]", predicates.journeys_of(me), all_of_them),
        ("pj_orchestrated", "uuid[]", predicates.orchestrated_by(me), all_of_them),
        ("pj_near", "uuid[]", predicates.near(me), all_of_them),
        ("pj_few_circles", "uuid[]", circles, few),
        ("pj_many_circles", "setof uuid", circles, many),
    ):
        yield _of_member(f"{name}(me uuid) returns {kind}", query, answer)
    found = ", ".join(f"coalesce(o.{name}::text, '-')" for name in predicates.OPENED)
    query = _named(predicates.opened_by_link, "token")
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


def _of_member(head: str, query: Any, answer: str) -> str:
    """Make a function that finds nothing in the name of another."""
    found = f"found := array({_named(query, 'me')}); {answer}"
    rows, nothing = (" rows 20", "return") if "setof" in head else ("", "return null")
    return _function(
        f"{head}{rows}",
        f"declare found uuid[]; begin if me = {predicates.MEMBER_SETTING} then {found} end if;"
        f" {nothing}; end",
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
