"""Which acts a history tells, and what each is about. What is not here is not told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class About(StrEnum):
    """What the id of an act names."""

    JOURNEY = "journey"
    PARTY = "party"
    PHASE = "phase"
    CARD = "card"
    HANDOVER = "handover"
    EITHER = "either"  # a card or a hand-over: what a proposal or a conversation is about
    POINT = "point"
    COMPLAINT = "complaint"
    VERSION = "version"
    NOTHING = "nothing"  # what it is about has no page, or is said by the sentence itself


TOLD: Mapping[str, About] = {
    "journey.create": About.JOURNEY,
    "journey.change": About.JOURNEY,
    "journey.kind": About.JOURNEY,
    "checklist.add": About.NOTHING,
    "checklist.tick": About.NOTHING,
    "checklist.retire": About.NOTHING,
    "reason.write": About.NOTHING,
    "phase.add": About.PHASE,
    "phase.rename": About.PHASE,
    "phase.move": About.PHASE,
    "phase.order": About.NOTHING,
    "phase.use": About.PHASE,
    "phase.retire": About.PHASE,
    "phase.restore": About.PHASE,
    "party.add": About.PARTY,
    "party.join": About.PARTY,
    "party.confirm": About.PARTY,
    "party.interim": About.PARTY,
    "party.leave": About.PARTY,
    "party.leave.announce": About.NOTHING,
    "party.leave.withdraw": About.NOTHING,
    "party.suspend": About.NOTHING,
    "party.resume": About.NOTHING,
    "customer-role.add": About.NOTHING,
    "customer-role.change": About.NOTHING,
    "customer-role.retire": About.NOTHING,
    "card.add": About.CARD,
    "card.change": About.CARD,
    "card.move": About.CARD,
    "card.retire": About.CARD,
    "card.restore": About.CARD,
    "handover.add": About.HANDOVER,
    "handover.redraw": About.HANDOVER,
    "handover.retire": About.HANDOVER,
    "handover.restore": About.HANDOVER,
    "handover.change": About.HANDOVER,
    "handover.mandate": About.HANDOVER,
    "handover.agreed": About.HANDOVER,
    "handover.objected": About.HANDOVER,
    "handover.emergency": About.HANDOVER,
    "handover.fall_back": About.HANDOVER,
    "proposal.make": About.EITHER,
    "proposal.agree": About.EITHER,
    "proposal.reject": About.EITHER,
    "proposal.withdraw": About.EITHER,
    "proposal.counter": About.EITHER,
    "proposal.lapse": About.EITHER,
    "proposal.stale": About.EITHER,
    "proposal.silence": About.EITHER,
    "mandate.give": About.NOTHING,
    "mandate.revoke": About.NOTHING,
    "mandate.use": About.NOTHING,
    "silence.on": About.NOTHING,
    "silence.off": About.NOTHING,
    "point.add": About.POINT,
    "point.retire": About.POINT,
    "wave.open": About.NOTHING,
    "wave.close_by_hand": About.NOTHING,
    "explanation.set": About.NOTHING,
    "explanation.take_back": About.NOTHING,
    "complaint.report": About.COMPLAINT,
    "complaint.pick_up": About.COMPLAINT,
    "complaint.not_here": About.COMPLAINT,
    "complaint.solve": About.COMPLAINT,
    "complaint.not_solved": About.COMPLAINT,
    "complaint.tell": About.COMPLAINT,
    "complaint.voice": About.COMPLAINT,
    "complaint.link": About.COMPLAINT,
    "complaint.close": About.COMPLAINT,
    "announcement.make": About.NOTHING,
    "announcement.change": About.NOTHING,
    "announcement.withdraw": About.NOTHING,
    "party.answer": About.EITHER,
    "version.draft": About.VERSION,
    "version.put": About.VERSION,
    "version.agree": About.VERSION,
    "version.refuse": About.VERSION,
    "version.agreed": About.VERSION,
    "version.use": About.VERSION,
    "version.reword": About.VERSION,
    "version.take_back": About.VERSION,
    "version.archive": About.VERSION,
    "version.restore": About.VERSION,
    "comment.begin": About.EITHER,
    "comment.resolve": About.EITHER,
    "comment.reopen": About.EITHER,
}
"""Verb of an audit row → what its id names."""
