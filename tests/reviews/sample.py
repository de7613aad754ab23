"""Facts of one fictitious journey, as its brand or one of its partners sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from partnerjourney.measurement.rules import Histogram, Metric, compare, score_view
from partnerjourney.reviews.queries.figures import gap_of, score_of
from partnerjourney.reviews.rules import (
    Asking,
    CardFact,
    Explanation,
    Facts,
    GivenVerdict,
    HandoverFact,
    Open,
    OpenPoint,
    PartyFact,
    PhaseFact,
    PointFact,
    Quote,
    Scale,
    Score,
    Word,
)
from tests.maps.sample_map import SAMPLE

NOW = (date(2026, 9, 1), date(2026, 10, 31))
BEFORE = (date(2026, 3, 1), date(2026, 4, 30))
JUDGED = date(2026, 11, 2)

EXPLAINED = (
    Explanation("Koerier Snel", "De sorteerband stond drie ochtenden stil.", JUDGED, None),
    Explanation("Magazijn Flevo", "De drukste maand.", JUDGED, Asking(True, *BEFORE)),
)

TO_DISCUSS = (
    OpenPoint(
        Open.EMERGENCY, 4, "Zending meegeven", "", "Magazijn Flevo", "De poort is dicht.", *NOW
    ),
    OpenPoint(
        Open.LAPSED, 5, "Pakket afgeven", "Koerier Snel", "Telenoord", "De bus is sneller.", JUDGED
    ),
)

Counts = tuple[int, int, int]

_CARDS = {card.key: f"c{number}" for number, card in enumerate(SAMPLE.cards, 1)}
_LANES = {card.key: card.lane for card in SAMPLE.cards}
_CHANNELS = {"Website": "website", "App": "app", "Bezoek": "visit", "Telefoon": "phone"}
_NAMES = (
    "Bestelling",
    "Opdracht",
    "Afspraak inplannen",
    "Zending meegeven",
    "Pakket afgeven",
    "Adres doorgeven",
    "Installatie opleveren",
    "Opleverbon",
    "Hulpvraag",
    "Ruiltoestel aanvragen",
    "Ruilpakket",
    "Storing",
)
_LIMITS = ("PT1H", "PT4H", "P2D", "PT24H", "PT48H", "P1D", "P5D", "", "PT30M", "P1D", "P2D", "")


def nps(detractors: int, passives: int, promoters: int) -> Histogram:
    """Return so many answers 4, 7 and 9."""
    return Histogram.of(Metric.NPS, {4: detractors, 7: passives, 9: promoters})


def view(
    counts: Counts,
    period: tuple[date, date] = NOW,
    *,
    group: str | None = None,
) -> Score:
    """Return the score of so many answers 0–6, 7–8 and 9–10."""
    return score_of(score_view(nps(*counts), point="m", group=group, period=period, wave="najaar"))


def point(
    number: int,
    name: str,
    card: str,
    covers: tuple[int, ...],
    now: Counts,
    before: Counts | None,
    states: Mapping[str, Counts],
    verdict: Word | None,
    *quotes: str,
) -> PointFact:
    """Return a measuring point with its baseline, its verdict and what happened."""
    parts = tuple(view(counts, group=state) for state, counts in states.items())
    worse = {"late": GivenVerdict(Word.WORSE, JUDGED)} if number == 1 else {}
    return PointFact(
        number=number,
        name=name,
        card=_CARDS[card],
        covers=covers,
        metric=Scale.NPS,
        now=view(now),
        baseline=view(before, BEFORE) if before else None,
        in_wave=True,
        is_baseline=False,
        open=False,
        closes_on=None,
        verdict=GivenVerdict(verdict, JUDGED) if verdict else None,
        deviations=worse,
        states=parts,
        late=gap_of(compare(nps(*states["none"]), nps(*states["late"]))),
        asked=sum(now) * 3,
        delivered=sum(now) * 3 - 7,
        cases={"late": 76, "none": 466, "unknown": 70},
        quotes=tuple(Quote(text, 5, date(2026, 10, 14)) for text in quotes),
        explanations=EXPLAINED if number == 1 else (),
    )


def _points() -> tuple[PointFact, ...]:
    return (
        point(
            1,
            "Levering",
            "neemt",
            (2, 4, 5),
            (33, 48, 69),
            (28, 30, 62),
            {"late": (17, 9, 5), "none": (11, 32, 54), "unknown": (5, 7, 10)},
            Word.NO_DIFFERENCE,
            "Besteld: zwart. Gekregen: blauw. En niemand wist ervan.",
            "Het tijdvak kwam toen ik al twee uur wachtte.",
        ),
        point(
            2,
            "Installatie",
            "test",
            (6, 7),
            (8, 30, 54),
            (18, 22, 24),
            {"late": (4, 6, 4), "none": (3, 21, 47), "unknown": (1, 3, 3)},
            Word.BETTER,
            "De monteur belde een dag eerder. Daardoor stond iedereen klaar.",
        ),
        point(
            3,
            "Hulp",
            "meldt",
            (9,),
            (2, 3, 4),
            (4, 3, 4),
            {"late": (1, 0, 0), "none": (1, 2, 4), "unknown": (0, 1, 0)},
            Word.TOO_FEW,
        ),
    )


def _handover(number: int, start: str, end: str, mine: str | None) -> HandoverFact:
    giver, taker = _LANES[start], _LANES[end]
    shared = mine is None or mine in (giver, taker)
    cases = {"late": 76 - 5 * number, "none": 500 - 30 * number, "failing": number % 3}
    return HandoverFact(
        number,
        giver,
        taker,
        _CARDS[start],
        _CARDS[end],
        "",
        shared,
        name=_NAMES[number - 1] if shared else "",
        time_limit=_LIMITS[number - 1] if shared else "",
        cases=cases if shared else None,
    )


def facts(mine: str | None = None, **changed: object) -> Facts:
    """Return the facts as the brand sees them, or as the party `mine` does."""
    given: dict[str, object] = {
        "format": 1,
        "journey": "Zakelijke telefonie",
        "brand": "Telenoord",
        "colour": "#5b2a9d",
        "seen_by": "Magazijn Flevo" if mine else "Telenoord",
        "fixed_by": "Noor van Dijk",
        "fixed_at": datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
        "fixed_on": date(2026, 11, 2),
        "days_from": None,
        "days_to": None,
        "cases_from": NOW[0],
        "cases_to": NOW[1],
        "fictitious": False,
        "parties": tuple(
            PartyFact(
                lane.key,
                lane.name,
                lane.kind,
                "" if lane.kind == "group" else lane.subtitle,
                orchestrator=lane.key == "merk",
                provisional=lane.provisional,
                members=2 if lane.kind == "group" and not mine else 0,
                mine=lane.key == (mine or "merk"),
            )
            for lane in SAMPLE.lanes
        ),
        "phases": tuple(PhaseFact(phase.key, phase.name) for phase in SAMPLE.phases),
        "cards": tuple(
            CardFact(
                _CARDS[card.key],
                card.lane,
                card.phase,
                card.title,
                _CHANNELS.get(card.channel, card.channel),
                step=card.is_step,
                moment_of_truth=False,
            )
            for card in SAMPLE.cards
        ),
        "handovers": tuple(
            _handover(edge.number, edge.from_card, edge.to_card, mine) for edge in SAMPLE.edges
        ),
        "points": _points()[:1] if mine else _points(),
        "to_discuss": TO_DISCUSS,
    }
    return Facts(**{**given, **changed})  # type: ignore[arg-type]
