"""Answering for a party from the mail, without an account: one card or hand-over, line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from partnerjourney.answering.services import Opened, Shown, Typed, register
from partnerjourney.confirming import services, words
from partnerjourney.confirming.rules import lines
from partnerjourney.confirming.schemas import read_answers
from partnerjourney.confirming.services.answering import KIND, Asked
from partnerjourney.web import numbers


class PartyByMail:
    """One question to a contact of a party that nobody confirmed."""

    def show(self, session: Any, opened: Opened, *, at: datetime) -> Shown:
        """Show what stands there now, one card or hand-over and nothing beside it."""
        return _shown(services.find_asked(session, opened.thing_id))

    def answer(self, session: Any, opened: Opened, typed: Typed, *, at: datetime) -> Shown:
        """Record what was answered, thank, and offer the next question."""
        asked = services.find_asked(session, opened.thing_id, lock=True)
        if typed.get("answer") == "stop":
            services.stop(session, asked, at=at)
            return Shown("confirming/stopped.html", {"asked": asked})
        answers = read_answers(typed, lines(asked.thing.said))
        outcome = services.answer(
            session, asked, stands=typed.get("stands", ""), answers=answers, at=at
        )
        path, left = services.next_path(session, asked, at=at)
        joining = services.offer(session, asked, at=at)
        return Shown(
            "confirming/thanks.html",
            {
                "asked": asked,
                "title": words.title(asked.thing.said),
                "chip": words.chip(outcome),
                "told": words.told(asked.row.said, asked.row.answers),
                "next": path,
                "left": left,
                "invited": joining.email if joining is not None else "",
                "readers": _readers(asked),
            },
        )


def _shown(asked: Asked) -> Shown:
    return Shown(
        "confirming/answer.html",
        {
            "asked": asked,
            "title": words.title(asked.thing.said),
            "told": words.told(asked.thing.said, {}),
            "readers": _readers(asked),
        },
    )


def _readers(asked: Asked) -> str:
    """Who reads the answer: the brand, and of a hand-over the company at its other side."""
    other = asked.thing.other
    names = [asked.brand.name]
    if other is not None and other.represented and not other.orchestrator:
        names.append(other.name)
    return numbers.listed(names)


register(KIND, PartyByMail())
