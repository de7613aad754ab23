"""Delimited files as they come: marks, line breaks, broken encodings, quotes that never close."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core.tabular import Table, UnreadableError


def lines(data: bytes, **how: str) -> list[tuple[int, list[str] | str]]:
    table = Table(io.BytesIO(data), **how)
    return [(row.line, row.fault or list(row.cells)) for row in table]


def test_a_record_has_the_line_on_which_it_starts() -> None:
    data = b'a;b\r\n1;"x\r\n\r\ny"\r\n\r\n2;z\n3;"p\nq"\n4;w'
    assert lines(data, delimiter=";") == [
        (2, ["1", "x\r\n\r\ny"]),
        (6, ["2", "z"]),
        (7, ["3", "p\nq"]),
        (9, ["4", "w"]),
    ]


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n"),
        ("UTF8", b"a,b\n1,\xc3\xa9\n"),
        ("latin-1", b"a,b\n1,\xe9\n"),
        ("utf-16", "a,b\n1,é\n".encode("utf-16")),
    ],
)
def test_encodings_and_byte_order_marks(encoding: str, data: bytes) -> None:
    table = Table(io.BytesIO(data), encoding=encoding)
    assert table.places(["a", "b"]) == {"a": 0, "b": 1}
    assert [list(row.cells) for row in table] == [["1", "é"]]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        Table(io.BytesIO(data))


@pytest.mark.parametrize("before", [0, 1, 262_143, 262_144, 600_000])
def test_a_wrong_byte_anywhere_is_found_first_with_its_place(before: int) -> None:
    data = b"a,b\n" + b"1,2\n" * before + b"1,\xe9\n"
    message = rf"byte {len(data) - 2} \(line {before + 2}\)"
    with pytest.raises(UnreadableError, match=message):
        Table(io.BytesIO(data))


def test_a_text_cut_in_the_middle_of_a_letter() -> None:
    with pytest.raises(UnreadableError, match=r"byte 6 \(line 2\)"):
        Table(io.BytesIO(b"a,b\n1,\xc3"))


def test_a_missing_or_ambiguous_column_is_named() -> None:
    table = Table(io.BytesIO(b"a,b,b\n"))
    with pytest.raises(UnreadableError, match="'c'"):
        table.places(["a", "c"])
    with pytest.raises(UnreadableError, match="several columns 'b'"):
        table.places(["b"])


def test_rows_of_another_width_are_faults_of_their_own() -> None:
    found = lines(b"a,b\n1\n1,2,3\n1,2\n")
    assert [line for line, _ in found] == [2, 3, 4]
    assert "fewer columns" in found[0][1]
    assert "more columns" in found[1][1]
    assert found[2][1] == ["1", "2"]


def test_a_quotation_mark_that_never_closes_costs_its_own_rows_only() -> None:
    found = lines(b'a,b\n1,2\n3,"' + b"x,y\n" * 40_000 + b"5,6\n")
    assert found[0] == (2, ["1", "2"])
    assert "quotation mark" in found[1][1]
    assert found[1][0] == 3
    assert found[-1][1] == ["5", "6"]


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(UnreadableError, match="line 2"):
        Table(io.BytesIO(b"a,b\n" + b"x" * 9_000_000))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=6))
def test_what_the_csv_module_writes_comes_back(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    table = Table(io.BytesIO(out.getvalue().encode()))
    assert [list(row.cells) for row in table] == rows


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_table_or_unreadable(data: bytes) -> None:
    try:
        found = lines(data)
    except UnreadableError:
        return
    assert all(line >= 2 for line, _ in found)


def test_memory_does_not_grow_with_the_file() -> None:
    data = io.BytesIO(b"a,b\n" + b"some text,some more text\n" * 200_000)
    tracemalloc.start()
    try:
        assert sum(1 for _ in Table(data)) == 200_000
        assert tracemalloc.get_traced_memory()[1] < 4_500_000
    finally:
        tracemalloc.stop()
