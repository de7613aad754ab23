"""A contact list as it was pasted or uploaded: read line by line, every fault with its line."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

MOST_ROWS = 2000
MOST_BYTES = 1024 * 1024
FIELDS = ("email", "name", "salutation", "reference", "date", "account", "role", "member")
_LENGTHS = {
    "name": 120,
    "salutation": 160,
    "reference": 120,
    "account": 120,
    "role": 40,
    "member": 120,
}
_COLUMNS = {
    "email": ("email", "e-mail", "mail", "mailadres", "e-mailadres", "emailadres", "address"),
    "name": ("name", "naam"),
    "salutation": ("salutation", "aanhef"),
    "reference": ("reference", "kenmerk", "referentie", "bestelling", "ordernummer", "order"),
    "date": ("date", "datum", "day", "dag"),
    "account": ("account", "klant", "bedrijf", "company"),
    "role": ("role", "rol", "klantrol"),
    "member": ("member", "lid", "deelnemer", "vestiging"),
}
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\s@<>()\[\],;:\"\\.]+\.)+[^\s@<>()\[\],;:\"\\.\d]{2,}"
)
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Row:
    """One customer to ask; `line` is where it stands in the list."""

    line: int
    email: str
    name: str = ""
    salutation: str = ""
    reference: str = ""
    day: date | None = None
    account: str = ""
    role: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a line: a code, and the field or value that it is about."""

    line: int
    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """The rows of a list and its faults; with a fault nothing is taken."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def decode(data: bytes) -> str | None:
    """Return the text of a file: UTF-8 with or without BOM, UTF-16 with one, or Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def unsafe(text: str) -> bool:
    """Whether a text holds control, bidi or other invisible characters."""
    return any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in text
    )


def read(text: str) -> Upload:
    """Read a list whose first line names its columns; a list of addresses alone needs none."""
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return Upload((), (Fault(1, "too_large"),))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not first:
        return Upload((), (Fault(1, "empty"),))
    reader = csv.reader(lines, delimiter=_delimiter(first), strict=False)
    try:
        records = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error:
        return Upload((), (Fault(reader.line_num, "unreadable"),))
    if not records:
        return Upload((), (Fault(1, "empty"),))
    columns = _columns(records[0][1])
    if isinstance(columns, Fault):
        return Upload((), (columns,))
    start = 0 if _EMAIL.fullmatch(records[0][1][0].strip()) else 1
    return _rows(records[start:], columns)


def _delimiter(first: str) -> str:
    return max(";,\t", key=first.count) if any(sign in first for sign in ";,\t") else ";"


def _columns(head: list[str]) -> list[str | None] | Fault:
    if _EMAIL.fullmatch(head[0].strip()):
        return ["email"] if len(head) == 1 else Fault(1, "no_head")
    named = {alias: field for field, aliases in _COLUMNS.items() for alias in aliases}
    columns = [named.get(cell.strip().lower()) for cell in head]
    if "email" not in columns:
        return Fault(1, "no_email_column")
    for column in FIELDS:
        if columns.count(column) > 1:
            return Fault(1, "column_twice", column)
    return columns


def _rows(records: list[tuple[int, list[str]]], columns: list[str | None]) -> Upload:
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    if len(records) > MOST_ROWS:
        return Upload((), (Fault(records[MOST_ROWS][0], "too_many"),))
    for line, record in records:
        if len(record) > len(columns) and any(cell.strip() for cell in record[len(columns) :]):
            faults.append(Fault(line, "too_many_cells"))
            continue
        cells = {
            column: cell.strip() for column, cell in zip(columns, record, strict=False) if column
        }
        row = _row(line, cells)
        if isinstance(row, Fault):
            faults.append(row)
        elif row.email.casefold() in seen:
            faults.append(Fault(line, "twice", str(seen[row.email.casefold()])))
        else:
            seen[row.email.casefold()] = line
            rows.append(row)
    if not rows and not faults:
        faults.append(Fault(1, "empty"))
    return Upload(tuple(rows), tuple(faults))


def _row(line: int, cells: dict[str, str]) -> Row | Fault:
    for name, value in cells.items():
        if unsafe(value):
            return Fault(line, "unsafe", name)
        if len(value) > _LENGTHS.get(name, 254):
            return Fault(line, "too_long", name)
    if not _EMAIL.fullmatch(cells.get("email", "")):
        return Fault(line, "email", cells.get("email", ""))
    day = _day(cells.pop("date", ""))
    if isinstance(day, str):
        return Fault(line, "date", day)
    return Row(line=line, day=day, **cells)


def _day(text: str) -> date | str | None:
    if not text:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - only its date is used
        except ValueError:
            continue
    return text
