"""Acts in words: what somebody did, to what, and what stood there before and afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partnerjourney.comments.words import named
from partnerjourney.core.parties import monogram
from partnerjourney.handovers import words as handover_words
from partnerjourney.handovers.words import Line
from partnerjourney.history.queries import Act, Names
from partnerjourney.history.rules import TOLD, About
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import words as card_words
from partnerjourney.web import moments
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.words import channel_word


@dataclass(frozen=True, slots=True)
class Told:
    """One act as a line: who, what, to what, when, and the fields that changed.

    `thing` is a name and what it is: its kind and id lead to its page, where it has one. `lines`
    have no values where only that something changed is told.
    """

    id: uuid.UUID
    who: str
    person: str
    monogram: str
    what: str
    thing: str
    kind: About
    thing_id: uuid.UUID | None
    lines: tuple[Line, ...]
    proposal: uuid.UUID | None
    when: str
    exact: str
    iso: str


def told(act: Act, names: Names, place: Place) -> Told:
    """Say one act, by its time of the day: the page says the day once."""
    zone = place.journey.time_zone
    kind, thing = _thing(act, names, place)
    who = act.organisation or _nobody(act)
    return Told(
        act.id,
        who,
        _system(act) or act.person,
        monogram(who) if act.organisation else "",
        _what(act),
        thing,
        kind,
        act.thing_id,
        lines(act, names),
        act.proposal,
        moments.clock(act.at, zone),
        moments.exact(act.at, zone),
        act.at.isoformat(),
    )


def _nobody(act: Act) -> str:
    """Say who acted where no organisation did."""
    return _("The operator") if act.means.startswith("operator") else _("By itself")


def _what(act: Act) -> str:
    """Say what was done; what happens by itself has sentences of its own."""
    alone = {} if act.organisation_id else _by_itself()
    return {**verbs(), **alone}[act.verb]


def _system(act: Act) -> str:
    """Say that a system of the organisation acted, where one did."""
    return _("by an access key") if act.means.startswith("key ") else ""


def _thing(act: Act, names: Names, place: Place) -> tuple[About, str]:
    """Return what an act is about, and its name; what cannot be read has neither."""
    about, thing_id = TOLD[act.verb], act.thing_id
    if thing_id is None or about is About.NOTHING:
        return About.NOTHING, ""
    if about in (About.CARD, About.HANDOVER, About.EITHER):
        thing = names.things.get(thing_id)
        if thing is None:
            return About.NOTHING, place.journey.name if about is About.EITHER else ""
        kind = About.CARD if thing.about.card_id else About.HANDOVER
        return About.NOTHING if thing.gone else kind, named(thing)
    if about is About.JOURNEY:
        return about, place.journey.name
    found = {
        About.PARTY: names.parties,
        About.PHASE: names.phases,
        About.POINT: names.points,
        About.COMPLAINT: names.complaints,
        About.VERSION: {
            key: _("Version %(number)s", number=number) for key, number in names.versions.items()
        },
    }[about]
    name = found.get(thing_id, "")
    return about if name else About.NOTHING, name


def lines(act: Act, names: Names) -> tuple[Line, ...]:
    """Say each field that changed; one of which only that is told has neither before nor after."""
    handover = act.verb.startswith("handover.") or (
        act.verb.startswith("proposal.") and _is_handover(act, names)
    )
    found = []
    for name, values in act.changed.items():
        label = _handover_field(name) if handover else _field(name)
        if not label:
            continue
        before, after = values["before"], values["after"]
        if handover:
            said = handover_words.said(name, before), handover_words.said(name, after)
        else:
            said = _value(name, before, names), _value(name, after, names)
        found.append(Line(label, *said))
    return tuple(found)


def _is_handover(act: Act, names: Names) -> bool:
    thing = names.things.get(act.thing_id) if act.thing_id else None
    return thing is None or thing.about.handover_id is not None


def _handover_field(name: str) -> str:
    try:
        return handover_words.term(name)
    except KeyError:
        return ""


def _field(name: str) -> str:
    return _("Reason") if name == "reason" else card_words.field_word(name)


def _value(name: str, value: Any, names: Names) -> tuple[str, ...]:
    if name == "moment_of_truth":
        return (_("yes") if value else _("no"),)
    if value in (None, ""):
        return ()
    if name == "channel":
        return (channel_word(value),)
    if name.endswith("_id"):
        return _named(value, names.phases if name == "phase_id" else names.parties)
    if name == "control":
        return (card_words.control_word(str(value)),)
    return (str(value),)


def _named(value: Any, names: Mapping[uuid.UUID, str]) -> tuple[str, ...]:
    name = names.get(uuid.UUID(str(value)), "")
    return (name,) if name else ()


def verbs() -> Mapping[str, str]:
    """Return verb → what somebody did, to stand behind a name."""
    return {**_drawing(), **_agreeing(), **_versions(), **_taking_part(), **_measuring()}


def _drawing() -> dict[str, str]:
    return {
        "journey.create": _("made this journey"),
        "journey.change": _("changed what all see of this journey"),
        "journey.kind": _("said how much of the customer’s life this journey covers"),
        "checklist.add": _("added a do or don’t"),
        "checklist.tick": _("ticked or unticked a do or don’t"),
        "checklist.retire": _("took a do or don’t off the list"),
        "reason.write": _("wrote down why a rule of the silo check does not apply"),
        "phase.add": _("added a phase"),
        "phase.rename": _("gave a phase another name"),
        "phase.move": _("moved a phase"),
        "phase.order": _("put the phases in another order"),
        "phase.use": _("said where the customer uses what it bought"),
        "phase.retire": _("took a phase off the map"),
        "phase.restore": _("put a phase back on the map"),
        "customer-role.add": _("added a customer role"),
        "customer-role.change": _("changed a customer role"),
        "customer-role.retire": _("took a customer role out"),
        "card.add": _("added a touchpoint or step"),
        "card.change": _("changed a touchpoint or step"),
        "card.move": _("moved a touchpoint or step"),
        "card.retire": _("took a touchpoint or step off the map"),
        "card.restore": _("put a touchpoint or step back on the map"),
        "handover.add": _("added a hand-over"),
        "handover.redraw": _("drew a hand-over otherwise"),
        "handover.retire": _("took a hand-over off the map"),
        "handover.restore": _("put a hand-over back on the map"),
    }


def _agreeing() -> dict[str, str]:
    return {
        "handover.change": _("changed what is its own at a hand-over"),
        "handover.mandate": _("changed a hand-over under a mandate"),
        "handover.agreed": _("made a change hold that both sides agreed"),
        "handover.objected": _("took back what silence had agreed"),
        "handover.emergency": _("made an emergency change"),
        "handover.fall_back": _("let an emergency change fall back"),
        "proposal.make": _("proposed a change"),
        "proposal.agree": _("agreed to a proposal"),
        "proposal.reject": _("did not agree to a proposal"),
        "proposal.withdraw": _("took a proposal back"),
        "proposal.counter": _("answered a proposal with another one"),
        "proposal.lapse": _("left a proposal without an answer"),
        "proposal.stale": _("made a proposal out of date"),
        "proposal.silence": _("agreed to a proposal by silence"),
        "mandate.give": _("gave a mandate"),
        "mandate.revoke": _("took a mandate back"),
        "mandate.use": _("used a mandate"),
        "silence.on": _("let silence count as consent"),
        "silence.off": _("no longer lets silence count as consent"),
        "comment.begin": _("began a conversation"),
        "comment.resolve": _("marked a conversation as dealt with"),
        "comment.reopen": _("opened a conversation again"),
    }


def _versions() -> dict[str, str]:
    return {
        "version.draft": _("kept a version"),
        "version.put": _("put a version forward"),
        "version.agree": _("agreed to a version"),
        "version.refuse": _("did not agree to a version"),
        "version.agreed": _("closed the agreement on a version"),
        "version.use": _("took a version into use"),
        "version.reword": _("said in other words what a version changes"),
        "version.take_back": _("took a version back"),
        "version.archive": _("put a version away"),
        "version.restore": _("brought an earlier version back"),
    }


def _by_itself() -> dict[str, str]:
    return {
        "party.answer": _("an answer came by mail"),
        "version.agreed": _("a version was agreed by all who were asked"),
        "proposal.lapse": _("a proposal lapsed without an answer"),
        "proposal.silence": _("a proposal was agreed by silence"),
        "proposal.stale": _("a proposal became out of date"),
        "handover.agreed": _("a change holds that both sides agreed"),
        "handover.fall_back": _("an emergency change fell back"),
    }


def _taking_part() -> dict[str, str]:
    return {
        "announcement.make": _("announced something"),
        "announcement.change": _("changed an announcement"),
        "announcement.withdraw": _("withdrew an announcement"),
        "party.answer": _("answered by mail"),
        "party.add": _("added a party"),
        "party.join": _("joined"),
        "party.confirm": _("confirmed what stood there"),
        "party.interim": _("said who looks after a party for now"),
        "party.leave": _("left"),
        "party.leave.announce": _("announced that a party leaves"),
        "party.leave.withdraw": _("took back that a party leaves"),
        "party.suspend": _("suspended a party"),
        "party.resume": _("let a party take part again"),
    }


def _measuring() -> dict[str, str]:
    return {
        "point.add": _("added a measuring point"),
        "point.retire": _("took a measuring point off"),
        "wave.open": _("opened a measuring period"),
        "wave.close_by_hand": _("closed a measuring period"),
        "explanation.set": _("explained a number"),
        "explanation.take_back": _("took an explanation back"),
        "complaint.report": _("reported a complaint"),
        "complaint.pick_up": _("picked a complaint up"),
        "complaint.not_here": _("passed a complaint on"),
        "complaint.solve": _("solved a complaint"),
        "complaint.not_solved": _("heard that a complaint is not solved"),
        "complaint.tell": _("told the customer something"),
        "complaint.voice": _("said who speaks to the customer"),
        "complaint.link": _("linked a complaint to its case"),
        "complaint.close": _("closed a complaint"),
    }
