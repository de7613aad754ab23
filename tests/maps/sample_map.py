"""The map of one fictitious journey: six phases, five lanes, twelve hand-overs."""

from __future__ import annotations

from partnerjourney.maps.rules.source import (
    MapCard,
    MapEdge,
    MapLane,
    MapPhase,
    MapPoint,
    MapSource,
    Tone,
)

_CARDS = """
klant bestellen kiest|Kiest een abonnement|Website
klant bestellen bestelt|Bestelt en betaalt|Website
klant voorbereiden volgt|Volgt de bestelling|App
klant leveren neemt|Neemt het pakket aan|Bezoek
klant installeren ontvangt|Ontvangt de monteur|Bezoek
klant installeren test|Test de verbinding|App
klant gebruiken factuur|Ziet de eerste factuur|App
klant hulp meldt|Meldt een probleem|Telefoon
merk bestellen bevestigt|Bestelling bevestigen|E-mail
merk bestellen doorgeven|Bestelling doorgeven|
merk voorbereiden nummer|Nummer overzetten|
merk leveren onderweg|Bericht ‘Onderweg’|App
merk installeren afspraak|Afspraak bevestigen|E-mail
merk gebruiken welkom|Welkom bij Telenoord|E-mail
merk hulp servicedesk|Servicedesk neemt op|Telefoon
merk hulp oorzaak|Oorzaak vaststellen|
magazijn voorbereiden verzamelen|Verzamelen en inpakken|
magazijn leveren klaarzetten|Klaarzetten en laden|
magazijn hulp ruiltoestel|Ruiltoestel klaarzetten|
koeriers leveren sms|Sms met bezorgtijd|Sms
koeriers leveren afgeven|Pakket afgeven|Bezoek
koeriers hulp ruilpakket|Ruilpakket bezorgen|Bezoek
thuisklaar voorbereiden maken|Afspraak maken|Telefoon
thuisklaar installeren uitleggen|Installeren en uitleggen|Bezoek
thuisklaar gebruiken opleverbon|Opleverbon|E-mail
thuisklaar hulp storing|Storing verhelpen|Bezoek
"""
_EDGES = (
    "bestelt bevestigt, doorgeven verzamelen, doorgeven maken, klaarzetten sms, afgeven neemt, "
    "afgeven uitleggen, uitleggen test, opleverbon welkom, meldt servicedesk, oorzaak ruiltoestel, "
    "ruiltoestel ruilpakket, oorzaak storing"
)


def _cards() -> tuple[MapCard, ...]:
    cards = []
    for position, line in enumerate(_CARDS.strip().splitlines()):
        place, title, channel = line.split("|")
        lane, phase, key = place.split()
        cards.append(
            MapCard(key, lane, phase, title, channel, is_step=not channel, position=position)
        )
    return tuple(cards)


SAMPLE = MapSource(
    phases=tuple(
        MapPhase(name.lower(), name)
        for name in ("Bestellen", "Voorbereiden", "Leveren", "Installeren", "Gebruiken", "Hulp")
    ),
    lanes=(
        MapLane("klant", "Klant", kind="customer", subtitle="Inkoper, kantoor"),
        MapLane("merk", "Telenoord", subtitle="Merk · regie"),
        MapLane("magazijn", "Magazijn Flevo", subtitle="Magazijn"),
        MapLane("koeriers", "Koeriers", kind="group", subtitle="Groep van 2"),
        MapLane(
            "thuisklaar",
            "Thuisklaar",
            provisional=True,
            subtitle="Installateur",
            note="Voorlopig ingevuld door Telenoord; nog niet bevestigd door Thuisklaar",
        ),
    ),
    cards=_cards(),
    edges=tuple(
        MapEdge(f"h{number}", number, *pair.split())
        for number, pair in enumerate(_EDGES.split(", "), 1)
    ),
    points=(
        MapPoint("bestelling", "bestelt", "Bestelling", ("h1",), "+46", "· 212"),
        MapPoint("afspraak", "maken", "Afspraak", ("h3",), "−6", "· 64"),
        MapPoint(
            "levering",
            "neemt",
            "Levering",
            ("h2", "h4", "h5"),
            "+38",
            "· 150",
            ("marge +25 tot +49", "geen verschil met de nulmeting aangetoond"),
        ),
        MapPoint(
            "installatie",
            "test",
            "Installatie",
            ("h6", "h7"),
            "+57",
            "· 96 · beter",
            ("marge +43 tot +68", "beter"),
            Tone.GOOD,
        ),
        MapPoint(
            "hulp",
            "meldt",
            "Hulp",
            ("h9",),
            "",
            "9 antwoorden · 14 te laat",
            ("nog niet te zeggen",),
            Tone.FEW,
        ),
    ),
)
