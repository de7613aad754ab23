"""Promises, working days, states: pure, in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.events.rules import EventKind, State, times
from partnerjourney.events.rules.promises import add_working_days, deadline, end_of_day, local_day
from partnerjourney.events.rules.states import Leg, Path, Said, oddity
from partnerjourney.handovers.rules import DurationError

AMSTERDAM, SAO_PAULO = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/Sao_Paulo")
K = EventKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LEGS = [
    Leg("order", 0, "brand", "warehouse", "base"),
    Leg("scan", 1, "warehouse", "couriers", "base"),
    Leg("door", 2, "couriers", "customer", "base", to_customer=True),
]
PATH = Path(LEGS, AMSTERDAM)


def said(
    kind: EventKind,
    when: str | None = None,
    *,
    to: str = "door",
    promise: str | None = None,
    limit: str | None = None,
    circle: str = "base",
) -> Said:
    return Said(
        to, circle, kind, at(when) if when else None, at(promise) if promise else None, limit
    )


def state_of(*events: Said, handover: str = "door") -> State:
    return PATH.outcomes(events)[handover].state


class TestState:
    """measurement: missing, failing, late, ad_hoc, none; unknown without completion or promise."""

    def test_late_by_a_microsecond_and_on_time_to_the_microsecond(self) -> None:
        done = said(K.COMPLETED, "2026-03-04T12:00", promise="2026-03-04T12:00")
        assert state_of(done) is State.NONE
        done.at += timedelta(microseconds=1)  # type: ignore[operator]
        assert state_of(done) is State.LATE

    def test_the_latest_of_several_promises_holds(self) -> None:
        done = said(K.COMPLETED, "2026-03-04T12:00", promise="2026-03-01T00:00")
        later = said(K.EXPECTED, promise="2026-03-05T00:00")
        assert state_of(done) is State.LATE
        assert state_of(done, later) is State.NONE

    def test_a_promise_goes_before_the_time_limit(self) -> None:
        offered = said(K.OFFERED, "2026-03-01T00:00")
        done = said(K.COMPLETED, "2026-03-04T12:00", limit="PT1H", promise="2026-03-05T00:00")
        assert state_of(offered, done) is State.NONE

    def test_the_limit_counts_from_the_offer_else_from_the_hand_over_before(self) -> None:
        before = said(K.COMPLETED, "2026-03-02T10:00", to="scan")
        done = said(K.COMPLETED, "2026-03-04T11:00", limit="PT48H")
        assert state_of(before, done) is State.LATE
        assert state_of(before, said(K.OFFERED, "2026-03-02T12:00"), done) is State.NONE
        assert state_of(done) is State.UNKNOWN

    def test_a_hand_over_that_is_not_before_it_starts_no_clock(self) -> None:
        far = said(K.COMPLETED, "2026-03-02T10:00", to="order")
        assert state_of(far, said(K.COMPLETED, "2026-03-09T11:00", limit="PT48H")) is State.UNKNOWN

    def test_absence_is_unknown_and_only_a_sender_says_missing(self) -> None:
        expected = said(K.EXPECTED, promise="2026-03-01T00:00")
        assert state_of(expected) is State.UNKNOWN
        assert state_of(said(K.COMPLETED, "2026-03-04T12:00")) is State.UNKNOWN
        assert state_of(expected, said(K.MISSING, "2026-03-04T12:00")) is State.MISSING

    def test_the_order_of_deviations(self) -> None:
        late = said(K.COMPLETED, "2026-03-04T12:00", promise="2026-03-01T00:00")
        ad_hoc = said(K.AD_HOC, "2026-03-04T12:00")
        failing = said(K.FAILING, "2026-03-04T12:00")
        missing = said(K.MISSING, "2026-03-04T12:00")
        assert state_of(late, ad_hoc) is State.LATE
        assert state_of(late, ad_hoc, failing) is State.FAILING
        assert state_of(late, ad_hoc, failing, missing) is State.MISSING
        on_time = said(K.COMPLETED, "2026-03-04T12:00", promise="2026-03-09T00:00")
        assert state_of(on_time, ad_hoc) is State.AD_HOC

    def test_what_one_courier_said_does_not_judge_another(self) -> None:
        failed = said(K.FAILING, "2026-03-03T12:00", circle="a")
        done = said(K.COMPLETED, "2026-03-04T12:00", promise="2026-03-09T00:00", circle="b")
        promised = said(K.EXPECTED, promise="2026-03-10T00:00")
        outcome = PATH.outcomes([failed, done, promised])["door"]
        assert (outcome.circle, outcome.state) == ("b", State.NONE)

    def test_the_day_is_that_of_the_journeys_zone(self) -> None:
        done = said(K.COMPLETED, "2026-03-04T23:30")
        assert PATH.outcomes([done])["door"].day == date(2026, 3, 5)
        assert PATH.outcomes([said(K.OFFERED, "2026-03-04T23:30")])["door"].day is None


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
events = st.builds(
    Said,
    handover=st.sampled_from(["order", "scan", "door"]),
    circle=st.sampled_from(["base", "a", "b"]),
    kind=st.sampled_from(list(K)),
    at=moments,
    promised_at=st.none() | moments,
    limit=st.sampled_from([None, "PT48H", "P2D"]),
)


@given(
    st.lists(events, max_size=12).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_the_order_of_arrival_changes_nothing(both: tuple[list[Said], list[Said]]) -> None:
    assert PATH.outcomes(both[0]) == PATH.outcomes(both[1])


@given(st.lists(events, min_size=1, max_size=12), moments)
def test_a_later_promise_never_makes_a_case_late(rows: list[Said], promise: datetime) -> None:
    before = PATH.outcomes(rows)
    used = [row for row in rows if row.handover == "door"]
    if "door" not in before or not any(row.promised_at for row in used):
        return
    later = Said("door", before["door"].circle, K.EXPECTED, None, promise)
    after = PATH.outcomes([*rows, later])["door"].state
    own = [r.promised_at for r in used if r.promised_at and r.circle in (later.circle, "base")]
    if own and before["door"].state is State.NONE:
        assert after is State.NONE


class TestPromises:
    """Ends of days, working days, time limits."""

    def test_a_day_ends_in_the_journeys_zone_also_when_the_clock_changes(self) -> None:
        assert end_of_day(date(2026, 3, 4), AMSTERDAM) == at("2026-03-04T22:59:59.999999")
        assert end_of_day(date(2026, 3, 29), AMSTERDAM) == at("2026-03-29T21:59:59.999999")
        # in Brazil the clock changed at midnight: that midnight does not exist
        assert end_of_day(date(2017, 10, 14), SAO_PAULO) == at("2017-10-15T02:59:59.999999")
        assert local_day(at("2017-10-15T02:59:59.999999"), SAO_PAULO) == date(2017, 10, 14)

    @pytest.mark.parametrize(
        ("start", "limit", "due"),
        [
            ("2026-03-04T10:00", "PT48H", "2026-03-06T10:00"),
            ("2026-03-04T10:00", "P2D", "2026-03-06T10:00"),
            ("2026-03-05T10:00", "P2D", "2026-03-09T10:00"),  # Thursday → Monday
            ("2026-03-07T10:00", "P1D", "2026-03-09T23:00"),  # Saturday → the end of Monday
            ("2026-03-06T10:00", "P1W", "2026-03-13T10:00"),
            ("2026-03-27T10:00", "P1D", "2026-03-30T09:00"),  # the same time of day, an hour less
            ("2026-03-28T12:00", "PT24H", "2026-03-29T12:00"),
            ("2026-03-04T10:00", "P1DT4H", "2026-03-05T14:00"),
        ],
    )
    def test_deadlines(self, start: str, limit: str, due: str) -> None:
        assert deadline(at(start), limit, AMSTERDAM) == at(due)

    @pytest.mark.parametrize(
        "limit", ["P1M", "P1Y", "-P1D", "PT-1H", "P", "PT", "P0D", "2D", "P1.5D"]
    )
    def test_what_is_no_duration_is_refused(self, limit: str) -> None:
        with pytest.raises(DurationError):
            deadline(at("2026-03-04T10:00"), limit, AMSTERDAM)

    @given(moments, moments, st.integers(1, 30))
    def test_an_earlier_start_is_never_due_later(
        self, one: datetime, other: datetime, days: int
    ) -> None:
        first, last = sorted((one, other))
        if last - first < timedelta(hours=1):  # an hour that the clock skips or repeats
            return
        assert add_working_days(first, days, AMSTERDAM) <= add_working_days(last, days, AMSTERDAM)

    @given(moments, st.integers(0, 20), st.integers(0, 20))
    def test_working_days_add_up(self, start: datetime, one: int, other: int) -> None:
        both = add_working_days(start, one + other, SAO_PAULO)
        assert add_working_days(add_working_days(start, one, SAO_PAULO), other, SAO_PAULO) == both

    @given(moments, st.integers(1, 60))
    def test_they_end_on_a_working_day_or_at_its_start(self, start: datetime, days: int) -> None:
        due = add_working_days(start, days, SAO_PAULO).astimezone(SAO_PAULO)
        assert due.weekday() < 5


class TestOddities:
    """Stamps in the wrong order are flagged once, on the row that shows it."""

    def test_a_scan_before_approval_and_a_delivery_before_the_scan(self) -> None:
        ordered = said(K.COMPLETED, "2026-03-02T10:00", to="order")
        scanned = said(K.COMPLETED, "2026-03-02T09:00", to="scan")
        delivered = said(K.COMPLETED, "2026-03-02T08:00")
        case = [ordered, scanned, delivered]
        rules = [oddity(PATH, event, case, []) for event in case]
        assert [found and found[0] for found in rules] == [
            None,
            "wrong_order",
            "delivered_before_taken_over",
        ]

    def test_the_row_that_comes_last_is_flagged(self) -> None:
        scanned = said(K.COMPLETED, "2026-03-02T09:00", to="scan")
        ordered = said(K.COMPLETED, "2026-03-02T10:00", to="order")
        found = oddity(PATH, ordered, [scanned, ordered], [scanned])
        assert found is not None
        assert found[0] == "wrong_order"
        assert oddity(PATH, scanned, [scanned], []) is None


class TestTimes:
    """Formats and clock changes."""

    @given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001
    def test_the_fast_reader_reads_what_strptime_reads(self, moment: datetime) -> None:
        for pattern in (
            "%Y-%m-%d %H:%M:%S",
            "%d-%m-%Y %H:%M",
            "%Y%m%d",
            "%d/%m/%Y",
            "%m/%d/%y %I:%M %p",
        ):
            text = moment.strftime(pattern)
            expected = datetime.strptime(text, pattern)  # noqa: DTZ007
            assert times.reader(pattern)(text) == expected

    @pytest.mark.parametrize(
        "text", ["", "2026-13-01 00:00:00", "2026-02-30 00:00:00", "x", "2018-W01-1 00:00:00"]
    )
    def test_what_is_no_time_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            times.reader("%Y-%m-%d %H:%M:%S")(text)

    def test_one_digit_is_taken_as_strptime_takes_it(self) -> None:
        assert times.reader("%d-%m-%Y %H:%M")("4-3-2026 9:05").day == 4

    def test_a_skipped_hour_is_said_and_a_repeated_one_is_the_first(self) -> None:
        skipped = datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001
        twice = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
        assert times.moment(skipped, AMSTERDAM) == (at("2026-03-29T01:30"), True)
        assert times.moment(twice, AMSTERDAM) == (at("2026-10-25T00:30"), False)

    def test_an_offset_in_the_text_goes_before_the_zone(self) -> None:
        found = times.reader(None)("2026-03-04T10:00:00+05:00")
        assert times.moment(found, AMSTERDAM)[0] == at("2026-03-04T05:00")

    def test_the_day_of_a_time_or_of_a_day(self) -> None:
        read = times.day_reader("%d-%m-%Y %H:%M")
        assert read("04-03-2026") == read("04-03-2026 17:00") == date(2026, 3, 4)
