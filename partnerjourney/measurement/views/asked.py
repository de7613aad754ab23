"""Who was asked, reached and answered, and why others were not asked."""

from __future__ import annotations

from markupsafe import Markup

from partnerjourney.measurement.queries import Detail
from partnerjourney.measurement.views.words import svg
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def funnels(found: Detail, *widths: int) -> tuple[Markup, ...]:
    """From all cases to those who answered, once per width in px."""
    return tuple(_funnel(found, width) for width in widths)


def _funnel(found: Detail, width: int) -> Markup:
    row = found.row
    answered = row.now.n or 0
    rows = []
    if row.facts.cases:
        cases = row.facts.cases
        rows.append(charts.FunnelRow(_("Cases"), cases, numbers.count(cases)))
    lost = row.invited - row.delivered
    rows += [
        charts.FunnelRow(_("Sent"), row.invited, numbers.count(row.invited), _not_sent(found)),
        charts.FunnelRow(
            _("Arrived"),
            row.delivered,
            numbers.count(row.delivered),
            ngettext(
                "%(number)s address unreachable",
                "%(number)s addresses unreachable",
                lost,
                number=numbers.count(lost),
            )
            if lost > 0
            else "",
        ),
        charts.FunnelRow(
            _("Answered"),
            answered,
            numbers.count(answered),
            _("%(share)s of delivered", share=numbers.share(answered, row.delivered))
            if row.delivered
            else "",
        ),
    ]
    title = _(
        "%(sent)s sent, %(delivered)s delivered, %(answered)s answered",
        sent=numbers.count(row.invited),
        delivered=numbers.count(row.delivered),
        answered=numbers.count(answered),
    )
    return svg(charts.funnel(rows, title=title, width=width))


def _not_sent(found: Detail) -> str:
    """How many were not asked; between 1 and 4 is not told."""
    if found.suppressed is None or found.suppressed.total == 0:
        return ""
    if found.suppressed.total is None:
        return _("fewer than 5 not sent")
    total = found.suppressed.total
    return ngettext(
        "%(number)s not sent", "%(number)s not sent", total, number=numbers.count(total)
    )


def reasons(found: Detail) -> str:
    """Why questions were not sent; empty where none was, or telling points at people."""
    if found.suppressed is None or not found.suppressed.reasons:
        return ""
    words = {
        "opted_out": _("no longer want questions"),
        "too_soon": _("asked recently"),
        "too_often": _("asked often enough"),
        "not_drawn": _("not drawn"),
    }
    other = _("other")
    told = [
        f"{numbers.count(number)} {words.get(reason, other)}"
        for reason, number in found.suppressed.reasons.items()
    ]
    return _("Not sent: %(reasons)s.", reasons=", ".join(told))
