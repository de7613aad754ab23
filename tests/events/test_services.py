"""Events come in: counted once, corrected by new rows, judged, shared with their circle only."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Operator
from partnerjourney.core.tabular import UnreadableError
from partnerjourney.events import services
from partnerjourney.events.models import CaseReference, CaseState, Event
from partnerjourney.events.rules import EventKind
from partnerjourney.events.rules.mapping import read
from partnerjourney.events.rules.rows import NewEvent
from partnerjourney.events.services import MappingFault
from partnerjourney.events.services.rebuild import Derived, rebuild
from partnerjourney.handovers.models import HandoverTerms
from tests.databases import counted
from tests.events.scene import AT, EVENTS, HEADER, SOURCE, Interrupted, Scene, play

MAPPING = read(EVENTS.encode())

ON_TIME = "A1,2026-03-01 10:00:00,2026-03-02 10:00:00,2026-03-03 10:00:00,2026-03-04 00:00:00\n"
LATE = "A2,2026-03-01 10:00:00,2026-03-02 10:00:00,2026-03-05 10:00:00,2026-03-04 00:00:00\n"
HALF = "A3,2026-03-01 10:00:00,,,2026-03-04 00:00:00\n"
NUMBERS = ("read", "candidates", "accepted", "duplicates", "rejected")


@pytest.fixture
def scene(engine: Engine) -> Scene:
    return play(engine)


def numbers(report: dict[str, Any]) -> tuple[int, ...]:
    assert report["accepted"] + report["duplicates"] + report["rejected"] == report["candidates"]
    return tuple(report[name] for name in NUMBERS)


def one(handover: str = "courier-customer", kind: str = "completed", more: str = "") -> str:
    return SOURCE + f'[[event]]\nhandover = "{handover}"\nkind = "{kind}"\ntime = "at"\n{more}'


class TestImport:
    """The report says what became of every row, and nothing is counted twice."""

    def test_each_filled_time_is_an_event_and_the_second_time_adds_nothing(
        self, scene: Scene
    ) -> None:
        text = HEADER + ON_TIME + LATE + HALF
        assert numbers(scene.events(text)) == (3, 7, 7, 0, 0)
        there, cells = scene.rows(), scene.fact_cells()
        assert scene.states() == {"none": 1, "late": 1}
        assert scene.states(handover="brand-warehouse") == {"unknown": 3}
        assert numbers(scene.events(text)) == (3, 7, 0, 7, 0)
        assert (scene.rows(), scene.fact_cells()) == (there, cells)

    def test_other_content_is_rejected_until_it_is_meant_as_a_correction(
        self, scene: Scene
    ) -> None:
        scene.events(HEADER + LATE)
        text = HEADER + LATE.replace("2026-03-05", "2026-03-03")
        report = scene.events(text)
        assert numbers(report) == (1, 3, 0, 2, 1)
        assert report["errors"] == [
            {"line": 2, "field": "id", "message": "differs from what was stored on 2026-03-05"}
        ]
        assert scene.states() == {"late": 1}
        assert numbers(scene.events(text, correct=True)) == (1, 3, 1, 2, 0)
        assert scene.states() == {"none": 1}
        assert scene.rows()["event"] == 4  # the row that was corrected stays
        assert numbers(scene.events(text)) == (1, 3, 0, 3, 0)
        assert scene.derived()[0] == scene.derived()[1]

    def test_a_correction_of_the_order_number_moves_the_event_to_the_other_case(
        self, scene: Scene
    ) -> None:
        mapping = one().replace('id = ["order"]', 'id = ["scan"]')
        head = "order,scan,at\n"
        scene.events(head + "A1,1,2026-03-03 10:00:00\n", mapping)
        scene.events(head + "A2,1,2026-03-03 10:00:00\n", mapping, correct=True)
        derived, stored = scene.derived()
        assert derived == stored
        assert len(derived.states) == 1
        assert scene.states() == {"unknown": 1}

    def test_a_dry_run_stores_nothing_and_foresees_the_real_one(self, scene: Scene) -> None:
        rows = [f"B{n},2026-03-01 10:00:00,,,\n" for n in range(700)]
        rows += [rows[0], rows[1].replace("10:00", "11:00")]  # a duplicate, and another content
        text = HEADER + "".join(rows) + "B9,x,,,\n"
        before = scene.rows()
        foreseen = scene.events(text, dry_run=True)
        assert scene.rows() == before
        report = scene.events(text)
        assert report == foreseen
        assert numbers(report) == (703, 703, 700, 1, 2)

    def test_faults_name_the_line_on_which_the_row_starts(self, scene: Scene) -> None:
        good = "2026-03-03 10:00:00"
        text = (
            "order,at\n"
            f'"A\n1",{good}\n'  # a line break inside an order number
            f"A2\n"
            f",{good}\n"
            f"A4,03-03-2026\n"
            f"A5,0001-01-01 00:00:00\n"
            f"A6,\n"
            f"{'x' * 121},{good}\n"
            f"A8\u202e,{good}\n"
            f"A9\0,{good}\n"
            f"A10,{good}\n"
        )
        report = scene.events(text, one())
        assert numbers(report) == (10, 9, 1, 0, 8)
        assert [(error["line"], error["field"]) for error in report["errors"]] == [
            (2, "id"),
            (4, None),
            (5, "id"),
            (6, "time"),
            (7, "time"),
            (9, "case"),
            (10, "id"),
            (11, "id"),
        ]

    @pytest.mark.parametrize(
        "text",
        [b"", b"order,ordered\nA1,2026\n", (HEADER + ON_TIME).encode() * 9000 + b"\xff\n"],
    )
    def test_an_unreadable_file_stores_nothing(self, scene: Scene, text: bytes) -> None:
        before = scene.rows()
        with pytest.raises(UnreadableError):
            scene.events(text)
        assert scene.rows() == before

    def test_a_run_that_was_cut_short_is_taken_up(self, scene: Scene) -> None:
        rows = "".join(f"C{n},2026-03-01 10:00:00\n" for n in range(1200))
        text, mapping = "order,at\n" + rows, one("brand-warehouse")

        def unplug() -> None:
            raise OSError("unplugged")

        with pytest.raises(OSError, match="unplugged"):
            scene.events(text, mapping, stream=Interrupted(text.encode(), unplug))
        assert scene.rows()["event"] == 500
        assert scene.derived()[0] == scene.derived()[1]
        assert numbers(scene.events(text, mapping)) == (1200, 1200, 700, 500, 0)
        assert scene.derived()[0] == scene.derived()[1]

    def test_a_chunk_costs_the_same_statements_however_many_rows_it_has(
        self, scene: Scene, engine: Engine
    ) -> None:
        def cost(first: int, rows: int) -> int:
            text = HEADER + "".join(
                ON_TIME.replace("A1", f"D{n}") for n in range(first, first + rows)
            )
            with counted(engine) as found:
                scene.events(text)
            return len(found)

        cost(0, 1)
        assert cost(1, 10) == cost(11, 150)

    def test_two_runs_of_the_same_file_at_once_count_once(self, scene: Scene) -> None:
        text = HEADER + "".join(LATE.replace("A2", f"E{n}") for n in range(400))
        reports: list[dict[str, Any]] = []
        runs = [threading.Thread(target=lambda: reports.append(scene.events(text))) for _ in "ab"]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        assert sum(report["accepted"] for report in reports) == 1200
        assert sum(report["duplicates"] for report in reports) == 1200
        assert scene.states() == {"late": 400}
        assert scene.derived()[0] == scene.derived()[1]


class TestBorder:
    """Whose hand-over it is, and which member of a group."""

    def test_a_hand_over_of_others_reads_like_one_that_does_not_exist(self, scene: Scene) -> None:
        said = []
        for name in ("courier-customer", "nowhere"):
            with pytest.raises(MappingFault) as caught:
                scene.events("order,at\n", one(name), by="warehouse")
            said.append(str(caught.value).replace(name, ""))
        assert said[0] == said[1]
        scene.events("order,at\nA1,2026-03-03 10:00:00\n", one("warehouse-courier"), by="warehouse")
        assert scene.states("warehouse", "warehouse-courier") == {"unknown": 1}
        assert scene.states("warehouse") == {}

    def test_an_outsider_finds_no_journey_and_a_viewer_may_not(self, scene: Scene) -> None:
        with pytest.raises(NotFoundError):
            scene.events("order,at\n", one(), by="outsider")
        viewer = scene.member("brand", Role.VIEWER)
        with pytest.raises(NotAllowedError):
            services.import_events(
                scene.engine, viewer, scene.journey, stream=io.BytesIO(b""), mapping=MAPPING, at=AT
            )

    def test_a_member_of_a_group_writes_to_its_own_circle_only(self, scene: Scene) -> None:
        row = "order,at\nA1,2026-03-03 10:00:00\n"
        scene.events(row, one(), by="courier-a")
        assert scene.states("courier-a") == {"unknown": 1}
        assert scene.states("courier-b") == {}
        assert scene.states("brand") == {"unknown": 1}

    def test_the_brand_names_the_member_and_a_courier_cannot_name_another(
        self, scene: Scene
    ) -> None:
        mapping = one(more='member = "by"\n[values.member]\nA = "courier-a"\nB = "courier-b"\n')
        row = "2026-03-03 10:00:00"
        text = f"order,at,by\nA1,{row},A\nA2,{row},B\nA3,{row},\nA4,{row},courier-x\n"
        report = scene.events(text, mapping)
        assert numbers(report) == (4, 4, 3, 0, 1)
        assert report["errors"] == [{"line": 5, "field": "member", "message": "unknown member"}]
        assert scene.states() == {"unknown": 3}
        assert scene.states("courier-a") == scene.states("courier-b") == {"unknown": 1}
        mine = scene.events(text, mapping, by="courier-a")
        assert {e["message"] for e in mine["errors"]} == {"unknown member"}
        assert [e["line"] for e in mine["errors"]] == [3, 5]

    def test_the_same_row_of_another_sender_is_never_looked_at(self, scene: Scene) -> None:
        row = "order,at\nA1,2026-03-03 10:00:00\n"
        mapping = one("warehouse-courier")
        assert numbers(scene.events(row, mapping))[2] == 1
        other = row.replace("10:00", "11:00")
        assert numbers(scene.events(other, mapping, by="warehouse")) == (1, 1, 1, 0, 0)

    def test_flags_tell_nothing_of_hand_overs_that_the_sender_does_not_share(
        self, scene: Scene
    ) -> None:
        scene.events("order,at\nA1,2026-03-03 10:00:00\n", one("brand-warehouse"))
        row = "order,at\nA1,2026-03-02 10:00:00\n"
        assert scene.events(row, one("warehouse-courier"), by="courier-a")["flags"] == []
        flags = scene.events(row, one("warehouse-courier"), by="warehouse")["flags"]
        assert [flag["rule"] for flag in flags] == ["wrong_order"]

    def test_nor_of_those_that_come_after(self, scene: Scene) -> None:
        scene.events("order,at\nA1,2026-03-02 10:00:00\n", one())
        row = "order,at\nA1,2026-03-03 10:00:00\n"
        assert scene.events(row, one("warehouse-courier"), by="warehouse")["flags"] == []
        flags = scene.events(row, one("warehouse-courier"), by="brand")["flags"]
        assert [flag["rule"] for flag in flags] == ["wrong_order"]

    def test_an_operator_acts_for_an_organisation_over_the_border(self, scene: Scene) -> None:
        row = "order,at\nA1,2026-03-03 10:00:00\n"
        report = scene.events(row, one(), by="warehouse", scope=Operator("a repair"))
        assert numbers(report)[2] == 1
        with scene.system() as session:
            sender = session.scalars(select(Event.sender_id)).one()
        assert sender == scene.organisations["warehouse"]


class TestCases:
    """References of one case, by whoever knows them."""

    def test_two_references_join_what_two_parties_say(self, scene: Scene) -> None:
        both = one("warehouse-courier").replace(
            'case = "order"', 'case = "order"\nreferences = { barcode = "parcel" }'
        )
        scene.events("order,parcel,at\nA1,P1,2026-03-02 10:00:00\n", both, by="warehouse")
        mapping = (
            one()
            .replace('case = "order"', 'references = { barcode = "parcel" }')
            .replace('id = ["order"]', 'id = ["parcel"]')
        )
        scene.events("parcel,at\nP1,2026-03-03 10:00:00\n", mapping, by="courier-a")
        with scene.system() as session:
            states = session.scalars(select(CaseState)).all()
            kinds = session.execute(select(CaseReference.kind, CaseReference.value)).all()
        assert len({state.case_id for state in states}) == 1
        assert {tuple(kind) for kind in kinds} == {("case", "A1"), ("barcode", "P1")}
        late = {state.handover_id: state.state.value for state in states}
        assert sorted(late.values()) == ["none", "unknown"]  # within 48 hours of the scan

    def test_references_of_two_cases_on_one_row_are_refused(self, scene: Scene) -> None:
        both = one().replace(
            'case = "order"', 'case = "order"\nreferences = { barcode = "parcel" }'
        )
        day = "2026-03-02 10:00:00"
        text = f"order,parcel,at\nA1,,{day}\nA2,P2,{day}\nA1,P2,{day}\n"
        mapping = both.replace('id = ["order"]', 'id = ["at", "order", "parcel"]')
        report = scene.events(text.replace(",,", ",P1,"), mapping)
        assert report["errors"] == [
            {"line": 4, "field": "case", "message": "its references belong to different cases"}
        ]

    def test_the_limit_of_the_day_judges_also_after_it_was_changed(self, scene: Scene) -> None:
        slow = "A1,2026-03-01 10:00:00,2026-03-02 10:00:00,2026-03-05 10:00:00,\n"
        scene.events(HEADER + slow)
        assert scene.states() == {"late": 1}
        with scene.system() as session:
            for terms in session.scalars(select(HandoverTerms)):
                terms.time_limit = "P9D"
            session.commit()
        scene.events(HEADER + slow.replace("A1", "A2"))
        assert scene.states() == {"late": 1, "none": 1}
        assert scene.derived()[0] == scene.derived()[1]


batches = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["offered", "completed", "missing", "failing", "ad_hoc", "refused"]),
        st.sampled_from(["warehouse-courier", "courier-customer"]),
        st.integers(0, 200),
        st.none() | st.integers(0, 200),
        st.sampled_from(["", "courier-a", "courier-b"]),
    ),
    min_size=1,
    max_size=14,
)
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@given(rows=batches, data=st.data())
@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_states_and_counts_equal_a_rebuild_at_any_moment_in_any_order(
    scene: Scene, rows: list[Any], data: st.DataObject
) -> None:
    """Shuffled, sent twice, corrected, by parts: the end is the same, and so is every moment."""
    numbered = list(enumerate(rows))
    shuffled = data.draw(st.permutations([*numbered, *numbered[:3]]))
    outcomes = []
    for turn, order in enumerate((numbered, shuffled)):
        run = f"{scene.rows()['event']}-{turn}"
        with scene.acting() as (session, actor, place):
            for start in range(0, len(order), 4):
                events = [_event(run, number, row) for number, row in order[start : start + 4]]
                services.record(session, actor, place, events=events, source="t", at=AT)
                derived, stored = rebuild(session, place)
                assert derived == stored
            again = [_event(run, number, row, hours=5) for number, row in numbered[:2]]
            services.record(session, actor, place, events=again, source="t", at=AT, correct=True)
            derived, stored = rebuild(session, place)
            assert derived == stored
        outcomes.append(_by_reference(scene, run, derived))
    assert outcomes[0] == outcomes[1]


def _event(run: str, number: int, row: Any, hours: int = 0) -> NewEvent:
    case, kind, handover, at, promise, member = row
    return NewEvent(
        line=number,
        handover=handover,
        kind=EventKind(kind),
        row_key=f"{run}:{number}",
        references=(("case", f"{run}:{case}"),),
        at=START + timedelta(hours=at + hours),
        promised_at=None if promise is None else START + timedelta(hours=promise),
        member=member,
    )


def _by_reference(scene: Scene, run: str, derived: Derived) -> dict[Any, Any]:
    with scene.system() as session:
        rows = session.execute(
            select(CaseReference.case_id, CaseReference.value).where(
                CaseReference.value.startswith(f"{run}:")
            )
        )
        names = {row.case_id: row.value.removeprefix(run) for row in rows}
    return {
        (names[case], handover): outcome
        for (case, handover), outcome in derived.states.items()
        if case in names
    }
