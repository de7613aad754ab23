"""Answering a version from the mail: yes to exactly its text, or no and why; nobody signs in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from partnerjourney.answering.services import Opened, Shown, Typed, register
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.core.texts import N_
from partnerjourney.journeys import services as journeys
from partnerjourney.versions import queries, services
from partnerjourney.versions.rules import Answer, Change, Means, State, difference, whole
from partnerjourney.versions.views.common import ChangesOf, grouped, near_day
from partnerjourney.versions.words import Teller

KIND = "version"
MOST = 4
"""Differences that the page of a mail shows at once; the rest unfolds."""


class VersionByMail:
    """A version that somebody of an asked party answers from a mail."""

    def show(self, session: Any, opened: Opened, *, at: datetime) -> Shown:
        """Show what the version changes, and what stands if it was decided meanwhile."""
        place = journeys.find(session, opened.actor, opened.journey_id)
        version = services.find(session, place, opened.thing_id)
        own = services.mine(session, place, version)
        waiting = [one for one in own if one.state is Answer.WAITING]
        snapshot = queries.snapshot(session, place.id, version.id)
        changes: tuple[Change, ...] = ()
        groups: list[ChangesOf] = []
        rest: list[ChangesOf] = []
        if version.basis_id is not None:
            basis = queries.snapshot(session, place.id, version.basis_id)
            changes = difference(basis, snapshot)
            teller = Teller(basis, snapshot)
            groups, rest = (
                grouped(teller, some, whole=True) for some in (changes[:MOST], changes[MOST:])
            )
        else:
            rest = grouped(Teller(snapshot, snapshot), whole(snapshot), whole=True)
        return Shown(
            "versions/answer.html",
            {
                "place": place,
                "version": version,
                "groups": groups,
                "rest": rest,
                "cards": len(snapshot["cards"]),
                "handovers": len(snapshot["handovers"]),
                "number": len(changes),
                "more": max(0, len(changes) - MOST),
                "asked": bool(waiting) and version.state is State.ALIGNMENT,
                "due": near_day(waiting[0].due_at, place.journey.time_zone) if waiting else "",
                "receipts": services.receipts(session, place, version),
                "refused": any(one.state is Answer.REFUSED for one in own),
                "done": False,
            },
        )

    def answer(self, session: Any, opened: Opened, typed: Typed, *, at: datetime) -> Shown:
        """Agree to exactly what was shown, or refuse it with a reason."""
        place = journeys.find(session, opened.actor, opened.journey_id)
        held = services.find(session, place, opened.thing_id, lock=True)
        here = (session, opened.actor, place, held)
        if typed.get("answer") == "agree":
            if opened.shown != held.sha256:
                raise StaleVersionError
            services.agree(*here, sha256=opened.shown, means=Means.MAIL, at=at)
        elif typed.get("answer") == "refuse":
            reason = typed.get("reason", "")[:500]
            services.refuse(*here, reason=reason, means=Means.MAIL, at=at)
        else:
            raise InputError({"answer": [N_("Choose one of the two.")]})
        session.flush()
        shown = self.show(session, opened, at=at)
        return Shown(shown.template, {**shown.context, "done": True})


register(KIND, VersionByMail())
