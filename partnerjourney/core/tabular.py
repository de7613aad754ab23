"""Delimited files, streamed: header, records with the physical line on which each starts, faults.

The whole file is decoded once before the first record is handed out, so that a wrong byte at its
end is found before anything of its beginning was used. Memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

_BLOCK = 1 << 20
_LONGEST = 8 << 20  # characters in one line: more is no table, and would be held in memory


class UnreadableError(Exception):
    """The file as a whole cannot be read: empty, another encoding, a column is missing."""


class Record(NamedTuple):
    """One record: the line on which it starts, and its cells or what is wrong with its shape."""

    line: int
    cells: Sequence[str]
    fault: str | None = None


class Table:
    """An open delimited file: `columns`, then its records by iteration, once."""

    def __init__(self, stream: BinaryIO, *, encoding: str = "utf-8", delimiter: str = ",") -> None:
        encoding = _with_mark(stream, encoding)
        _check(stream, encoding)
        text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        self._text = text  # a wrapper that is collected closes the stream
        self._reader = csv.reader(text, delimiter=delimiter)
        self._line = 0
        header = next(self._records(), None)
        if header is None:
            raise UnreadableError("the file is empty")
        if header.fault:
            raise UnreadableError(f"line {header.line}: {header.fault}")
        self.columns = [name.strip() for name in header.cells]

    def places(self, needed: Iterable[str]) -> dict[str, int]:
        """Return column → index; raises UnreadableError for a missing or ambiguous one."""
        found = {}
        for name in dict.fromkeys(needed):
            if name not in self.columns:
                there = ", ".join(self.columns)[:500]
                raise UnreadableError(f"there is no column {name!r}; there are: {there}")
            if self.columns.count(name) > 1:
                raise UnreadableError(f"there are several columns {name!r}")
            found[name] = self.columns.index(name)
        return found

    def __iter__(self) -> Iterator[Record]:
        """Yield the records; blank lines are none."""
        width = len(self.columns)
        for record in self._records():
            line, cells, fault = record
            if fault is None and len(cells) != width:
                less = "fewer" if len(cells) < width else "more"
                fault = f"{less} columns than the header: {len(cells)}, not {width}"
                yield Record(line, (), fault)
            else:
                yield record

    def _records(self) -> Iterator[Record]:
        reader = self._reader
        while True:
            start = self._line + 1
            fault: str | None = None
            cells: list[str] = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = f"{error} (is a quotation mark not closed?)"
            self._line = reader.line_num
            if cells or fault:
                yield Record(start, cells, fault)

    def close(self) -> None:
        """Let go of the stream, which stays open."""
        self._text.detach()


def _with_mark(stream: BinaryIO, encoding: str) -> str:
    """Return the encoding that leaves out a byte order mark, which spreadsheets write."""
    if codecs.lookup(encoding).name == "utf-8":
        return "utf-8-sig"
    return encoding


def _check(stream: BinaryIO, encoding: str) -> None:
    """Decode the whole stream and go back to its start; raises UnreadableError with the place."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, before, length = 1, 0, 0
    while True:
        block = stream.read(_BLOCK)
        held = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            place = before - held + start
            lines += _newlines(getattr(error, "object", b"")[:start])
            raise UnreadableError(
                f"not {encoding.removesuffix('-sig')}: byte {place} (line {lines}) does not fit"
            ) from error
        if not block:
            break
        lines += text.count("\n")
        before += len(block)
        end = max(text.rfind("\n"), text.rfind("\r"))
        length = len(text) - end - 1 if end >= 0 else length + len(text)
        if length > _LONGEST:
            raise UnreadableError(f"line {lines} has more than {_LONGEST} characters")
    stream.seek(0)


def _newlines(data: object) -> int:
    return bytes(data).count(b"\n") if isinstance(data, bytes | bytearray | memoryview) else 0
