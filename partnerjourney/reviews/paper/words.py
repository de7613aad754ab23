"""What the report says in words: days, scores, verdicts, limits, in the report's language."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date

from partnerjourney.handovers.rules import DurationError, parse_time_limit
from partnerjourney.reviews.rules import Facts, PartyFact, PointFact, Score, Word
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def day(value: date) -> str:
    """A day in full: 31 March 2026."""
    return str(format_date(value, "d MMMM y"))


def period(facts: Facts) -> str:
    """The days that the report is about; those of its points where nobody chose any."""
    if facts.free:
        return numbers.period(facts.days_from, facts.days_to)
    found = {(p.now.period_from, p.now.period_to) for p in facts.points if p.now.n}
    if len(found) == 1:
        return numbers.period(*found.pop())
    return _("Latest measuring period of each point") if found else ""


def figure(view: Score | None) -> str:
    """The score; empty without answers."""
    if view is None or view.value is None:
        return ""
    return numbers.figure(view.metric.value, view.value)


def margin(view: Score | None) -> str:
    """The margin; empty without one."""
    return "" if view is None else numbers.margin(view.metric.value, view.low, view.high)


def with_margin(view: Score) -> str:
    """‘margin +25 to +49’; empty without one."""
    spread = margin(view)
    return _("margin %(limits)s", limits=spread) if spread else ""


def was(point: PointFact) -> str:
    """What the baseline said: its score never without its answers and margin."""
    view = point.baseline
    if view is None or not view.n:
        return ""
    days = numbers.period(view.period_from, view.period_to)
    if view.few:
        told = numbers.few((g.low, g.high, g.count) for g in view.groups)
        return _("At the baseline (%(days)s) %(answers)s.", days=days, answers=told)
    return _(
        "At the baseline (%(days)s) %(score)s: %(answers)s, %(margin)s.",
        days=days,
        score=figure(view),
        answers=numbers.answers(view.n),
        margin=with_margin(view),
    )


def late_cases(point: PointFact) -> str:
    """All cases and how many were late: ‘212 cases, 14 late’."""
    late = point.cases.get("late", 0)
    whole = {"none": sum(point.cases.values()) - late, "late": late}
    return numbers.cases(whole)


def verdict(point: PointFact, facts: Facts) -> tuple[str, str]:
    """The stored verdict, or why there is none, and its kind: good, bad, plain or quiet."""
    given = point.verdict
    if not point.now.n or given is None:
        return _no_verdict(point, facts), "quiet"
    if given.word is Word.NO_DIFFERENCE:
        return _("No difference demonstrated"), "plain"
    word = numbers.verdict(given.word.value)
    kinds = {Word.BETTER: "good", Word.WORSE: "bad"}
    return word[:1].upper() + word[1:], kinds.get(given.word, "quiet")


def _no_verdict(point: PointFact, facts: Facts) -> str:
    if not point.now.n:
        return _("No answers yet")
    if facts.free or not point.in_wave:
        return _("Is given per measuring period")
    if point.is_baseline:
        return _("This is the baseline")
    if point.open and point.closes_on is not None:
        return _("Follows on %(day)s", day=numbers.day(point.closes_on))
    if point.open:
        return _("Follows at the close")
    word = numbers.verdict("")
    return word[:1].upper() + word[1:]


def time_limit(text: str) -> str:
    """A time limit: PT48H → 48 hours, P2D → 2 working days."""
    if not text:
        return ""
    try:
        limit = parse_time_limit(text)
    except DurationError:
        return text
    hours, minutes = divmod(limit.minutes, 60)
    parts = []
    if limit.working_days:
        parts.append(ngettext("%(num)s working day", "%(num)s working days", limit.working_days))
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if minutes:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    return numbers.listed([str(part) for part in parts])


def role(party: PartyFact) -> str:
    """What a lane is, below its name; `members` 0 where the reader may not know how many."""
    if party.kind == "group":
        group = (
            ngettext("group of %(num)s", "group of %(num)s", party.members)
            if party.members
            else _("group of parties")
        )
        return f"{party.subtitle} · {group}" if party.subtitle else str(group)
    if party.orchestrator and not party.subtitle:
        return _("has the lead")
    return party.subtitle


def grouped(hexadecimal: str, *, groups: int = 0) -> str:
    """A fingerprint in groups of four signs, the first few or all."""
    parts = [hexadecimal[i : i + 4] for i in range(0, len(hexadecimal), 4)]
    return " ".join(parts[:groups] if groups else parts)
