"""What happened in the story and what its customers answered: made up, the same every time.

The counts are chosen, the order is shuffled with a fixed seed; the rows then go the way of any
file of a partner: through the import, with a mapping.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LATE, KEPT, UNKNOWN = "late", "kept", "unknown"


@dataclass(frozen=True)
class Counts:
    """How many answered each score, for one thing that happened to their case."""

    state: str
    scores: tuple[int, ...]

    @property
    def n(self) -> int:
        """How many answered."""
        return sum(self.scores)


@dataclass(frozen=True)
class Season:
    """One period of asking at one point: days since the story began, answers, and all cases."""

    point: str
    handover: str
    wave: str
    first_day: int
    days: int
    answers: tuple[Counts, ...]
    cases: int
    late: int


# scores:            0  1  2  3  4  5  6   7   8   9  10
DELIVERY_BEFORE = (
    Counts(LATE, (2, 1, 1, 1, 2, 3, 3, 3, 1, 1, 0)),
    Counts(KEPT, (0, 0, 0, 1, 1, 2, 4, 8, 12, 24, 26)),
    Counts(UNKNOWN, (0, 0, 1, 0, 1, 1, 2, 4, 4, 5, 6)),
)
DELIVERY_NOW = (
    Counts(LATE, (2, 1, 1, 2, 1, 3, 2, 3, 2, 2, 2)),
    Counts(KEPT, (1, 0, 1, 1, 0, 2, 3, 9, 21, 35, 31)),
    Counts(UNKNOWN, (1, 1, 1, 0, 1, 1, 2, 2, 2, 7, 7)),
)
INSTALLATION_BEFORE = (
    Counts(LATE, (2, 1, 2, 1, 2, 3, 3, 3, 2, 1, 1)),
    Counts(KEPT, (0, 1, 0, 1, 2, 5, 6, 9, 9, 16, 18)),
)
INSTALLATION_NOW = (
    Counts(LATE, (0, 1, 0, 0, 1, 0, 1, 2, 2, 2, 1)),
    Counts(KEPT, (0, 0, 0, 1, 0, 1, 2, 9, 14, 32, 27)),
)
HELP = (
    Counts(LATE, (0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0)),
    Counts(KEPT, (0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2)),
)
SATISFACTION = (
    Counts(LATE, (0, 3, 2, 2, 2, 1)),
    Counts(KEPT, (0, 0, 1, 4, 15, 17)),
)

DUTCH = (
    Season("levering", "levering", "nulmeting", 3, 40, DELIVERY_BEFORE, 318, 40),
    Season("levering", "levering", "najaar", 52, 58, DELIVERY_NOW, 412, 31),
    Season("installatie", "installatie", "nulmeting", 3, 40, INSTALLATION_BEFORE, 140, 30),
    Season("installatie", "installatie", "najaar", 52, 58, INSTALLATION_NOW, 168, 17),
    Season("hulp", "hulpvraag", "nulmeting", 96, 16, HELP, 61, 14),
)
ENGLISH = (Season("delivery", "delivery", "baseline", 60, 50, SATISFACTION, 71, 14),)

COMMENTS = {
    ("levering", 10): "Keurig op tijd, en de koerier keek mee of alles klopte.",
    ("levering", 9): "Tijdvak van twee uur was fijn.",
    ("levering", 3): "Besteld: zwart. Gekregen: blauw. En niemand wist ervan.",
    ("levering", 1): "Het tijdvak kwam toen ik al twee uur wachtte.",
    ("installatie", 10): "De monteur belde een dag eerder. Daardoor stond iedereen klaar.",
    ("delivery", 5): "On the desk, on the day. Lovely.",
}

EXPLANATION = (
    "In de eerste weken van deze meetperiode stond onze sorteerband drie ochtenden stil; sindsdien "
    "rijdt er elke ochtend een reservebus mee."
)
"""What the courier says beside the delivery's number."""

MAPPING = """
[source]
name = "story"
time_format = "%Y-%m-%d %H:%M"
time_zone = "Europe/Amsterdam"
case = "order"
id = ["order"]
[[event]]
handover = "{handover}"
kind = "completed"
time = "done"
promise = "promised"
promise_is = "end_of_day"
{member}
"""

