"""What files of others become: the journeys that somebody drew, and the ones that are broken."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from partnerjourney.maps.rules.document import check_document
from partnerjourney.maps.services.importing import SHAPES
from partnerjourney.starting import words
from partnerjourney.starting.rules.drafting import MOST_CARDS, OWN, Choices
from partnerjourney.starting.rules.sketch import MOST_FINDINGS, Unreadable, UnreadableError
from partnerjourney.starting.services import LARGEST, Looked, look, read_bytes

JOURNEYS = Path(os.environ.get("PARTNERJOURNEY_TEST_DATA", "")) / "journeys"


def looked(text: str, **choices: Any) -> Looked:
    """Look into a text; whatever comes of it is a document that can be kept."""
    found = look(text, Choices("Telenoord", **choices))
    assert check_document(found.document, SHAPES) == []
    return found


def left(found: Looked) -> list[tuple[int, str]]:
    """Return line and sentence of what did not come in."""
    return [(one.line, str(words.said(one))) for one in found.report.left]


def read(found: Looked) -> list[str]:
    """Return how the rest was read."""
    return [str(words.said(one)) for one in found.report.read]


def cards(found: Looked) -> list[tuple[str, str, str]]:
    """Return name, lane and kind of each card."""
    return [(card["name"], card["party"], card["kind"]) for card in found.document["cards"]]


def refused(text: str) -> UnreadableError:
    """Return why a text is refused."""
    with pytest.raises(UnreadableError) as error:
        look(text, Choices("Telenoord"))
    assert "%" not in words.why(error.value)
    return error.value


# --- the files of others ------------------------------------------------------------------------


@pytest.mark.external_data
def test_the_example_of_cjml_comes_in_and_its_dangling_reference_is_told() -> None:
    found = looked(read_bytes(JOURNEYS / "bookis_cjml2.xml"))
    (card,) = found.document["cards"]
    assert card["name"] == "Customer creates account"
    assert (card["initiator"], card["receiver"], card["channel"]) == ("Carl", "bookis", "website")
    told = left(found)
    assert told[0][0] == 20
    assert "‘Bookis’ is the reference of no party" in told[0][1]
    assert "Account registered" in told[1][1]
    assert len(told) == 2
    kinds = {p["name"]: p["kind"] for p in found.document["parties"]}
    assert kinds == {"Carl": "customer", "Bookis": "organisation", "Telenoord": "organisation"}


@pytest.mark.external_data
def test_the_journeys_in_mermaid_come_in_and_every_score_is_told() -> None:
    found = looked(read_bytes(JOURNEYS / "ecommerce_naiad.mmd"))
    assert len(found.document["cards"]) == 20
    assert len(found.document["phases"]) == 5
    assert {p["name"] for p in found.document["parties"]} == {
        *("Customer", "Support", "System", "Warehouse", "Courier", "Finance", "Telenoord")
    }
    assert [line for line, text in left(found) if text.startswith("Score")] == [
        *range(5, 9),
        *range(11, 15),
        *range(17, 21),
        *range(23, 27),
        *range(29, 33),
    ]
    assert found.document["points"] == []
    assert ("Order processing", "warehouse", "step") in cards(found)
    assert ("Receive package", "courier", "touchpoint") in cards(found)
    other = looked(read_bytes(JOURNEYS / "restaurant_multi_actor.mmd"))
    assert len(other.document["cards"]) == 13
    assert "‘Guest’ was taken for the customer, by its name." in read(other)


# --- CJML ---------------------------------------------------------------------------------------

PLANNED = """<?xml version="1.0" encoding="UTF-8"?>
<!-- drawn by hand -->
<c:CJML xmlns:c="http://example.org" version="2.0">
<plannedJourney colour="red">
<journeyID>PJ1</journeyID><journeyTitle>Een  nieuw
toestel</journeyTitle>
<journeyShortSummary>Kort</journeyShortSummary><journeyLongSummary/>
<journeyPhases>
<journeyPhase phaseID="P1"><phaseName>Bestellen</phaseName></journeyPhase>
<journeyPhase phaseID="P2"><phaseName>Leveren</phaseName>
<phaseDescription>De koerier</phaseDescription></journeyPhase>
</journeyPhases>
<actors>
<endUser actorID="k"><actorName>Klant</actorName></endUser>
<serviceProvider actorID="m"><companyName>Telenoord</companyName></serviceProvider>
<serviceProvider actorID="s"><companyName>Snel</companyName></serviceProvider>
<serviceProvider actorID="s"><companyName>Snel</companyName></serviceProvider>
<robot actorID="r"/>
</actors>
<touchpoints>
<plannedCommunicationPoint><touchpointID>T1</touchpointID><belongsTo phaseIDref="P1"/>
<initiator><refersTo actorIDref="k"/><initiatorLabel>Bestelt</initiatorLabel></initiator>
<receiver><refersTo actorIDref="m"/></receiver>
<channel><channelName>Web</channelName></channel></plannedCommunicationPoint>
<plannedAction><touchpointID>T2</touchpointID><belongsTo phaseIDref="P1"/>
<initiator><refersTo actorIDref="m"/><initiatorLabel>Pakt in</initiatorLabel></initiator>
<comment>met de hand</comment></plannedAction>
<plannedCommunicationPoint><touchpointID>T2</touchpointID><belongsTo phaseIDref="P2"/>
<initiator><refersTo actorIDref="s"/><initiatorLabel>Belt aan</initiatorLabel></initiator>
<receiver><refersTo actorIDref="nobody"/></receiver>
<channel><channelName>drone</channelName></channel>
<touchpointExperience><experienceRating>5</experienceRating></touchpointExperience>
</plannedCommunicationPoint>
</touchpoints>
</plannedJourney>
<actualJourney><journeyID>AJ1</journeyID></actualJourney>
</c:CJML>"""


def test_a_planned_journey_comes_in_and_what_has_no_place_is_told() -> None:
    found = looked(PLANNED)
    assert found.document["journey"]["name"] == "Een nieuw toestel"
    assert cards(found) == [
        ("Bestelt", "k", "touchpoint"),
        ("Pakt in", "m", "step"),
        ("Belt aan", "s", "touchpoint"),
    ]
    assert [card["key"] for card in found.document["cards"]] == ["T1", "T2", "belt-aan"]
    assert [card.get("channel") for card in found.document["cards"]] == ["website", None, "drone"]
    assert [(h["from"], h["to"]) for h in found.document["handovers"]] == [("k", "m"), ("m", "s")]
    leads = [party["name"] for party in found.document["parties"] if party.get("orchestrator")]
    assert leads == ["Telenoord"]
    told = left(found)
    for stands, part in (
        ('<plannedJourney colour="red">', "colour"),
        ("<journeyShortSummary>", "Kort"),
        ("<phaseDescription>", "De koerier"),
        ('<robot actorID="r"/>', "robot"),
        ("<comment>", "met de hand"),
        ('"nobody"', "nobody"),
        ("<touchpointExperience>", "5"),
        ("<actualJourney>", "AJ1"),
    ):
        line = next(n for n, text in enumerate(PLANNED.splitlines(), 1) if stands in text)
        assert any(at == line and part in text for at, text in told), (line, part, told)
    texts = " ".join(text for _, text in told)
    assert "‘Snel’ stands among the parties twice" in texts
    assert "‘T2’ stands twice" in texts
    assert len(told) == 10


def test_nothing_is_read_of_a_file_that_declares_entities_or_fetches() -> None:
    """Neither a bomb, nor a file of the machine, nor an address."""
    for declares in (
        '<!DOCTYPE CJML SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE CJML [<!ENTITY a "b">]>',
        '<!DOCTYPE CJML [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE CJML [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
        "<!DOCTYPE CJML>",
    ):
        text = f'<?xml version="1.0"?>{declares}<CJML version="2.0">&a;</CJML>'
        assert refused(text).why is Unreadable.DECLARES


def test_an_include_is_an_element_that_nobody_knows() -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    found = looked(PLANNED.replace("<touchpoints>", f"<touchpoints>{include}"))
    assert any("include" in text for _, text in left(found))
    assert "root:" not in str(found.document)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unreadable.EMPTY),
        ("  \n", Unreadable.EMPTY),
        ("hello", Unreadable.WHICH_FORMAT),
        ("<CJML version='2.0'>", Unreadable.NOT_XML),
        ("<html></html>", Unreadable.NOT_CJML),
        ("<CJML version='2.0'></CJML>", Unreadable.NO_JOURNEY),
        ("<CJML><actualJourney/></CJML>", Unreadable.NOTHING_IN_IT),
        ("<a>" * 100_000, Unreadable.TOO_DEEP),
        ("<CJML>" + "<a/>" * 100_001 + "</CJML>", Unreadable.TOO_DEEP),
        ("x\njourney", Unreadable.NOT_MERMAID),
        ("journey\n title Leeg", Unreadable.NOTHING_IN_IT),
        ("journey\n" + "x" * LARGEST, Unreadable.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, why: Unreadable) -> None:
    assert refused(text).why is why


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    with file.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    with pytest.raises(UnreadableError) as error:
        read_bytes(file)
    assert error.value.why is Unreadable.TOO_LARGE
    with file.open("rb") as stream:
        with pytest.raises(UnreadableError):
            read_bytes(stream)
        assert stream.tell() <= LARGEST + 1


def test_bytes_are_read_in_their_own_encoding(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    for encoding, first in (
        ("iso-8859-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
        ("utf-16", ""),
        ("utf-8-sig", ""),
        ("utf-8", ""),
    ):
        text = PLANNED.replace('<?xml version="1.0" encoding="UTF-8"?>', first)
        file.write_bytes(text.replace("Bestelt", "Coördineert").encode(encoding))
        assert looked(read_bytes(file)).document["cards"][0]["name"] == "Coördineert"
    for data in (b"\xff\xfe\x00", b'<?xml version="1.0" encoding="nonsense"?><a/>', b"a\x00b"):
        file.write_bytes(data)
        with pytest.raises(UnreadableError):
            read_bytes(file)


# --- Mermaid ------------------------------------------------------------------------------------


def task(line: str, **choices: Any) -> tuple[dict[str, Any], Looked]:
    """Return the card of one line, among a customer, a brand and a courier."""
    known = "    a: 3: Klant\n    b: 3: Telenoord\n    c: 3: Koerier"
    found = looked(f"journey\n  section S\n{known}\n    {line}", **choices)
    return found.document["cards"][-1], found


@pytest.mark.parametrize(
    ("line", "name", "party", "score"),
    [
        ("Bezorgt: 5: Koerier, Klant", "Bezorgt", "koerier", "5"),
        ("Bezorgt:5:Koerier", "Bezorgt", "koerier", "5"),
        ("Bezorgt : 2.5 : Koerier", "Bezorgt", "koerier", "2.5"),
        ("Bezorgt: aan de deur: 4: Koerier", "Bezorgt: aan de deur", "koerier", "4"),
        ("Belt om 10:30: Koerier", "Belt om 10:30", "koerier", None),
        ("Belt om 10:30: 4: Koerier", "Belt om 10:30", "koerier", "4"),
        ("Bezorgt: Koerier", "Bezorgt", "koerier", None),
        ("Bezorgt: : Koerier", "Bezorgt", "koerier", None),
        ("Bezorgt: 4", "Bezorgt", "telenoord", "4"),
        ("Bezorgt: 4:", "Bezorgt", "telenoord", "4"),
        ("Bezorgt: 4: ,  ,", "Bezorgt", "telenoord", "4"),
        ("Bezorgt", "Bezorgt", "telenoord", None),
        ("Bezorgt#58; snel: 4: Koerier", "Bezorgt: snel", "koerier", "4"),
        (": 4: Koerier", "Zonder naam", "koerier", "4"),
        ("Bezorgt: 4: Klant, Koerier", "Bezorgt", "koerier", "4"),
        ("Bezorgt: 4: Koerier, koerier, KOERIER", "Bezorgt", "koerier", "4"),
    ],
)
def test_a_task_is_read_with_colons_without_score_and_without_actors(
    line: str, name: str, party: str, score: str | None
) -> None:
    card, found = task(line)
    assert (card["name"], card["party"]) == (name, party)
    scores = [text for at, text in left(found) if at == 6 and text.startswith("Score")]
    assert len(scores) == (score is not None)
    assert score is None or f"Score {score} " in scores[0]


def test_what_is_around_the_tasks_is_told_or_taken() -> None:
    found = looked(
        "---\ntitle: Van boven\nconfig: x\n---\n```mermaid\n%%{init: {'theme': 'dark'}}%%\n"
        "journey\n"
        "  accTitle: Toegankelijk\n  accDescr {\n    lang\n  }\n  %% opmerking\n# nog een\n"
        "  Voor elke sectie: 3: Ik\n  section A<br/>B\n  Taak: 1: Ik, Snel, Rijk, Meer\n```\n"
    )
    assert found.document["journey"]["name"] == "Van boven"
    assert [phase["name"] for phase in found.document["phases"]] == ["Klantreis", "A B"]
    told = left(found)
    for line, part in (
        (3, "config"),
        (6, "theme"),
        (8, "Toegankelijk"),
        (10, "lang"),
        (12, "opmerking"),
        (13, "nog een"),
        (16, "Rijk"),
        (16, "Meer"),
    ):
        assert any(at == line and part in text for at, text in told), (line, part, told)


def test_who_is_the_customer_and_who_are_you_can_be_chosen() -> None:
    text = "journey\nsection S\nBelt: 3: Piet, Kees\nKomt: 4: Kees"
    found = looked(text)
    assert "The file names no customer; a lane ‘Klant’ was made." in read(found)
    assert {kind for _, _, kind in cards(found)} == {"step"}
    found = looked(text, customer="piet", me="kees", language="en")
    assert cards(found) == [("Belt", "kees", "touchpoint"), ("Komt", "kees", "step")]
    assert {p["name"] for p in found.document["parties"]} == {"Piet", "Kees"}
    assert not any("lane" in text for text in read(found))
    mine = looked(text.replace("Kees", "Telenoord"), me=OWN)
    assert len(mine.document["parties"]) == 4


def test_names_are_cut_cleaned_and_told_and_html_stays_text() -> None:
    card, found = task("x" * 100 + ": 3: Klant")
    assert card["name"] == "x" * 80
    assert any("x" * 20 in text for _, text in left(found))
    card, found = task("Be\u202eta\u200el: 3: Klant")
    assert card["name"] == "Betal"
    assert any("cannot be seen" in text for _, text in left(found))
    card, _ = task("<script>alert(1)</script>: 3: Klant")
    assert card["name"] == "<script>alert(1)</script>"


def test_more_than_a_journey_holds_comes_in_as_far_as_it_goes() -> None:
    tasks = "\n".join(f"T{n}: 3: P{n}" for n in range(5000))
    sections = "\n".join(f"section S{n}\nU{n}: 1: Klant" for n in range(100))
    found = looked(f"journey\n{sections}\n{tasks}")
    assert len(found.document["cards"]) == MOST_CARDS
    told = left(found)
    assert len(told) == MOST_FINDINGS + 1
    assert "more of the same kinds" in told[-1][1]


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 1_900_000 + "journey",
        "journey\n a: 3: " + ",".join(f"x{n}" for n in range(100_000)),
        "journey\n " + ":" * 300_000,
        "journey\n " + "#" * 1_000_000 + "; : 3: a",
        '<CJML version="2.0"><plannedJourney><actors>'
        + "".join(f'<endUser actorID="a{n}"/>' for n in range(5_000))
        + "</actors><touchpoints>"
        + "".join(
            f'<plannedAction><initiator><refersTo actorIDref="b{n}"/></initiator></plannedAction>'
            for n in range(5_000)
        )
        + "</touchpoints></plannedJourney></CJML>",
    ],
    ids=["lines", "actors", "colons", "codes", "references"],
)
def test_no_file_keeps_the_server_busy(text: str) -> None:
    """Each of these would take minutes if anything in it were compared with everything else."""
    assert len(text) < LARGEST
    with suppress(UnreadableError):
        look(text, Choices("Telenoord"))
