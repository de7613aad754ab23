"""A mapping says all that is wrong with it at once."""

from __future__ import annotations

import pytest

from partnerjourney.events.rules.mapping import MappingError, read
from tests.events.scene import EVENTS

GOOD = EVENTS.encode()


def faults(text: str) -> list[str]:
    with pytest.raises(MappingError) as caught:
        read(text.encode())
    return caught.value.faults


def test_the_example_of_the_documentation_is_read() -> None:
    mapping = read(
        b"""
[source]
name = "shop"
delimiter = ";"
encoding = "cp1252"
time_format = "%d-%m-%Y %H:%M"
time_zone = "Europe/Amsterdam"
case = "order"
references = { barcode = "parcel" }
id = ["order", "line"]
[[event]]
handover = "a"
kind = "expected"
promise = "until"
promise_is = "end_of_day"
member = "courier"
[answer]
point = "delivery"
metric = "csat"
score = "stars"
time = "when"
wave = "spring"
[values.score]
"very good" = 5
"""
    )
    assert mapping.source.reference_columns == {"case": "order", "barcode": "parcel"}
    assert mapping.values == {"score": {"very good": "5"}}
    assert mapping.answer is not None
    assert mapping.answer.wave == "spring"


def test_the_case_column_may_have_a_name_of_its_own() -> None:
    mapping = read(
        EVENTS.replace('case = "order"', 'case = "order"\nreferences = {shop = "order"}').encode()
    )
    assert mapping.source.reference_columns == {"shop": "order"}


def test_every_fault_is_named_at_once() -> None:
    found = faults(
        """
[source]
name = ""
delimiter = ";;"
encoding = "utf-99"
time_zone = "Europe/Amersfoort"
time_format = "%Q"
id = []
colour = "blue"
[[event]]
handover = "a"
kind = "delivered"
time = "x"
promis = "y"
[[event]]
handover = "b"
kind = "expected"
time = "x"
[values.scores]
"""
    )
    starts = {fault.split(":")[0] for fault in found}
    assert starts == {
        "source.name",
        "source.delimiter",
        "source.encoding",
        "source.time_zone",
        "source.time_format",
        "source.id",
        "source.case",
        "source.colour",
        "event 1.kind",
        "event 1.promis",
        "event 2.time",
        "event 2.promise",
        "values.scores",
    }


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[source", "not a TOML file"),
        ("", "source: is missing"),
        ('[source]\nname="a"\nid="b"\n', "mapping: needs"),
        ('event=1\n[source]\nname="a"\nid="b"\ncase="c"\n', "event: write [[event]]"),
        (EVENTS + EVENTS.split('id = ["order"]\n')[1], "event: "),
    ],
)
def test_other_faults(text: str, start: str) -> None:
    assert any(fault.startswith(start) for fault in faults(text)), faults(text)


def test_bytes_that_are_no_text_are_a_fault() -> None:
    with pytest.raises(MappingError):
        read(b"\xff\xfe")
