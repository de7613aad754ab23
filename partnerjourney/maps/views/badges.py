"""What stands on the edge of a card: what waits, what nobody decided yet, open complaints."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from partnerjourney.maps.queries import CardRow, JourneyMap
from partnerjourney.maps.views.mailed import mailed


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on the top edge of a card."""

    icon: str
    text: str
    kind: str = "warn"


def badges(
    found: JourneyMap, drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]]
) -> dict[str, Badge]:
    """What stands on the edge of a card: what waits, else what nobody decided yet."""
    whose = Badge("user", gettext("who is this?"))
    clash = Badge("equal-not", gettext("value clashes"))
    waits = Badge("git-pull-request-arrow", gettext("proposal"))
    marks, doubted = _by_mail(found, drawn)
    marks |= {str(card.id): whose for card in found.cards if found.undecided(card)}
    marks |= {str(card.id): clash for card in found.cards if card.clashes}
    marks |= doubted
    urgent = Badge("triangle-alert", gettext("emergency"), "bad")
    marks |= {str(card.id): waits for card in found.cards if card.proposals}
    marks |= {
        str(drawn[edge.id][0].id): waits
        for edge in found.edges
        if edge.id in drawn and edge.waiting
    }
    return marks | {
        str(drawn[edge.id][0].id): urgent
        for edge in found.edges
        if edge.id in drawn and edge.emergencies
    }


def _by_mail(
    found: JourneyMap, drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]]
) -> tuple[dict[str, Badge], dict[str, Badge]]:
    """What a contact said by mail: cards that it confirmed, and where something waits for us."""
    good = Badge("check", gettext("right, by mail"), "good")
    doubt = {
        "wrong": Badge("x", gettext("not right, by mail")),
        "question": Badge("circle-question-mark", gettext("question, by mail")),
    }
    confirmed: dict[str, Badge] = {}
    doubted: dict[str, Badge] = {}
    for thing_id, rows in mailed(found).items():
        at = drawn[thing_id][0].id if thing_id in drawn else thing_id
        for one in rows:
            if one.open:
                doubted[str(at)] = doubt[one.outcome]
            elif one.outcome == "right" and one.stands and at == thing_id:
                confirmed[str(at)] = good
    return confirmed, doubted


def reported(
    found: JourneyMap, drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]]
) -> dict[str, str]:
    """Card → how many complaints stand open where it hands over."""
    counted = Counter(
        str(drawn[one.handover_id][0].id)
        for one in found.complaints
        if one.last and one.handover_id in drawn
    )
    return {
        card: ngettext("complaint open", "%(num)s complaints open", number)
        for card, number in counted.items()
    }
