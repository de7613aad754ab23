"""A complaint reaches those whom it concerns and nobody else; what they say, all of them see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from partnerjourney.complaints import services
from partnerjourney.complaints.rules import Act, State
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import (
    Membership,
    Participation,
    ParticipationRole,
    Party,
    Role,
    User,
)
from partnerjourney.core.policy import NotAllowedError
from tests.complaints.desk import BY_BARCODE, MEMBER, close, report, says, seen, stored, what
from tests.events.scene import AT, Scene, play
from tests.factories import row

CASE = "order,at,member\n10234,2026-03-04 10:00:00,courier-a\n"
BARCODE = "order,at,member,code\n10234,2026-03-04 10:00:00,courier-a,BC-77\n"


@pytest.fixture
def scene(engine: Engine) -> Scene:
    return play(engine)


def titles(scene: Scene) -> dict[str, int]:
    """Return how many complaints each party sees."""
    return {
        name: len(seen(scene, name)) for name in ("brand", "warehouse", "courier-a", "courier-b")
    }


def test_it_reaches_the_member_whose_case_it_is_and_no_other(scene: Scene) -> None:
    scene.events(CASE, MEMBER)
    complaint = report(scene)
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 1, "courier-b": 0}
    with scene.acting("courier-b") as (session, _actor, place), pytest.raises(NotFoundError):
        services.find(session, place, complaint)
    [found] = seen(scene, "courier-a")
    assert [seat.name for seat in found.seats] == ["Warehouse", "Courier-A", "Brand"]
    assert found.waits_for_me
    assert found.row.case_id is not None


def test_only_the_parties_of_the_hand_overs_chosen_get_it(scene: Scene) -> None:
    report(scene, on=("brand-warehouse",))
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 0, "courier-b": 0}
    report(scene, "10235", on=("courier-customer",), members=("courier-b",))
    assert titles(scene) == {"brand": 2, "warehouse": 1, "courier-a": 0, "courier-b": 1}


def test_a_member_that_reports_is_itself_the_member(scene: Scene) -> None:
    """Also where the reference is of another's case, of which it must not learn."""
    scene.events(CASE, MEMBER)
    complaint = report(scene, by="courier-b")
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 0, "courier-b": 1}
    assert stored(scene, complaint).case_id is None, "to it this reference is unknown"


def test_an_unknown_reference_is_accepted_and_linked_when_a_file_brings_it_in(scene: Scene) -> None:
    complaint = report(scene, "BC-77")
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 0, "courier-b": 0}
    assert stored(scene, complaint).case_id is None
    scene.events(BARCODE, BY_BARCODE)
    assert stored(scene, complaint).case_id is not None
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 1, "courier-b": 0}
    [found] = seen(scene, "courier-a")
    assert [line.act for line in found.lines] == [Act.REPORT, Act.LINK]
    assert len(found.handovers) == 2


def test_order_number_and_barcode_find_the_same_case(scene: Scene) -> None:
    scene.events(BARCODE, BY_BARCODE)
    complaint = report(scene, "BC-77")
    case = stored(scene, complaint).case_id
    with scene.acting("courier-a") as (session, _actor, place):
        assert services.case_of(session, place, "10234") == case
        assert services.case_of(session, place, "BC-77") == case
        assert services.case_of(session, place, "nothing") is None
    with scene.acting("courier-b") as (session, _actor, place):
        assert services.case_of(session, place, "BC-77") is None, "not its case"


def test_who_knows_both_links_by_hand(scene: Scene) -> None:
    scene.events(CASE, MEMBER)
    complaint = report(scene, "JOB-5")
    for name, reference in (("warehouse", "10234"), ("brand", "nothing")):
        with scene.acting(name) as (session, actor, place):
            found = services.find(session, place, complaint)
            with pytest.raises(InputError):
                services.link(session, actor, place, found, reference=reference, at=AT)
    with scene.acting() as (session, actor, place):
        found = services.find(session, place, complaint)
        services.link(session, actor, place, found, reference="10234", at=AT)
        assert services.case_of(session, place, "JOB-5") == found.case_id
        with pytest.raises(ConflictError):
            services.link(session, actor, place, found, reference="10234", at=AT)
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 1, "courier-b": 0}


def test_a_complaint_never_goes_from_one_member_to_another(scene: Scene) -> None:
    complaint = report(scene, "BC-77", members=("courier-b",))
    scene.events(BARCODE, BY_BARCODE)
    assert stored(scene, complaint).case_id is not None
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 0, "courier-b": 1}


