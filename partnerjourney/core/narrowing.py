"""Narrowing: SQL of a member or a respondent reaches a table only through its predicate.

A statement that carries `Narrowed` is compiled with `(SELECT * FROM t WHERE …) AS t` for every
table `t`, wherever it stands: join, subquery, CTE, union or column expression. Text cannot be
narrowed and is refused. The option is part of the statement's cache key and holds the value that
tells scopes apart, so one compiled statement serves all organisations, each with its own value.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnElement,
    Dialect,
    Table,
    Uuid,
    bindparam,
    false,
    select,
)
from sqlalchemy.orm.interfaces import CompileStateOption
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal

from partnerjourney.core import having, predicates
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.scopes import Member, Respondent, Token

PASSED = object()
STAMP: Final[Mapping[str, Any]] = {"pj_border": PASSED}
"""Execution options of a statement of the product itself."""

_Statement = TypeVar("_Statement", bound=Any)


class BorderError(RuntimeError):
    """A statement that the border cannot narrow, or a row written where it may not be."""


_KEYS: WeakKeyDictionary[Any, dict[str, tuple[Any, Any]]] = WeakKeyDictionary()
"""Statement → kind of scope → the cache key of the narrowed statement, and the names in it."""


def ordered(journeys: Iterable[uuid.UUID]) -> tuple[uuid.UUID, ...]:
    """Return a token's journeys in the one order in which both layers write them."""
    return tuple(sorted(journeys))


class Narrowed(CompileStateOption):
    """Says in whose name a statement is compiled; one per session."""

    __slots__ = ("kind", "me", "within")
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own interface
        ("kind", InternalTraversal.dp_string),
        ("me", InternalTraversal.dp_clauseelement),
        ("within", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, scope: Member | Token | Respondent) -> None:
        self.within: Any = None
        if isinstance(scope, Member | Token):
            self.kind = "member" if isinstance(scope, Member) else "token"
            self.me = bindparam("pj_me", scope.organisation_id, type_=Uuid(), unique=True)
            if isinstance(scope, Token):
                journeys = ordered(scope.journeys)
                self.within = bindparam("pj_within", journeys, type_=having.Within(), unique=True)
        else:
            self.kind = "respondent"
            self.me = bindparam("pj_me", scope.token_hash, unique=True)

    def process_compile_state(self, compile_state: Any) -> None:
        """Leave the ORM's own work alone: tables are narrowed when they are written out."""

    def process_compile_state_replaced_entities(
        self, compile_state: Any, mapper_entities: Any
    ) -> None:
        """Leave the ORM's own work alone."""

    def onto(self, statement: _Statement) -> _Statement:
        """Return the statement with this option, once.

        The cache key of a statement that is asked again and again is made once for each kind of
        scope; only the name's own value is another each time.
        """
        if self in statement._with_options:  # noqa: SLF001 - no public way to read options
            return statement
        narrowed: _Statement = statement.options(self)
        known = _KEYS.setdefault(statement, {})
        if self.kind not in known:
            known[self.kind] = (narrowed._generate_cache_key(), self.names)  # noqa: SLF001
        elif known[self.kind][0] is not None:
            key, names = known[self.kind]
            mine = dict(zip(map(id, names), self.names, strict=True))
            own = [mine.get(id(bound), bound) for bound in key.bindparams]
            named = key._replace(bindparams=own)
            narrowed.__dict__["_generate_cache_key"] = lambda: named  # as SQLAlchemy remembers it
            narrowed._memoized_keys |= {"_generate_cache_key"}  # noqa: SLF001
        return narrowed

    @property
    def names(self) -> list[Any]:
        """What is bound in this name: of whom, and for a token within what."""
        return [self.me] if self.within is None else [self.me, self.within]

    def predicate(
        self, table: Table, *, guarded: bool, led: bool = False
    ) -> ColumnElement[bool] | None:
        """Return which rows of a table are read in this name, or None for all of them.

        `guarded` says that this is PostgreSQL, which has functions to look up what a scope has;
        `led` that the statement finds the rows by their journey, and nothing better is needed.
        """
        mapped = _mapped(table)
        if self.kind != "respondent":
            rule = predicates.MEMBER[predicates.kind_of(mapped)]
            if self.kind == "token":
                rule = predicates.of_token(mapped)
            see = (
                having.function_lookups(self.me, self.within, finding=not led)
                if guarded
                else having.orm_lookups(self.me, self.within)
            )
        else:
            grant = predicates.RESPONDENT.get(mapped)
            if grant is None:
                return false()
            rule = grant.read
            see = having.rls_lookups() if guarded else _respondent_lookups(self.me)
        if rule is predicates.everybody:
            return None
        return rule(mapped.__table__.c, see)

    def served_by(self, context: Any) -> bool:
        """Say whether what goes to the database was narrowed in this very name."""
        compiled = context.compiled
        narrowed: Narrowed | None = getattr(compiled, "narrowed", None)
        if narrowed is None or narrowed.kind != self.kind:
            return False
        return all(
            row[name] == bound.value
            for bound, names in zip(self.names, compiled.names_of_me, strict=True)
            for name in names
            for row in context.compiled_parameters
        )


