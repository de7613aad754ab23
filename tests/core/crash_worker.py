"""A worker for tests to kill: each line on standard input starts one, forked from this process.

Argument: the URL of a database.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta

from partnerjourney.core import border, jobs
from partnerjourney.core.engine import new_engine
from partnerjourney.core.jobs import Context, Job
from partnerjourney.core.parties import Setting
from partnerjourney.core.scopes import System
from tests.databases import ROLES

jobs.LEASE = timedelta(seconds=0.4)


@jobs.handler("crash.count")
def count(context: Context, job: Job) -> None:
    """Count one up, in a row that the job names."""
    with context.closing(job) as session:
        key = f"counted {job.thing_id}"
        row = session.get(Setting, key)
        if row is None:
            session.add(Setting(key=key, value={"times": 1}))
        else:
            row.value = {"times": row.value["times"] + 1}
        session.flush()


@jobs.handler("crash.slow")
def slow(context: Context, job: Job) -> None:
    """Take half a second, then leave a mark."""
    jobs.LEASE = timedelta(minutes=5)
    with border.open_session(context.engine, System("mark"), write=True) as session:
        session.merge(Setting(key="slow", value={"started": True}))
        session.commit()
    time.sleep(0.5)
    count(context, job)


def work(url: str) -> None:
    """Work until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    jobs.work(new_engine(url, roles=ROLES, pool_size=1), None, stop=stop)
    os._exit(0)


if __name__ == "__main__":
    print("ready", flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            work(sys.argv[1])
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
