"""Cases and the references by which organisations know them. Sealed: all of this is the product's.

Call under the System scope (`border.verb`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.staging import Staged, among
from partnerjourney.events.models import Case, CaseReference

Reference = tuple[str, str]
"""The kind of a reference and its value."""


class CaseConflictError(ValueError):
    """References of one row belong to different cases."""


class Cases:
    """Finds the cases of many rows in one statement, and makes what is missing in two."""

    def __init__(self, system: Session, journey_id: uuid.UUID) -> None:
        self._system, self._journey_id = system, journey_id
        self._ids = ids.neighbours()
        self._known: dict[Reference, uuid.UUID] = {}
        self._new_cases: list[uuid.UUID] = []
        self._new_references: list[tuple[Reference, uuid.UUID]] = []

    def look_up(self, references: Iterable[Reference]) -> None:
        """Read which of these references are known."""
        wanted = set(references)
        if not wanted:
            return
        table = CaseReference
        rows = self._system.execute(
            select(table.kind, table.value, table.case_id).where(
                table.journey_id == self._journey_id,
                table.kind.in_({kind for kind, _ in wanted}),
                among(self._system, table.value, {value for _, value in wanted}),
            )
        )
        self._known.update({(row.kind, row.value): row.case_id for row in rows})

    def of(self, references: Sequence[Reference]) -> uuid.UUID:
        """Return the case of a row's references, a new one where none is known.

        Look the references up first. Raises CaseConflictError.
        """
        known = self._known
        case_id: uuid.UUID | None = None
        for reference in references:
            found = known.get(reference)
            if case_id is not None and found is not None and found != case_id:
                raise CaseConflictError("its references belong to different cases")
            case_id = found or case_id
        if case_id is None:
            case_id = next(self._ids)
            self._new_cases.append(case_id)
        for reference in references:
            if reference not in known:
                known[reference] = case_id
                self._new_references.append((reference, case_id))
        return case_id

    def is_new(self) -> frozenset[uuid.UUID]:
        """Return the cases that nobody else can have written about yet."""
        return frozenset(self._new_cases)

    def stage(self, *, at: datetime) -> list[Staged]:
        """Return what `of` made, to insert. A concurrent writer of a reference makes that fail."""
        journey = {"journey_id": self._journey_id}
        cases = [(case,) for case in self._new_cases]
        references = [(*reference, case) for reference, case in self._new_references]
        return [
            Staged(self._system, Case, ("id",), cases, same={**journey, "created_at": at}),
            Staged(
                self._system,
                CaseReference,
                ("kind", "value", "case_id"),
                references,
                same=journey,
            ),
        ]


def lock_cases(system: Session, journey_id: uuid.UUID, case_ids: Iterable[uuid.UUID]) -> None:
    """Let no other transaction derive the state of these cases until this one ends.

    Whoever writes an event or an answer of a case locks it before reading its state; otherwise
    the answer could keep a state that the event has just changed. Always in the order of the ids.
    """
    wanted = set(case_ids)
    if wanted and system.get_bind().dialect.name != "sqlite":
        query = select(Case.id).where(Case.journey_id == journey_id, among(system, Case.id, wanted))
        system.execute(query.order_by(Case.id).with_for_update()).all()
