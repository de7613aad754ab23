"""The sentences around the table: the finding, the lead, what a verdict is."""

from __future__ import annotations

from partnerjourney.measurement.queries import Headline, Overview, headline
from partnerjourney.measurement.rules import Metric
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def finding(seen: Overview) -> str:
    """The sentence at the head of the page."""
    said = headline(seen)
    return numbers.finding(
        said.kind.value, number=said.answers, better=said.better, worse=said.worse
    )


def lead(seen: Overview) -> str:
    """The sentence under the finding: how many points, what is not decided, what to do next."""
    said = headline(seen)
    if said.kind is Headline.NO_POINTS:
        return _("You see a measuring point when your organisation stands on its stretch.")
    if said.kind is Headline.NO_ANSWERS:
        return _("Open a measuring period and send the question: the first answers show here.")
    if said.kind is Headline.BASELINE:
        return _("Later measuring periods are compared with it, once, when they close.")
    if said.kind is Headline.RUNNING:
        return _("A verdict is given once, when a measuring period closes.")
    changed = len(said.better) + len(said.worse)
    text = ngettext(
        "%(changed)s of %(points)s measuring point demonstrably different",
        "%(changed)s of %(points)s measuring points demonstrably different",
        said.points,
        points=numbers.count(said.points),
        changed=numbers.count(changed) if changed else _("None"),
    )
    if said.undecided:
        few = numbers.listed([name[:1].lower() + name[1:] for name in said.undecided])
        return _("%(sentence)s; of %(names)s it is too early to say.", sentence=text, names=few)
    return f"{text}."


def has_nps(seen: Overview) -> bool:
    """Whether a score is shown whose name is a trademark."""
    return any(row.point.metric is Metric.NPS for row in seen.rows)


def judged(seen: Overview) -> str:
    """The head of the column of verdicts: with the day if they were given on one."""
    days = {row.verdict.given_on for row in seen.rows if row.verdict}
    if len(days) == 1:
        return _("Verdict %(day)s", day=numbers.day(days.pop(), year=False))
    return _("Verdict")


def note(seen: Overview) -> str:
    """What stands under the table: that verdicts are given once, and what chance would do."""
    said = headline(seen)
    if not any(row.verdict for row in seen.rows):
        return ""
    text = _("A verdict is given once, when its measuring period closes, and not recomputed.")
    if any(row.verdict and row.verdict.facts.get("reworded") for row in seen.rows):
        text += " " + _(
            "Where the question was worded otherwise at the baseline, the series broke."
        )
    if said.compared < 2:
        return text
    chance = ngettext(
        "Of %(number)s comparison chance alone colours %(share)s on average.",
        "Of %(number)s comparisons chance alone colours %(share)s on average.",
        said.compared,
        number=numbers.count(said.compared),
        share=numbers.decimal(said.by_chance, places=2 if said.by_chance < 0.15 else 1),
    )
    return f"{text} {chance}"
