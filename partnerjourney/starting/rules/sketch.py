"""What a file says of a journey, whatever its format; and what was found on the way."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from partnerjourney.maps.rules.document import unseen

MOST_FINDINGS = 1000
"""So many findings are listed one by one; the rest is counted."""


class Note(StrEnum):
    """What can be said of something in a file; what each means in words stands in words.py."""

    # What did not come in, or not as it stood.
    UNKNOWN_ELEMENT = "unknown_element"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    NO_PLACE = "no_place"
    RECEIVER_TEXT = "receiver_text"
    DANGLING = "dangling"
    BY_NAME = "by_name"
    ACTOR_TWICE = "actor_twice"
    POINT_TWICE = "point_twice"
    OTHER_JOURNEY = "other_journey"
    SCORE = "score"
    THIRD_ACTOR = "third_actor"
    COMMENT = "comment"
    CUT = "cut"
    HIDDEN = "hidden"
    TOO_MANY_CARDS = "too_many_cards"
    TOO_MANY_PHASES = "too_many_phases"
    TOO_MANY_PARTIES = "too_many_parties"
    MORE = "more"
    # How it was read.
    ACTUAL = "actual"
    VERSION = "version"
    NO_PHASE = "no_phase"
    DANGLING_PHASE = "dangling_phase"
    NO_NAME = "no_name"
    NOBODY = "nobody"
    NO_CUSTOMER = "no_customer"
    CUSTOMER = "customer"
    LANE_OF_YOUR_OWN = "lane_of_your_own"
    STEPS = "steps"
    COLON = "colon"
    HANDOVERS = "handovers"


_FIRST_READING = list(Note).index(Note.ACTUAL)
READINGS = frozenset(list(Note)[_FIRST_READING:])
"""The notes that say how something was read; all others say what did not come in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say: on which line (0: the whole file), at which path, about what."""

    note: Note
    line: int = 0
    path: str = ""
    about: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> bool:
        """Whether something of the file did not come in."""
        return self.note not in READINGS


@dataclass
class Report:
    """Everything found in a file, in its order; beyond `MOST_FINDINGS` only counted."""

    findings: list[Finding] = field(default_factory=list)
    more: int = 0

    def add(self, note: Note, line: int = 0, path: str = "", **about: str | int) -> None:
        """Note something."""
        if len(self.findings) < MOST_FINDINGS:
            told = {name: shortened(str(value)) for name, value in about.items()}
            self.findings.append(Finding(note, line, path, told))
        else:
            self.more += 1

    def all(self) -> list[Finding]:
        """Return what was found, with the number of what is not listed."""
        rest = [Finding(Note.MORE, about={"count": str(self.more)})] if self.more else []
        return [*self.findings, *rest]

    @property
    def left(self) -> list[Finding]:
        """What of the file did not come in."""
        return [finding for finding in self.all() if finding.left]

    @property
    def read(self) -> list[Finding]:
        """How what came in was read."""
        return [finding for finding in self.all() if not finding.left]


class UnreadableError(ValueError):
    """The file as a whole cannot be read; `why` is one of `Unreadable`, `at` the line."""

    def __init__(self, why: Unreadable, at: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.at = at


class Unreadable(StrEnum):
    """Why nothing of a file can be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_TEXT = "no_text"
    NOT_XML = "not_xml"
    DECLARES = "declares"
    TOO_DEEP = "too_deep"
    NOT_CJML = "not_cjml"
    NOT_MERMAID = "not_mermaid"
    NO_JOURNEY = "no_journey"
    NOTHING_IN_IT = "nothing_in_it"
    WHICH_FORMAT = "which_format"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes part; `customer` is None where the format does not say."""

    key: str
    name: str
    customer: bool | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase."""

    key: str
    name: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A contact or a piece of work; `kind` is None where the format does not say which.

    `initiator` and `receiver` are keys of actors, `stage` the key of a phase, each maybe empty.
    """

    key: str
    name: str
    stage: str
    kind: str | None = None
    initiator: str = ""
    receiver: str = ""
    channel: str = ""
    line: int = 0
    path: str = ""


@dataclass
class Sketch:
    """All that a file says of one journey that a journey here can hold."""

    format: str
    key: str = ""
    title: str = ""
    actors: list[Actor] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)


def shortened(text: str, most: int = 120) -> str:
    """Return a text as a report quotes it."""
    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def visible(text: str) -> str:
    """Return a text without the characters that hide or reorder others."""
    return "".join(c for c in text if not unseen(c))


def clean(report: Report, text: str, most: int, line: int = 0, path: str = "") -> str:
    """Return a name as it is kept, on one line and at most so long; what falls off is noted."""
    shown = visible(text)
    if shown != text and shown.strip():
        report.add(Note.HIDDEN, line, path, name=shown)
    name = unicodedata.normalize("NFC", " ".join(shown.split()))
    if len(name) <= most:
        return name
    kept = name[:most].rstrip()
    report.add(Note.CUT, line, path, name=kept, rest=name[len(kept) :].strip(), most=most)
    return kept