def test_from_the_desk_to_closed(scene: Scene) -> None:
    scene.events(CASE, MEMBER)
    complaint = report(scene)
    says(scene, "warehouse", complaint, Act.NOT_HERE, text="It left us black.")
    [desk] = seen(scene, "brand")
    assert [seat.name for seat in desk.waits] == ["Courier-A"]
    says(scene, "courier-a", complaint, Act.PICK_UP)
    [found] = seen(scene, "warehouse")
    assert found.picker is not None
    assert (found.picker.name, found.due) == ("Courier-A", AT + timedelta(hours=8))
    with pytest.raises(ConflictError):
        says(scene, "warehouse", complaint, Act.PICK_UP)
    with pytest.raises(ConflictError):
        close(scene, complaint)
    says(scene, "courier-a", complaint, Act.SOLVE, text="Exchanged at the door.")
    [desk] = seen(scene, "brand")
    assert desk.row.state is State.SOLVED
    assert desk.waits_for_me
    with pytest.raises(NotAllowedError):
        close(scene, complaint, by="courier-a")
    close(scene, complaint)
    assert seen(scene, "brand") == []
    assert [line.act for line in seen(scene, "courier-a", closed=True)[0].lines] == [
        *(Act.REPORT, Act.NOT_HERE, Act.PICK_UP, Act.SOLVE, Act.CLOSE),
    ]


def test_what_comes_back_is_asked_of_all_anew(scene: Scene) -> None:
    complaint = report(scene, on=("brand-warehouse",))
    says(scene, "warehouse", complaint, Act.SOLVE)
    with scene.acting() as (session, actor, place):
        found = services.find(session, place, complaint, lock=True)
        services.not_solved(session, actor, place, found, text="Still blue.", at=AT)
    [found] = seen(scene, "warehouse")
    assert found.row.state is State.REPORTED
    assert found.waits_for_me


def test_passing_on_needs_a_reason_and_a_promise_lies_ahead(scene: Scene) -> None:
    complaint = report(scene, on=("brand-warehouse",))
    with pytest.raises(InputError):
        says(scene, "warehouse", complaint, Act.NOT_HERE)
    with pytest.raises(InputError):
        says(scene, "warehouse", complaint, Act.PICK_UP, before=AT)


def test_one_party_speaks_to_the_customer_and_all_see_which(scene: Scene) -> None:
    complaint = report(scene, on=("brand-warehouse",))
    with scene.acting("warehouse") as (session, actor, place):
        found = services.find(session, place, complaint, lock=True)
        with pytest.raises(NotAllowedError):
            services.tell_customer(session, actor, place, found, text="Hello", at=AT)
        with pytest.raises(NotAllowedError):
            services.give_voice(
                session, actor, place, found, scene.participations["warehouse"], at=AT
            )
    with scene.acting() as (session, actor, place):
        found = services.find(session, place, complaint, lock=True)
        services.tell_customer(session, actor, place, found, text="Tomorrow at ten.", at=AT)
        with pytest.raises(InputError):
            services.give_voice(
                session, actor, place, found, scene.participations["courier-a"], at=AT
            )
        services.give_voice(session, actor, place, found, scene.participations["warehouse"], at=AT)
    [seen_there] = seen(scene, "warehouse")
    assert seen_there.voice is not None
    assert seen_there.voice.name == "Warehouse"
    assert [(line.by.name, line.text) for line in seen_there.told if line.by] == [
        ("Brand", "Tomorrow at ten.")
    ]


def test_a_desk_that_is_no_part_of_the_stretch_sees_every_answer(scene: Scene) -> None:
    """A service desk of its own party reports; it learns whose case it was from the answers."""
    with scene.system() as session:
        party = row(
            Party, journey_id=scene.journey, key="desk", name="Desk", kind="organisation",
            position=9, confirmed_at=AT,
        )  # fmt: skip
        session.add(party)
        session.flush()
        joined = Participation(
            journey_id=scene.journey,
            party_id=party.id,
            organisation_id=scene.organisations["outsider"],
            role=ParticipationRole.PARTNER,
            joined_at=AT,
        )
        session.add(joined)
        session.commit()
    complaint = report(scene, by="outsider", on=("brand-warehouse",))
    says(scene, "warehouse", complaint, Act.PICK_UP)
    [found] = seen(scene, "outsider")
    assert found.picker is not None
    assert found.desk is not None
    assert (found.picker.name, found.desk.name) == ("Warehouse", "Desk")
    assert titles(scene) == {"brand": 1, "warehouse": 1, "courier-a": 0, "courier-b": 0}


def test_hand_overs_and_members_of_others_are_refused(scene: Scene) -> None:
    with scene.acting("courier-a") as (session, actor, place), pytest.raises(InputError):
        services.report(session, actor, place, what(), handovers=[scene.journey], at=AT)
    with pytest.raises(InputError):
        report(scene, by="courier-a", members=("courier-b",))


def test_those_who_can_answer_get_one_mail_each(scene: Scene) -> None:
    with scene.system() as session:
        for name, role in (
            ("warehouse", Role.EDITOR),
            ("warehouse", Role.VIEWER),
            ("courier-b", Role.ADMIN),
        ):
            user = row(User, email=f"{name}-{role}@example.org", name=name)
            session.add(user)
            session.flush()
            session.add(
                row(Membership, owner_id=scene.organisations[name], user_id=user.id, role=role)
            )
        session.commit()
    complaint = report(scene)
    with scene.system() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "complaint.tell")).all()
        assert [(job.organisation_id, job.thing_id) for job in jobs] == [
            (scene.organisations["warehouse"], complaint)
        ]
