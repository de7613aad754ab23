"""Who was asked, reached and answered, and why others were not asked."""

from __future__ import annotations

from markupsafe import Markup

from partnerjourney.measurement.queries import Detail
from partnerjourney.measurement.views.words import svg
from partnerjourney.surveys.rules.asking import Reach
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def funnels(found: Detail, reach: Reach, *widths: int) -> tuple[Markup, ...]:
    """From all cases to those who answered, once per width in px."""
    rows = _rows(found, reach)
    title = _title(reach, found.row.now.n or 0)
    return tuple(svg(charts.funnel(rows, title=title, width=width)) for width in widths)


def _rows(found: Detail, reach: Reach) -> list[charts.FunnelRow]:
    """The steps; while a wave is open those between list and answer are not told."""
    rows, cases, answered = [], found.row.facts.cases, found.row.now.n or 0
    if cases:
        rows.append(_step(_("Cases"), cases))
    if reach.sent is None or reach.delivered is None:
        rows += [_step(_("On the lists"), reach.listed), _step(_("Answered"), answered)]
        return rows
    lost, base = reach.sent - reach.delivered, reach.delivered
    unreachable = ngettext(
        "%(number)s address unreachable",
        "%(number)s addresses unreachable",
        lost,
        number=numbers.count(lost),
    )
    share = _("%(share)s of delivered", share=numbers.share(answered, base)) if base else ""
    return [
        *rows,
        _step(_("Sent"), reach.sent, _not_sent(reach)),
        _step(_("Arrived"), reach.delivered, unreachable if lost else ""),
        _step(_("Answered"), answered, share),
    ]


def _step(label: str, number: int, note: str = "") -> charts.FunnelRow:
    return charts.FunnelRow(label, number, numbers.count(number), note)


def _title(reach: Reach, answered: int) -> str:
    if reach.sent is None or reach.delivered is None:
        return _(
            "%(listed)s addresses on the lists, %(answered)s answered so far",
            listed=numbers.count(reach.listed),
            answered=numbers.count(answered),
        )
    return _(
        "%(sent)s sent, %(delivered)s delivered, %(answered)s answered",
        sent=numbers.count(reach.sent),
        delivered=numbers.count(reach.delivered),
        answered=numbers.count(answered),
    )


def _not_sent(reach: Reach) -> str:
    """How many were not asked; between 0 and 4 looks the same."""
    if not reach.not_sent:
        return ""
    return ngettext(
        "%(number)s not sent",
        "%(number)s not sent",
        reach.not_sent,
        number=numbers.count(reach.not_sent),
    )


def note(found: Detail, *, days: bool) -> str:
    """What is said under the funnel, or in its place: what is not told here and why."""
    reach = found.reach
    if days:
        return _("How many were asked is counted per measuring period; choose one.")
    if reach is None:
        return _("These answers came from a file; whom that sender asked is not known here.")
    if reach.sent is None:
        return _(
            "How many were sent the question is told when the measuring period closes: earlier it "
            "would give away who does not want to be asked."
        )
    told = [_("Up to four that were not sent or not delivered are not taken off.")]
    if reach.reasons:
        told.insert(0, _reasons(reach))
    return " ".join(told)


def _reasons(reach: Reach) -> str:
    words = {
        "": _("not sent yet at the close"),
        "opted_out": _("no longer want questions"),
        "too_soon": _("asked recently"),
        "too_often": _("asked often enough"),
        "not_drawn": _("not drawn"),
        "open_complaint": _("open complaint"),
    }
    other = _("other")
    told = [
        f"{numbers.count(number)} {words.get(reason, other)}"
        for reason, number in reach.reasons.items()
    ]
    return _("Not sent: %(reasons)s.", reasons=", ".join(told))
