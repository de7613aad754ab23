"""Answering a proposal from the mail: yes, or no and why; nobody signs in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from partnerjourney.answering.services import Opened, Shown, Typed, register
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.texts import N_
from partnerjourney.journeys import services as journeys
from partnerjourney.proposals import queries, services
from partnerjourney.proposals.rules import Means
from partnerjourney.proposals.views.common import said

KIND = "proposal"


class ProposalByMail:
    """A proposal that somebody of an asked party answers from a mail."""

    def show(self, session: Any, opened: Opened, *, at: datetime) -> Shown:
        """Show what would change, and what stands if it was decided meanwhile."""
        place = journeys.find(session, opened.actor, opened.journey_id)
        rows = queries.listed(session, [place.id], proposal_id=opened.thing_id)
        if not rows:
            raise NotFoundError
        return Shown(
            "proposals/answer.html",
            {"one": said(place, rows[0], linked=False), "place": place, "done": False},
        )

    def answer(self, session: Any, opened: Opened, typed: Typed, *, at: datetime) -> Shown:
        """Agree to exactly what was shown, or refuse it with a reason."""
        place = journeys.find(session, opened.actor, opened.journey_id)
        held = services.find(session, place, opened.thing_id, lock=True)
        here = (session, opened.actor, place, held)
        if typed.get("answer") == "agree":
            services.accept(*here, at=at, means=Means.MAIL)
        elif typed.get("answer") == "refuse":
            services.reject(*here, reason=typed.get("reason", "")[:300], at=at)
        else:
            raise InputError({"answer": [N_("Choose one of the two.")]})
        session.flush()
        shown = self.show(session, opened, at=at)
        return Shown(shown.template, {**shown.context, "done": True})


register(KIND, ProposalByMail())
