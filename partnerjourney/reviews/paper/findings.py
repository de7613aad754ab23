"""The sentences at the head of the pages: only what was judged once is called better or worse."""

from __future__ import annotations

from collections.abc import Sequence

from partnerjourney.events.rules import State
from partnerjourney.reviews.rules import Facts, PointFact, Word
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

SHOWN = 3
"""At most so many points stand on the one page."""


def finding(facts: Facts) -> str:
    """What changed, for the one page."""
    better, worse = _named(facts.points, Word.BETTER), _named(facts.points, Word.WORSE)
    answers = sum(point.now.n or 0 for point in facts.points)
    return numbers.finding(_kind(facts.points), number=answers, better=better, worse=worse)


def _kind(points: Sequence[PointFact]) -> str:
    """Name the sentence, in the words of `numbers.finding`."""
    words = {point.verdict.word for point in points if point.verdict}
    answered = [point for point in points if point.now.n]
    if not points:
        return "no_points"
    if not answered:
        return "no_answers"
    if words & {Word.BETTER, Word.WORSE}:
        return "found"
    if Word.NO_DIFFERENCE in words:
        return "no_difference"
    if words:
        return "undecided"
    return "baseline" if all(point.is_baseline for point in answered) else "running"


def _named(points: Sequence[PointFact], word: Word) -> list[str]:
    return [p.name for p in points if p.verdict is not None and p.verdict.word is word]


def chosen(points: Sequence[PointFact]) -> list[PointFact]:
    """The points of the one page in path order: those that changed first, then the fullest."""

    def weight(point: PointFact) -> tuple[bool, int]:
        word = point.verdict.word if point.verdict else None
        return word in (Word.BETTER, Word.WORSE), point.now.n or 0

    best = sorted(points, key=weight, reverse=True)[:SHOWN]
    return [point for point in points if point in best]


def map_finding(facts: Facts) -> str:
    """How many hand-overs there are, where the customer was asked, and what was found there."""
    edges, asked = len(facts.handovers), len(facts.points)
    text = ngettext(
        "%(number)s hand-over", "%(number)s hand-overs", edges, number=numbers.count(edges)
    )
    where = ngettext("asked at %(number)s point", "asked at %(number)s points", asked, number=asked)
    if not asked:
        return str(text)
    found = numbers.compared(_named(facts.points, Word.BETTER), _named(facts.points, Word.WORSE))
    text = _("%(handovers)s, %(points)s", handovers=text, points=where)
    if not found:
        return str(text)
    return _("%(counted)s: %(found)s", counted=text, found=found[:1].lower() + found[1:])


def figures_finding(facts: Facts) -> str:
    """How many answers the figures stand on."""
    answered = [point for point in facts.points if point.now.n]
    if not answered:
        return _("No answers in this period")
    where = ngettext(
        "%(number)s measuring point",
        "%(number)s measuring points",
        len(answered),
        number=numbers.count(len(answered)),
    )
    total = numbers.answers(sum(point.now.n or 0 for point in answered))
    return _("%(answers)s at %(points)s", answers=total, points=where)


def states_finding(facts: Facts) -> str:
    """Where lateness goes with a worse verdict, if that was found at the close; else the theme."""
    late = State.LATE.value
    names = [
        point.name[:1].lower() + point.name[1:]
        for point in facts.points
        if late in point.deviations and point.deviations[late].word is Word.WORSE
    ]
    if names:
        return _("Where it was late, customers judge %(names)s worse", names=numbers.listed(names))
    return _("The score where it was late, where it was not, and where nobody knows")
