"""A web server for tests to kill: each line on standard input starts one, forked from this process.

It says on which port, which stays open: who connects while no server runs waits for the next one.
The installation comes from the environment.
"""

from __future__ import annotations

import os
import sys

from partnerjourney import create_app
from partnerjourney.web import server

app = create_app()
server.warm_up(app)


listener = server.listen("127.0.0.1", 0)


def serve() -> None:
    """Serve as the command does, in a process group of its own; it is warm already."""
    os.setpgid(0, 0)
    server.warm_up = lambda _app: None
    server.serve(app, listener, workers=1)


if __name__ == "__main__":
    print(listener.getsockname()[1], flush=True)
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            serve()
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
