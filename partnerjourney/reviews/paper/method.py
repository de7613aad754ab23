"""How the figures were made, what the reader sees of the journey, and the notices."""

from __future__ import annotations

from collections.abc import Sequence

from partnerjourney.measurement.rules import (
    DIFFERENCE_THAT_MATTERS,
    FEW_ANSWERS,
    VERDICT_NEEDS,
)
from partnerjourney.reviews.paper import words
from partnerjourney.reviews.paper.sheets import Section
from partnerjourney.reviews.rules import Facts, Scale
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def method(facts: Facts, sha256: str) -> tuple[Section, ...]:
    """Return the sections of the last page."""
    return (
        Section(_("Score and margin"), _score(facts)),
        Section(_("One look, one verdict"), _verdict()),
        Section(_("Late or not"), _late()),
        Section(_("Who was asked"), _asked()),
        Section(_("What %(name)s sees", name=facts.seen_by), _seen(facts)),
        Section(_("Fixed"), _fixed(facts, sha256)),
    )


def _score(facts: Facts) -> tuple[str, ...]:
    metrics = {point.metric for point in facts.points}
    texts = []
    if Scale.NPS in metrics or not metrics:
        texts += [
            _(
                "The score of a recommendation is the share of answers 9–10 minus the share of "
                "answers 0–6, times 100. Answers 7–8 count in the number of answers only."
            ),
            _(
                "Its margin is a 95% interval, by the rule AW(3,T) of Rocks (2016) from 8 answers "
                "on, below that by the score interval of Tango (1998)."
            ),
        ]
    if metrics - {Scale.NPS}:
        texts.append(
            _(
                "Satisfaction and effort are shown as the mean on their own scale, with a 95% "
                "interval from 5 answers on; they are never turned into a recommendation score."
            )
        )
    texts.append(
        _(
            "The margin is chance alone, not who answered. Under %(few)s answers, map and first "
            "page show the answers themselves.",
            few=FEW_ANSWERS,
        )
    )
    return tuple(str(text) for text in texts)


def _verdict() -> tuple[str, ...]:
    return (
        _(
            "A verdict is given once, when a measuring period closes: the period beside the "
            "baseline, 5% two-sided. It is stored and repeated, never computed again. Looking "
            "at every answer and judging each time would call chance a change."
        ),
        _(
            "Below %(needed)s answers in either period there is no verdict. Without a "
            "verdict a higher or lower score may be chance; the difference that the parties "
            "want to see is %(points)s points unless they agreed otherwise.",
            needed=VERDICT_NEEDS,
            points=round(100 * DIFFERENCE_THAT_MATTERS),
        ),
    )


def _late() -> tuple[str, ...]:
    return (
        _(
            "An answer stands with what happened at the last hand-over before the question. "
            "Late means after the promise that came with the case, else after the time limit. "
            "Unknown means: no completion was reported, or there was neither promise nor limit."
        ),
        _(
            "‘The score where it was late’ does not say that lateness is the cause, and "
            "nothing is divided among the parties of a stretch."
        ),
    )


def _asked() -> tuple[str, ...]:
    return (
        _(
            "Asked counts invitations that were sent, delivered those that did not bounce, "
            "response is answers per delivered invitation. Up to four that were not sent or not "
            "delivered are not taken off, and all three are told when a measuring period closes: "
            "so nobody can be told apart. Where answers came from a file, nobody here knows whom "
            "that sender asked."
        ),
        _("Quotes stand here because the customer let this organisation read them."),
    )


def _seen(facts: Facts) -> tuple[str, ...]:
    shared = [edge.number for edge in facts.handovers if edge.shared]
    if len(shared) == len(facts.handovers):
        told = _("All hand-overs of this journey, with their limits and cases.")
    elif shared:
        told = _(
            "Name, limit and cases of the hand-overs %(numbers)s; of the others only from whom "
            "to whom they go.",
            numbers=_ranges(shared),
        )
    else:
        told = _("Of every hand-over only from whom to whom it goes.")
    count = len(facts.points)
    asked = ngettext(
        "%(number)s measuring point: the one whose stretch it is on.",
        "%(number)s measuring points: those whose stretch it is on.",
        count,
        number=numbers.count(count),
    )
    alike = _(
        "Who shares a hand-over or measuring point reads the same figures there, by the same rule. "
        "Answers of one person stand nowhere in this report, except in a quote."
    )
    return str(told), str(asked) if count else _("No measuring points."), str(alike)


def _fixed(facts: Facts, sha256: str) -> tuple[str, ...]:
    by = facts.fixed_by or facts.seen_by
    return (
        _(
            "Fixed on %(day)s by %(name)s for %(organisation)s. What changed afterwards is not "
            "in this report.",
            day=words.day(facts.fixed_on),
            name=by,
            organisation=facts.seen_by,
        ),
        _("Fingerprint of the facts (SHA-256): %(digits)s", digits=words.grouped(sha256)),
    )


def _ranges(found: Sequence[int]) -> str:
    """Numbers in a sentence: 1, 2, 3 and 7 → ‘1–3 and 7’."""
    runs: list[list[int]] = []
    for number in found:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return numbers.listed([numbers.group(run[0], run[-1]) for run in runs])
