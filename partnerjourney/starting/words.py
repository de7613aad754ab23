"""What pages and the command line say of findings, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from partnerjourney.core.texts import N_, Said
from partnerjourney.starting.rules.rows import RowFault
from partnerjourney.starting.rules.sketch import Finding, Note, Unreadable, UnreadableError
from partnerjourney.starting.rules.writing import Lack, Lacks
from partnerjourney.starting.services import LARGEST

NOTES: Mapping[Note, str] = {
    Note.UNKNOWN_ELEMENT: N_("‘%(name)s’ is not part of the format and was left out: %(text)s"),
    Note.UNKNOWN_ATTRIBUTE: N_(
        "The attribute ‘%(name)s’ is not part of the format and was left out: %(text)s"
    ),
    Note.NO_PLACE: N_("A journey has no place for ‘%(name)s’; left out: %(text)s"),
    Note.RECEIVER_TEXT: N_(
        "A touchpoint has one name; the text at the receiver was left out: %(text)s"
    ),
    Note.DANGLING: N_("There is no party ‘%(name)s’; that side of the contact was left out."),
    Note.ACTOR_TWICE: N_("‘%(name)s’ stands among the parties twice; the first one came in."),
    Note.POINT_TWICE: N_("The reference ‘%(name)s’ stands twice; the second got another one."),
    Note.OTHER_JOURNEY: N_("One journey comes in from a file; ‘%(name)s’ was left out."),
    Note.SCORE: N_(
        "Score %(score)s of ‘%(name)s’: a drawn score is nobody’s answer, so it does not come in."
    ),
    Note.THIRD_ACTOR: N_(
        "A touchpoint is between two at most; %(actor)s was left out of ‘%(name)s’."
    ),
    Note.COMMENT: N_("A comment or setting of the drawing was left out: %(text)s"),
    Note.CUT: N_("A name has at most %(most)s characters; left out of ‘%(name)s’: %(rest)s"),
    Note.HIDDEN: N_("Characters that cannot be seen were taken out of ‘%(name)s’."),
    Note.TOO_MANY_CARDS: N_(
        "At most %(most)s touchpoints and steps come in; the last %(count)s were left out, "
        "from this line on."
    ),
    Note.TOO_MANY_PHASES: N_(
        "At most %(most)s phases come in; %(count)s were left out, and what happens in them "
        "stands in the last."
    ),
    Note.TOO_MANY_PARTIES: N_(
        "At most %(most)s parties come in; %(count)s were left out, from this line on."
    ),
    Note.MORE: N_("And %(count)s more of the same kinds, which are not listed one by one."),
    Note.BY_NAME: N_(
        "‘%(name)s’ is the reference of no party; the party with that name, ‘%(key)s’, was taken "
        "in its place."
    ),
    Note.ACTUAL: N_(
        "The file says what one customer went through. It came in as the design of a journey."
    ),
    Note.VERSION: N_("The file says version %(version)s; it was read as version 2.0."),
    Note.NO_PHASE: N_("What has no phase stands in a phase called ‘%(name)s’."),
    Note.DANGLING_PHASE: N_("The phase ‘%(name)s’ is named at a touchpoint only; it was made."),
    Note.NO_NAME: N_("Something without a name is called ‘%(name)s’ now."),
    Note.NOBODY: N_("Nobody is named at ‘%(name)s’; it stands in the coordinator’s lane."),
    Note.NO_CUSTOMER: N_("The file names no customer; a lane ‘%(name)s’ was made."),
    Note.CUSTOMER: N_("‘%(name)s’ was taken for the customer, by its name."),
    Note.LANE_OF_YOUR_OWN: N_(
        "No party of the file is %(name)s, so a lane was made for it as coordinator."
    ),
    Note.STEPS: N_(
        "%(count)s tasks at which the customer is not named came in as steps behind the scenes."
    ),
    Note.COLON: N_("A name with a colon in it was read as ‘%(name)s’."),
    Note.HANDOVERS: N_(
        "%(count)s hand-overs were made, where the path changes party. Their terms are empty."
    ),
}

UNREADABLE: Mapping[Unreadable, str] = {
    Unreadable.EMPTY: N_("There is nothing in it. Choose a file, or paste its text."),
    Unreadable.TOO_LARGE: N_(
        "This is larger than %(most)s MB. No journey is; nothing of it was read."
    ),
    Unreadable.NO_TEXT: N_("This is no text that can be read. Save the file as UTF-8."),
    Unreadable.NOT_XML: N_("This is no sound XML: line %(line)s cannot be read."),
    Unreadable.DECLARES: N_(
        "The file declares a document type or entities. Such a file is refused; nothing was "
        "fetched. Take the DOCTYPE out and try again."
    ),
    Unreadable.TOO_DEEP: N_("Line %(line)s: nested deeper, or with more parts, than any journey."),
    Unreadable.NOT_CJML: N_("This XML is no CJML: its first element should be ‘CJML’."),
    Unreadable.NOT_MERMAID: N_("A Mermaid journey begins with a line ‘journey’."),
    Unreadable.NO_JOURNEY: N_("There is no journey in this CJML file."),
    Unreadable.NOTHING_IN_IT: N_("There is no phase, party or touchpoint in this file."),
    Unreadable.WHICH_FORMAT: N_(
        "This is neither CJML (XML) nor a Mermaid journey, which begins with a line ‘journey’."
    ),
}

LACKS: Mapping[Lacks, str] = {
    Lacks.TERMS: N_("the terms of %(count)s hand-overs"),
    Lacks.POINTS: N_("%(count)s measuring points"),
    Lacks.MARKS: N_(
        "how it should feel, moments of truth, whose it seems (at %(count)s touchpoints and steps)"
    ),
    Lacks.LANES: N_("the lane of %(count)s touchpoints that another party begins"),
    Lacks.KINDS: N_("the kind or subtitle of %(count)s parties"),
    Lacks.CHANNELS: N_("the channel of %(count)s touchpoints"),
    Lacks.STEPS: N_("that %(count)s are steps behind the scenes"),
    Lacks.PARTIES: N_("%(count)s parties with nothing on the map"),
    Lacks.SCORES: N_("scores: 3 stands at all %(count)s touchpoints and steps and means nothing"),
}


ROWS: Mapping[RowFault, str] = {
    RowFault.FEW: N_("fewer than three columns; they are parted by tabs, as a spreadsheet copies"),
    RowFault.NO_PHASE: N_("no phase, and no line above that has one"),
    RowFault.NO_PARTY: N_("no party"),
    RowFault.NO_NAME: N_("no touchpoint"),
    RowFault.LONG: N_("a name that is too long: 80 characters, a party 120, a channel 40"),
    RowFault.UNSEEN: N_("characters that cannot be seen"),
    RowFault.KIND: N_("a kind that is neither touchpoint nor step"),
    RowFault.STEP_CHANNEL: N_("a step with a channel: the customer does not notice a step"),
    RowFault.NOT_YOURS: N_("the lane of another party, which draws there itself"),
    RowFault.NEW_PARTY: N_("a new phase or party, which only the coordinator adds"),
    RowFault.TOO_MANY: N_("more than 300 touchpoints and steps at once"),
}
"""What is wrong with a pasted row → what to say."""

SECTORS: Mapping[str, tuple[str, str]] = {
    "telecom": (
        N_("Telecom delivery"),
        N_("Brand, warehouse, couriers, installer and service desk bring internet to an office."),
    ),
    "equipment": (
        N_("Equipment, dealer and service partner"),
        N_("Manufacturer, dealers, parts warehouse and service partner keep a machine running."),
    ),
    "insurance": (
        N_("Insurance claim and repair"),
        N_("Insurer, adviser, assessor, repair network and rental company settle a claim."),
    ),
    "software": (
        N_("Software and implementation partner"),
        N_("Vendor, implementation, hosting, training and support introduce new software."),
    ),
}
"""Sector → its name, and who does what in its journey."""


def said(finding: Finding) -> Said:
    """Return the sentence of a finding."""
    return Said(NOTES[finding.note], **finding.about)


def why(error: UnreadableError) -> Said:
    """Return why a file cannot be read."""
    template = UNREADABLE[error.why]
    given = {"most": LARGEST // 1024 // 1024, "line": error.at}
    return Said(template, **{name: value for name, value in given.items() if name in template})


def lack(found: Lack) -> Said:
    """Return what a format does not say."""
    return Said(LACKS[found.what], count=found.count)
