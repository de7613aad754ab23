"""Ids: RFC 9562's layouts, time where it may be told and nowhere else."""

from __future__ import annotations

import re
import threading
import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core import clock, ids
from partnerjourney.core.schema import load

moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(moments)
def test_a_v7_id_holds_its_millisecond(moment: datetime) -> None:
    with clock.at(moment):
        made = ids.new_v7()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    told = made.int >> 80
    assert abs(told - moment.timestamp() * 1000) <= 1


def test_the_example_of_the_rfc() -> None:
    """RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00 with its random bits."""
    moment = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    token = ids._source.set(lambda size: bytes.fromhex("0CC318C4DC0C0C07398F")[:size])
    try:
        with clock.at(moment):
            made = ids.new_v7()
    finally:
        ids._source.reset(token)
    assert str(made).startswith("017f22e2-79b0-7cc3-")
    assert str(made) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(moments, st.integers(1, 10**9))
def test_v7_ids_sort_by_time(moment: datetime, milliseconds: int) -> None:
    with clock.at(moment):
        first = ids.new_v7()
    later = min(moment + timedelta(milliseconds=milliseconds + 1), datetime(9990, 1, 1, tzinfo=UTC))
    with clock.at(later):
        assert first < ids.new_v7()


def test_a_v4_id_tells_nothing_of_its_time() -> None:
    with clock.at(datetime(2026, 3, 4, tzinfo=UTC)):
        made = [ids.new_v4() for _ in range(1000)]
    assert {(one.version, one.variant) for one in made} == {(4, uuid.RFC_4122)}
    assert len({one.int >> 80 for one in made}) == len(made)


def test_what_tells_of_customers_has_ids_that_tell_no_time() -> None:
    tables = load().metadata.tables
    for name in ("answer", "invitation", "contact", "permitted_comment", "journey_case"):
        assert tables[name].c.id.default.arg.__wrapped__ is ids.new_v4, name


def test_a_token_is_256_random_bits_for_an_address() -> None:
    made = {ids.new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)
    token = made.pop()
    assert re.fullmatch(r"[0-9a-f]{64}", ids.token_hash(token))
    assert ids.token_hash(token) != ids.token_hash(token + "x")


def test_neighbours_share_a_random_place_and_are_random_in_it() -> None:
    series = [list(islice(ids.neighbours(), 200)) for _ in range(2)]
    made = [one for some in series for one in some]
    assert len(set(made)) == 400
    assert {(one.version, one.variant) for one in made} == {(4, uuid.RFC_4122)}
    assert [len({one.int >> 80 for one in some}) for some in series] == [1, 1]
    assert series[0][0].int >> 80 != series[1][0].int >> 80
    told = [one.int >> 64 & 0xFFF for one in series[0]]
    assert told != sorted(told)


def test_seeded_ids_come_again_and_end_with_the_block() -> None:
    def some() -> list[object]:
        with ids.seeded("demo"), clock.at(datetime(2026, 3, 4, tzinfo=UTC)):
            return [ids.new_v4(), ids.new_v7(), ids.new_token()]

    assert some() == some()
    with ids.seeded("demo"):
        first = ids.new_v4()
    with ids.seeded("other"):
        assert ids.new_v4() != first
    assert ids.new_v4() not in some()


def test_seeded_ids_stay_in_their_thread() -> None:
    found = []
    with ids.seeded("demo"):
        first = ids.new_v4()
    with ids.seeded("demo"):
        thread = threading.Thread(target=lambda: found.append(ids.new_v4()))
        thread.start()
        thread.join()
    assert found != [first]
