"""A journey as a file, byte for byte what a page hands out; a report that failed is drawn again."""

from __future__ import annotations

from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import Journey, JourneyKind
from partnerjourney.core.scopes import System
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.reviews.models import Report, ReportState
from partnerjourney.reviews.services import MAKE_JOB
from tests.rest.caller import V1, Caller, make_key, other_journey
from tests.told import Story, told

__all__ = ["told"]

TYPES = {"json": "application/json", "cjml": "application/xml", "mermaid": "text/plain"}
READERS = {"telenoord": "anna@telenoord.example", "koerier-snel": "mila@koeriersnel.example"}


def test_a_key_gets_the_file_that_a_member_gets(told: Story) -> None:
    journey, sizes = told.ids["journey_id"], {}
    for slug, email in READERS.items():
        caller, browser = Caller(told, make_key(told, slug)), told.browser(email)
        for form, media_type in TYPES.items():
            at = f"/journeys/{journey}/file/{form}"
            shown = browser.get(f"/o/{slug}{at}")
            answer = caller("GET", at, Accept=media_type)
            assert (answer.status_code, answer.data) == (200, shown.data), (slug, form)
            for name in ("Content-Type", "Content-Disposition"):
                assert answer.headers[name] == shown.headers[name]
            assert answer.headers["Cache-Control"] == "private, no-cache"
            tag = answer.headers["ETag"]
            same = caller("GET", at, If_None_Match=tag)
            assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
            assert caller("GET", at, If_None_Match='"other"').status_code == 200
            assert caller("GET", at, Accept="text/html").status_code == 406
            assert caller("GET", f"{at}?form=x").status_code == 422
            sizes[slug, form] = len(answer.data)
    assert sizes["koerier-snel", "json"] < sizes["telenoord", "json"], "its own terms alone"


def test_a_file_changes_with_what_its_reader_may_read(told: Story) -> None:
    here = f"/journeys/{told.ids['journey_id']}/file"
    brand, courier = (Caller(told, make_key(told, slug)) for slug in READERS)
    tags = {
        (who, form): who("GET", f"{here}/{form}").headers["ETag"]
        for who in (brand, courier)
        for form in TYPES
    }
    hidden = courier("GET", f"{here}/json").get_json()["handovers"]
    keys = {one["key"] for one in hidden if "time_limit" not in one and "name" not in one}
    with border.open_session(told.engine, System("a test"), write=True) as session:
        edge = session.scalars(
            select(Handover).where(
                Handover.journey_id == told.ids["journey_id"], Handover.key.in_(keys)
            )
        ).first()
        assert edge is not None, "the courier shares all"
        terms = session.scalars(
            select(HandoverTerms).where(HandoverTerms.handover_id == edge.id)
        ).one()
        terms.name = "Wat de koerier niet deelt"
        session.commit()
    changed = {
        (who, form)
        for (who, form), tag in tags.items()
        if who("GET", f"{here}/{form}").headers["ETag"] != tag
    }
    assert changed == {(brand, "json")}
    other = other_journey(told)
    for form in TYPES:
        elsewhere = brand("GET", f"/journeys/{other}/file/{form}")
        assert elsewhere.status_code == 404
        writer = Caller(told, make_key(told, "telenoord", "write", "events"))
        assert writer("GET", f"{here}/{form}").status_code == 403


def test_a_key_for_a_part_alone_does_not_name_the_whole(told: Story) -> None:
    part, whole = told.ids["journey_id"], other_journey(told)
    with border.open_session(told.engine, System("a test"), write=True) as session:
        row = session.get_one(Journey, part)
        row.kind, row.parent_id = JourneyKind.MICRO, whole
        name = session.get_one(Journey, whole).slug
        session.commit()
    wide, narrow = (
        Caller(told, make_key(told, "koerier-snel", journeys=journeys))
        for journeys in ([part, whole], [part])
    )
    at = f"/journeys/{part}/file/json"
    member = told.browser(READERS["koerier-snel"]).get(f"/o/koerier-snel{at}")
    assert wide("GET", at).data == member.data
    assert member.get_json()["journey"]["parent"] == name
    assert "parent" not in narrow("GET", at).get_json()["journey"]


def test_a_report_that_failed_is_drawn_again_of_the_same_facts(told: Story) -> None:
    brand, courier = (Caller(told, make_key(told, slug)) for slug in READERS)
    all_of_them = f"/journeys/{told.ids['journey_id']}/reports"
    made = brand("POST", all_of_them, {"language": "nl"})
    one = made.headers["Location"].removeprefix(V1)
    assert brand("POST", f"{one}/retry").status_code == 409
    with border.open_session(told.engine, System("a test"), write=True) as session:
        row = session.scalars(
            select(Report).where(Report.sha256 == made.get_json()["sha256"])
        ).one()
        row.state, row.problem = ReportState.FAILED, "slow"
        session.commit()
        report_id = row.id
    assert brand("GET", one).get_json()["problem"] == "slow"
    reader = Caller(told, make_key(told, "telenoord", "read"))
    assert reader("POST", f"{one}/retry").status_code == 403
    assert courier("POST", f"{one}/retry").status_code == 404
    again = brand("POST", f"{one}/retry").get_json()
    assert again == {**made.get_json(), "state": "waiting", "problem": None}
    assert brand("POST", f"{one}/retry").status_code == 409
    with border.open_session(told.engine, System("a test")) as session:
        jobs = session.scalars(
            select(Job).where(Job.kind == MAKE_JOB, Job.thing_id == report_id)
        ).all()
    assert [job.user_id for job in jobs] == [None, None], "in the organisation's name, twice asked"