def _respondent_lookups(token_hash: Any) -> having.Lookups:
    link = Link.__table__.alias()
    mine = select(link.c.thing_id).where(
        link.c.token_hash == token_hash, link.c.purpose == Purpose.SURVEY
    )
    return having.Lookups(None, None, None, None, None, mine.scalar_subquery())


def _mapped(table: Table) -> Any:
    for mapped in predicates.tables():
        if mapped.__tablename__ == table.name:
            return mapped
    raise BorderError(f"nobody said whose rows stand in {table.name}")


def _of_one_journey(stack: Sequence[Mapping[str, Any]], source: Any) -> bool:
    """Say whether the select that is being written names one journey of this table or alias.

    It only chooses between two ways to say the same.
    """
    select = stack[-1].get("selectable") if stack else None
    return any(
        isinstance(part, BinaryExpression)
        and part.operator is operators.eq
        and isinstance(part.right, BindParameter)
        and getattr(part.left, "key", None) == "journey_id"
        and part.left.table is source
        for clause in getattr(select, "_where_criteria", ())
        for part in visitors.iterate(clause)
    )


class Trusted(ColumnElement[bool]):
    """A predicate of the border itself, whose own lookups are not narrowed once more."""

    __visit_name__ = "trusted"
    inherit_cache = True
    _traverse_internals = [("clause", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, clause: ColumnElement[bool]) -> None:
        self.clause = clause


_Compiler: Any = SQLCompiler  # whose methods say nothing of their types


class _NarrowingCompiler(_Compiler):  # type: ignore[misc]
    """Writes tables out through their predicates when the statement says in whose name."""

    narrowed: Narrowed | None = None
    _trusting = False

    def __init__(self, dialect: Dialect, statement: Any, *args: Any, **kwargs: Any) -> None:
        for option in getattr(statement, "_with_options", ()):
            if isinstance(option, Narrowed):
                self.narrowed = option
        super().__init__(dialect, statement, *args, **kwargs)

    @cached_property
    def names_of_me(self) -> list[list[str]]:
        """The parameters of the written statement that must hold the values of the name."""
        return [
            [
                name
                for bind, name in self.bind_names.items()
                if any(one.key == bound.key for one in bind._cloned_set)  # noqa: SLF001
            ]
            for bound in (self.narrowed.names if self.narrowed else ())
        ]

    @property
    def _narrowing(self) -> bool:
        return self.narrowed is not None and not self._trusting

    def visit_table(self, table: Any, *args: Any, **kwargs: Any) -> str:
        written = str(super().visit_table(table, *args, **kwargs))
        read = kwargs.get("asfrom") and not kwargs.get("iscrud")
        if not read or self.narrowed is None or self._trusting:
            return written
        alias = kwargs.get("enclosing_alias")
        predicate = self.narrowed.predicate(
            table,
            guarded=self.dialect.name == "postgresql",
            led=_of_one_journey(self.stack, table if alias is None else alias),
        )
        if predicate is None:
            return written
        name = self.preparer.format_table(table)
        where = self.visit_trusted(Trusted(predicate))
        narrowed = f"(SELECT * FROM {name} WHERE {where})"  # noqa: S608 - both written here
        if alias is not None and alias.element is table:
            return narrowed
        return f"{narrowed} AS {name}"

    def visit_trusted(self, element: Trusted, **_kwargs: Any) -> str:
        before, self._trusting = self._trusting, True
        try:
            return str(self.process(element.clause))
        finally:
            self._trusting = before

    def visit_column(self, column: Any, *args: Any, **kwargs: Any) -> str:
        if column.is_literal and "(" in column.name and self._narrowing:
            raise BorderError("literal SQL cannot be narrowed: use the ORM")
        return str(super().visit_column(column, *args, **kwargs))

    def visit_textclause(self, *args: Any, **kwargs: Any) -> str:
        self._refuse("text")
        return str(super().visit_textclause(*args, **kwargs))

    def visit_textual_select(self, *args: Any, **kwargs: Any) -> str:
        self._refuse("text")
        return str(super().visit_textual_select(*args, **kwargs))

    def visit_tstring(self, *args: Any, **kwargs: Any) -> str:
        self._refuse("text")
        return str(super().visit_tstring(*args, **kwargs))

    def visit_insert(self, *args: Any, **kwargs: Any) -> str:
        self._refuse_within()
        return str(super().visit_insert(*args, **kwargs))

    def visit_update(self, *args: Any, **kwargs: Any) -> str:
        self._refuse_within()
        return str(super().visit_update(*args, **kwargs))

    def visit_delete(self, *args: Any, **kwargs: Any) -> str:
        self._refuse_within()
        return str(super().visit_delete(*args, **kwargs))

    def _refuse(self, what: str) -> None:
        if self._narrowing:
            raise BorderError(f"{what} cannot be narrowed: use the ORM")

    def _refuse_within(self) -> None:
        if self.stack:
            self._refuse("a write within another statement")


def narrowing(compiler: type[SQLCompiler]) -> type[SQLCompiler]:
    """Return a dialect's compiler that narrows."""
    if issubclass(compiler, _NarrowingCompiler):
        return compiler
    return type(f"Narrowing{compiler.__name__}", (_NarrowingCompiler, compiler), {})