ANSWERS = """
[source]
name = "story"
time_format = "%Y-%m-%d %H:%M"
time_zone = "Europe/Amsterdam"
case = "order"
id = ["order"]
[answer]
point = "{point}"
metric = "{metric}"
score = "score"
comment = "comment"
time = "answered"
wave = "{wave}"
{member}
"""


ASKED = (
    ("Lotte van Dam", "vandam", "13021"),
    ("Joris Kok", "kokadvies", "13024"),
    ("Sanne Prins", "prinsbouw", "13027"),
    ("Tom Visser", "visserenzoon", "13030"),
    ("Eva Mulder", "muldertekst", "13033"),
    ("Ruben Post", "postkantoor", "13036"),
    ("Iris Blom", "blomtuinen", "13039"),
    ("Daan Smits", "smitsnotaris", "13042"),
    ("Nina Veen", "veenfysio", "13045"),
    ("Bram Hoek", "hoekdrukwerk", "13048"),
    ("Fleur Zand", "zandarchitect", "13051"),
    ("Koen Berg", "bergfietsen", "13054"),
)
"""Customers who are asked about help: name, company, order. Their mails go out when it is told."""


def contacts(yesterday: date) -> str:
    """Return those customers as the list that a coordinator pastes."""
    lines = (
        f"{name.split()[0].lower()}@{company}.example;{name};{order};{yesterday}"
        for name, company, order in ASKED
    )
    return "\n".join(("email;naam;kenmerk;datum", *lines))


@dataclass(frozen=True)
class Row:
    """One case of the story."""

    order: str
    promised: datetime
    done: datetime | None
    member: str
    answered: datetime | None
    score: int | None
    comment: str


def rows(season: Season, begin: datetime, *, first_order: int, members: Sequence[str]) -> list[Row]:
    """Return the cases of a season in the order of their days."""
    dice = random.Random(f"{season.point} {season.wave}")  # noqa: S311 - a story, not a secret
    outcomes: list[tuple[str, int | None]] = [
        (counts.state, score)
        for counts in season.answers
        for score, n in enumerate(counts.scores)
        for _ in range(n)
    ]
    answered_late = sum(counts.n for counts in season.answers if counts.state == LATE)
    silent_late = max(0, season.late - answered_late)
    silent = season.cases - len(outcomes) - silent_late
    outcomes += [(LATE, None)] * silent_late + [(KEPT, None)] * silent
    dice.shuffle(outcomes)
    said: set[tuple[str, int]] = set()
    found = []
    for number, (state, score) in enumerate(outcomes):
        day = season.first_day + number * season.days // len(outcomes)
        promised = begin + timedelta(days=day)
        done = promised.replace(hour=9 + dice.randrange(8), minute=dice.randrange(60))
        if state == LATE:
            done += timedelta(days=1 + (dice.random() < 0.3))
        remark = COMMENTS.get((season.point, score if score is not None else -1), "")
        if score is None or (season.point, score) in said:
            remark = ""
        elif remark:
            said.add((season.point, score))
        found.append(
            Row(
                order=str(first_order + number),
                promised=promised,
                done=None if state == UNKNOWN else done,
                member=members[number % len(members)] if members else "",
                answered=None if score is None else done + timedelta(hours=20),
                score=score,
                comment=remark,
            )
        )
    return found


def _file(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> io.BytesIO:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(lines)
    return io.BytesIO(text.getvalue().encode("utf-8"))


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def events_file(cases: Sequence[Row]) -> io.BytesIO:
    """Return what the partner's system says of these cases."""
    heads = ("order", "done", "promised", "member")
    return _file(heads, ((r.order, _moment(r.done), _moment(r.promised), r.member) for r in cases))


def answers_file(cases: Sequence[Row]) -> io.BytesIO:
    """Return what the customers of these cases answered."""
    heads = ("order", "score", "comment", "answered", "member")
    return _file(
        heads,
        (
            (r.order, str(r.score), r.comment, _moment(r.answered), r.member)
            for r in cases
            if r.score is not None
        ),
    )
