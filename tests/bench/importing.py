"""Imports a file of answers in a process of its own and prints JSON: seconds and MiB above idle.

`python -m tests.bench.importing product|script DATABASE FILE KEY=VALUE…`
"""

from __future__ import annotations

import json
import re
import sys
import time
import uuid
from pathlib import Path

from partnerjourney.core import audit, clock, schema
from partnerjourney.core.engine import new_engine
from partnerjourney.core.parties import Role
from partnerjourney.core.scopes import Member
from partnerjourney.events.rules.mapping import read
from partnerjourney.measurement import services  # noqa: F401 - connects what counts
from partnerjourney.surveys.services.imports import import_answers
from tests.bench import import_script
from tests.databases import ROLES, SECRET
from tests.events.scene import ANSWERS


def memory(name: str) -> float:
    """Return VmRSS or VmHWM of this process in MiB."""
    told = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", told)
    assert found is not None
    return int(found[1]) / 1024


def product(database: str, file: Path, ids: dict[str, str]) -> int:
    """Import with the product; returns how many answers were accepted."""
    schema.load()
    engine = new_engine(database, roles=ROLES)
    audit.use_key(engine, SECRET)
    actor = Member(None, uuid.UUID(ids["organisation"]), Role.EDITOR)
    journey, mapping = uuid.UUID(ids["journey"]), read(ANSWERS.encode())
    with file.open("rb") as stream:
        report = import_answers(
            engine, actor, journey, stream=stream, mapping=mapping, at=clock.now()
        )
    engine.dispose()
    return report.accepted


def main(kind: str, database: str, file: str, *pairs: str) -> None:
    """Import a few rows to warm up, then the file."""
    ids = dict(pair.split("=") for pair in pairs)
    work = product if kind == "product" else import_script.load
    work(database, Path(f"{file}.few"), ids)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    idle, started, worked = memory("VmRSS"), time.perf_counter(), time.process_time()
    accepted = work(database, Path(file), ids)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - started,
                "worked": time.process_time() - worked,
                "memory": memory("VmHWM") - idle,
                "accepted": accepted,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
