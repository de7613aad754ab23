"""The whole report in one language, from facts to what the template prints."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from partnerjourney.reviews.paper import findings, over_time, points, words
from partnerjourney.reviews.paper.brand import Brand, brand_of
from partnerjourney.reviews.paper.cover import picture
from partnerjourney.reviews.paper.discussing import to_discuss
from partnerjourney.reviews.paper.method import method
from partnerjourney.reviews.paper.picture import drawn
from partnerjourney.reviews.paper.sheets import Cover, Handover, Paper, Point, Quote, Section
from partnerjourney.reviews.rules import Facts, HandoverFact, PointFact
from partnerjourney.reviews.rules.texts import shortened
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

FACTS_LINES, LINE = 7, 16
"""Lines of hand-overs that have room on the one page, and the signs of a name on one line."""
NAME = 60
"""Signs of a name in the table of hand-overs."""

PARTIES = 5
"""At most so many parties stand on the cover."""

LONG_NAME = 34
"""More signs than this and the cover's letters become smaller."""

QUOTES, FINDING, PARTY, POINT = 246, 100, 22, 34
"""Signs of all quotes together, of the finding and of names that have room on the one page."""


def make(facts: Facts, sha256: str, language: str) -> Paper:
    """Return the report; needs an application context that speaks the language."""
    brand = brand_of(facts.colour)
    heading = _("Joint report %(journey)s", journey=shortened(facts.journey, 60))
    fixed = _("Figures fixed on %(day)s", day=words.day(facts.fixed_on))
    shown = findings.chosen(facts.points)
    main = points.main_metric(shown)
    edges = [_handover(edge, facts) for edge in facts.handovers]
    happened = [edge for edge in edges if edge.shared and edge.cases]
    map_title = shortened(findings.map_finding(facts), 150)
    said_of = points.explained_where(shown)
    brief = _brief(happened, FACTS_LINES - bool(said_of))
    return Paper(
        language=language,
        title=heading,
        description=findings.finding(facts),
        author=facts.brand,
        heading=heading,
        period=words.period(facts),
        footer=_(
            "%(fixed)s · fingerprint %(digits)s",
            fixed=fixed,
            digits=words.grouped(sha256, groups=4),
        ),
        page_of=_page_of(),
        colours=brand,
        cover=_cover(facts, brand),
        finding=shortened(findings.finding(facts), FINDING),
        axis=points.axis_picture(shown, main, points.NARROW) if main else Markup(""),
        points=_changed(shown, facts, brand),
        more_points=_more_points(facts, len(shown)),
        explained_where=said_of,
        quotes=_quotes(facts),
        facts=brief,
        facts_days=_facts_days(facts),
        more_facts=_more_facts(len(happened) - len(brief)),
        fixed=fixed,
        map=Markup(drawn(facts, map_title, brand.text)),  # noqa: S704 - the map escapes every text
        map_title=map_title,
        map_key=_map_key(facts),
        handovers=tuple(edges),
        handovers_title=_handovers_title(edges, facts.seen_by),
        handovers_days=_cases_days(facts),
        handovers_note=_handovers_note(facts),
        to_discuss=to_discuss(facts),
        figures_title=findings.figures_finding(facts),
        figures_days=words.period(facts),
        explained=points.explained(facts),
        all_points=points.rows(facts.points, facts, brand.text),
        wide_axis=_wide_axis(facts),
        states_title=findings.states_finding(facts),
        states=points.states(facts, brand.text),
        tables=points.tables(facts),
        lines=over_time.lines(facts, brand.text),
        announced=over_time.listed(facts),
        method=method(facts, sha256),
        notice=numbers.notice(),
    )


def _changed(shown: list[PointFact], facts: Facts, brand: Brand) -> tuple[Point, ...]:
    """The points of the one page, with the cases that were late."""
    return tuple(
        replace(row, name=shortened(row.name, POINT), cases=words.late_cases(point))
        for point, row in zip(shown, points.rows(shown, facts, brand.text), strict=True)
    )


def _wide_axis(facts: Facts) -> Markup:
    main = points.main_metric(facts.points)
    return points.axis_picture(facts.points, main, points.WIDE) if main else Markup("")


def _page_of() -> Markup:
    """‘2 of 14’ as the value of a CSS `content`."""
    text = _("%(page)s of %(pages)s", page='" counter(page) "', pages='" counter(pages) "')
    return Markup(f'"{text}"')  # noqa: S704 - our own words


def _cover(facts: Facts, brand: Brand) -> Cover:
    parties = [
        _("%(party)s (provisional)", party=party.name) if party.provisional else party.name
        for party in facts.parties
        if party.kind in ("organisation", "group")
    ]
    named = [shortened(name, 2 * PARTY) for name in parties[:PARTIES]]
    if len(parties) > PARTIES:
        named.append(_("and %(number)s more", number=len(parties) - PARTIES))
    notes = (
        Section(_("As seen by"), (shortened(facts.seen_by, 60), *_by(facts))),
        Section(_("Parties"), tuple(named)),
        Section(
            _("Figures fixed"),
            (
                _("on %(day)s", day=words.day(facts.fixed_on)),
                _("the same for all who share them"),
            ),
        ),
    )
    return Cover(
        brand=shortened(facts.brand, 60),
        title=_("Joint report"),
        journey=shortened(facts.journey, 90),
        subtitle=words.period(facts),
        picture=Markup(  # noqa: S704 - the picture escapes every text
            picture(facts, brand, _("The customer’s way past the parties"))
        ),
        notes=notes,
        small=len(facts.journey) > LONG_NAME,
    )


