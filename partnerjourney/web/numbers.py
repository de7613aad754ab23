"""Numbers in the reader's language: scores, margins, counts, periods, and sentences about them.

Takes plain values, so that every feature and the report say the same thing in the same words.
Needs an application context. Minus is a real minus; halves are rounded away from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import format_date, format_decimal

from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

MINUS = "\N{MINUS SIGN}"


def count(number: int) -> str:
    """A whole number with its thousands apart: 2,987 or 2.987."""
    return str(format_decimal(number)).replace("-", MINUS)


def points(value: float) -> str:
    """An NPS or a difference of two: whole, with its sign; what rounds to nothing is 0."""
    whole = int(_round(value, 0))
    return count(whole) if whole <= 0 else f"+{count(whole)}"


def decimal(value: float, *, places: int = 1) -> str:
    """A figure with so many decimals: 4.2 or 4,2."""
    text = format_decimal(_round(value, places), format=f"#,##0.{'0' * places}")
    return str(text).replace("-", MINUS)


def change(value: float, *, places: int = 1) -> str:
    """A difference of two means, with its sign."""
    plus = "+" if _round(value, places) > 0 else ""
    return plus + decimal(value, places=places)


def figure(metric: str, value: float, *, difference: bool = False) -> str:
    """A score as its metric is shown: an NPS in points, a mean with one decimal."""
    if metric == "nps":
        return points(value)
    return change(value) if difference else decimal(value)


def margin(metric: str, low: float | None, high: float | None, *, difference: bool = False) -> str:
    """The margin: ‘+25 to +49’; empty where there is none."""
    if low is None or high is None:
        return ""
    return _(
        "%(low)s to %(high)s",
        low=figure(metric, low, difference=difference),
        high=figure(metric, high, difference=difference),
    )


def answers(number: int) -> str:
    """‘150 answers’."""
    return ngettext("%(number)s answer", "%(number)s answers", number, number=count(number))


def group(low: int, high: int) -> str:
    """The name of neighbouring answers: ‘0–6’, or ‘3’."""
    return f"{low}" if low == high else f"{low}–{high}"


def few(groups: Iterable[tuple[int, int, int]]) -> str:
    """The answers themselves, from (low, high, count): ‘5 answers: 2 × 0–6 · 3 × 7–8’."""
    found = list(groups)
    parts = " · ".join(f"{count(number)} × {group(low, high)}" for low, high, number in found)
    return _(
        "%(answers)s: %(groups)s",
        answers=answers(sum(number for _low, _high, number in found)),
        groups=parts,
    )


def share(part: int, whole: int) -> str:
    """A share as a whole percentage: ‘43%’."""
    return f"{int(_round(100 * part / whole, 0))}%" if whole else ""


def day(value: date, *, year: bool = True) -> str:
    """A day: ‘2 Nov 2026’, or ‘2 Nov’."""
    return str(format_date(value, "d MMM y" if year else "d MMM")).replace(".", "")


def period(first: date | None, last: date | None) -> str:
    """Days, both included: ‘1 Sep – 31 Oct 2026’; an open end says since or until when."""
    if first is None:
        return _("up to and including %(day)s", day=day(last)) if last else _("all answers")
    if last is None:
        return _("since %(day)s", day=day(first))
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {day(last)}"
    return f"{day(first, year=first.year != last.year)} – {day(last)}"


def months(first: date | None, last: date | None) -> str:
    """Days as months, for the key of a chart: ‘Sep–Oct 2026’."""
    if first is None or last is None:
        return period(first, last)

    def month(value: date, pattern: str) -> str:
        return str(format_date(value, pattern)).replace(".", "")

    if (first.year, first.month) == (last.year, last.month):
        return month(last, "LLL y")
    start = month(first, "LLL" if first.year == last.year else "LLL y")
    return f"{start}–{month(last, 'LLL y')}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: ‘delivery, installation and help’."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last)s", names=", ".join(names[:-1]), last=names[-1])


def verdict(word: str) -> str:
    """What a stored verdict is called; another word, or none, is ‘too early to say’."""
    words = {
        "better": _("better"),
        "worse": _("worse"),
        "no_difference": _("no difference"),
    }
    return words.get(word, _("too early to say"))


def state(name: str) -> str:
    """What became of a case at a hand-over."""
    words = {
        "none": _("No deviation"),
        "late": _("Late"),
        "missing": _("Did not happen"),
        "failing": _("Failed"),
        "ad_hoc": _("Unplanned"),
    }
    return words.get(name, _("Unknown"))


def cases(by_state: Mapping[str, int]) -> str:
    """All cases and what went otherwise: ‘212 cases, 14 late’; empty without any."""
    total = sum(by_state.values())
    if not total:
        return ""
    parts = [ngettext("%(number)s case", "%(number)s cases", total, number=count(total))]
    words = {
        "late": _("late"),
        "missing": _("did not happen"),
        "failing": _("failed"),
        "ad_hoc": _("unplanned"),
    }
    parts += [
        f"{count(by_state[name])} {word}" for name, word in words.items() if by_state.get(name)
    ]
    return ", ".join(parts)


def compared(better: Sequence[str], worse: Sequence[str]) -> str:
    """The finding: which points are better or worse than at the baseline; empty for none."""
    if better and worse:
        return _(
            "%(better)s better than at the baseline, %(worse)s worse",
            better=listed(better),
            worse=listed(worse),
        )
    if better:
        return ngettext(
            "%(names)s is better than at the baseline",
            "%(names)s are better than at the baseline",
            len(better),
            names=listed(better),
        )
    if worse:
        return ngettext(
            "%(names)s is worse than at the baseline",
            "%(names)s are worse than at the baseline",
            len(worse),
            names=listed(worse),
        )
    return ""


def finding(
    kind: str, *, number: int, better: Sequence[str] = (), worse: Sequence[str] = ()
) -> str:
    """The sentence at the head of a page about all points; `kind` as queries.Headline names it."""
    sentences = {
        "no_points": _("No measuring point of yours yet"),
        "no_answers": _("Nothing measured yet"),
        "found": compared(better, worse),
        "no_difference": _("No demonstrable difference from the baseline"),
        "undecided": _("Too early to say whether anything changed"),
        "baseline": _("The baseline: %(answers)s", answers=answers(number)),
        "running": _("%(answers)s so far", answers=answers(number)),
    }
    return sentences[kind]


def notice() -> str:
    """The trademark notice that belongs under every page and document with an NPS."""
    return _(
        "NPS and Net Promoter are trademarks of Bain & Company, NICE Satmetrix and Fred Reichheld."
    )


def _round(value: float, places: int) -> Decimal:
    """Round halves away from zero; never −0."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
