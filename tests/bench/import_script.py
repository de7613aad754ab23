"""The floor of an import: what somebody would write who only wants the rows in the tables."""

from __future__ import annotations

import csv
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.bench.conftest import raw_connection

ZONE = ZoneInfo("Europe/Amsterdam")
COLUMNS = "row_key, reference, case_id, answer_id, score, comment, day, at"
STAGE = (
    "create temporary table stage (row_key text, reference text, case_id {id}, answer_id {id},"
    " score integer, comment text, day date, at {moment})"
)
SAME = "'{journey}', '{circle}', '{point}', '{wave}', '{question}'"
LOAD = (
    """insert into journey_case (journey_id, id, created_at)
    select '{journey}', case_id, '{now}' from stage""",
    """insert into case_reference (journey_id, kind, value, case_id)
    select '{journey}', 'order', reference, case_id from stage""",
    f"""insert into answer (journey_id, circle_id, point_id, wave_id, question_id, id, case_id,
    score, skipped, comment, role, state, day, answered_at, sender_id, source, row_key, received_at)
    select {SAME}, answer_id, case_id, score, {{false}}, comment, '', 'unknown', day, at,
    '{{organisation}}', 'script', row_key, '{{now}}' from stage""",
    f"""insert into cell (journey_id, circle_id, point_id, wave_id, question_id, role, state, day,
    {{counts}}, skipped, invited, delivered)
    select {SAME}, '', 'unknown', day, {{sums}}, 0, 0, 0 from stage where true group by day
    on conflict (journey_id, circle_id, point_id, wave_id, question_id, state, role, day)
    do update set {{adds}}""",
)


def rows(file: Path, sqlite: bool) -> Any:
    """Yield the converted rows."""
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            at = datetime.strptime(row["at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
            score, moment = int(row["score"]), at.astimezone(UTC)
            ids = (uuid.uuid4(), uuid.uuid4())
            if not 0 <= score <= 10:
                raise ValueError(row)
            keys = (row["answer"], row["order"], *((i.hex for i in ids) if sqlite else ids))
            said = (score, row["comment"] or None, at.date().isoformat())
            yield (*keys, *said, moment.isoformat(" ", "microseconds")[:26] if sqlite else moment)


def load(database: str, file: Path, ids: dict[str, str]) -> int:
    """Load a file in one transaction; returns how many rows it had."""
    sqlite, connection = database.startswith("sqlite:"), raw_connection(database)
    names = [f"s{score}" for score in range(11)]
    known = {name: uuid.UUID(i).hex if sqlite else i for name, i in ids.items()}
    known |= {"counts": ", ".join(names), "false": "0" if sqlite else "false"}
    known["sums"] = ", ".join(f"sum(case score when {n} then 1 else 0 end)" for n in range(11))
    known["adds"] = ", ".join(f"{name} = cell.{name} + excluded.{name}" for name in names)
    connection.execute("begin")
    connection.execute(
        STAGE.format(id="text" if sqlite else "uuid", moment="text" if sqlite else "timestamptz")
    )
    if sqlite:
        connection.executemany("insert into stage values (?,?,?,?,?,?,?,?)", rows(file, sqlite))
    else:
        with connection.cursor().copy(f"copy stage ({COLUMNS}) from stdin") as copy:
            for row in rows(file, sqlite):
                copy.write_row(row)
    number = connection.execute("select count(*) from stage").fetchone()[0]
    for statement in LOAD:
        connection.execute(statement.format(now=datetime.now(UTC).isoformat(" ")[:26], **known))
    connection.execute("commit")
    connection.close()
    return int(number)