def _by(facts: Facts) -> tuple[str, ...]:
    by = (_("fixed by %(name)s", name=shortened(facts.fixed_by, 60)),) if facts.fixed_by else ()
    return (*by, _("a fictitious example")) if facts.fictitious else by


def _quotes(facts: Facts) -> tuple[Quote, ...]:
    found = [(point.name, quote) for point in facts.points for quote in point.quotes][:3]
    room = QUOTES // max(len(found), 1)
    return tuple(
        Quote(shortened(quote.text, room), f"{shortened(name, POINT)}, {numbers.day(quote.day)}")
        for name, quote in found
    )


def _more_points(facts: Facts, shown: int) -> str:
    left = len(facts.points) - shown
    if left < 1:
        return ""
    text = ngettext(
        "%(number)s other point stands among the figures.",
        "%(number)s other points stand among the figures.",
        left,
        number=left,
    )
    return str(text)


def _more_facts(left: int) -> str:
    if left < 1:
        return ""
    text = ngettext(
        "%(number)s other hand-over stands in the table after the map.",
        "%(number)s other hand-overs stand in the table after the map.",
        left,
        number=left,
    )
    return str(text)


def _facts_days(facts: Facts) -> str:
    if facts.cases_from is None and facts.cases_to is None:
        return _("All cases")
    days = numbers.period(facts.cases_from, facts.cases_to)
    return _("All cases of %(days)s", days=days)


def _cases_days(facts: Facts) -> str:
    days = numbers.period(facts.cases_from, facts.cases_to)
    if facts.cases_from is None and facts.cases_to is None:
        return _("All cases, also of customers who did not answer.")
    return _("All cases of %(days)s, also of customers who did not answer.", days=days)


def _handover(edge: HandoverFact, facts: Facts) -> Handover:
    cases = edge.cases or {}
    total = sum(cases.values())
    otherwise = sum(cases.get(state, 0) for state in ("missing", "failing", "ad_hoc"))

    def number(value: int) -> str:
        return numbers.count(value) if total else ""

    return Handover(
        edge.number,
        shortened(facts.party(edge.giver), NAME),
        shortened(facts.party(edge.taker), NAME),
        shortened(edge.name or edge.label, NAME),
        shortened(words.time_limit(edge.time_limit), NAME),
        number(total),
        number(cases.get("late", 0)),
        number(otherwise),
        number(cases.get("unknown", 0)),
        edge.shared,
    )


def _brief(edges: list[Handover], left: int) -> tuple[Handover, ...]:
    """The first hand-overs, as many as have room; a long name takes a second line."""
    found = []
    for edge in edges:
        left -= 2 if max(len(edge.giver), len(edge.taker)) > LINE else 1
        if left < 0:
            break
        giver, taker = shortened(edge.giver, PARTY), shortened(edge.taker, PARTY)
        found.append(replace(edge, giver=giver, taker=taker))
    return tuple(found)


def _handovers_title(edges: list[Handover], name: str) -> str:
    limits = sum(1 for edge in edges if edge.shared and edge.limit)
    shared = sum(1 for edge in edges if edge.shared)
    if not shared:
        return _("The hand-overs")
    given = numbers.count(limits) if limits else _("none")
    if shared < len(edges):
        return ngettext(
            "Of the %(shared)s hand-over that %(name)s shares, %(limits)s has a time limit",
            "Of the %(shared)s hand-overs that %(name)s shares, %(limits)s have a time limit",
            shared,
            shared=numbers.count(shared),
            limits=given,
            name=shortened(name, PARTY),
        )
    return ngettext(
        "Of %(shared)s hand-over, %(limits)s has a time limit",
        "Of %(shared)s hand-overs, %(limits)s have a time limit",
        shared,
        shared=numbers.count(shared),
        limits=given,
    )


def _handovers_note(facts: Facts) -> str:
    if all(edge.shared for edge in facts.handovers):
        return ""
    return _(
        "Of the other hand-overs, %(name)s sees from whom and to whom they go.",
        name=facts.seen_by,
    )


def _map_key(facts: Facts) -> tuple[tuple[str, str], ...]:
    key = [
        (_("Solid frame:"), _("a touchpoint that the customer notices.")),
        (_("Dashed frame:"), _("a step behind the scenes.")),
    ]
    if facts.points:
        last = len(facts.points)
        name = "M1:" if last == 1 else f"M1–M{last}:"
        key.append((name, _("here we ask the customer, about the stretch under the bracket.")))
    if any(party.provisional for party in facts.parties):
        key.append((_("Dashed lane:"), _("filled in provisionally, not confirmed yet.")))
    return tuple((str(term), str(text)) for term, text in key)
