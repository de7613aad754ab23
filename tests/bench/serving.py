"""A server beside a benchmark: the product, or bare Flask under the very same command.

`python -m tests.bench.serving product|stream|bare DATABASE PORT`; for `bare` the database is what
`raw_connection` opens, with a table `floor_answer`. `stream` is the product with the other way to
tell an open map that it changed: a connection that is held, and looks once a second.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from flask import Flask, Response, render_template_string, request
from flask import session as cookie

from partnerjourney import create_app
from partnerjourney.core import heads, ids
from partnerjourney.core.engine import new_engine
from partnerjourney.web.server import listen, serve
from tests.bench.conftest import raw_connection
from tests.web_client import settings_for

TABLE = (
    "create table floor_answer (id varchar(32) primary key, token varchar(64) not null unique,"
    " score integer not null, answered_at varchar(40) not null)"
)
_ASK = (
    "<!doctype html><title>One question</title><form method=post><fieldset>"
    "{% for score in range(11) %}<label><input type=radio name=score value={{ score }}>"
    "{{ score }}</label>{% endfor %}</fieldset><button>Send</button></form>{{ token }}"
)
_THANKS = "<!doctype html><title>Thanks</title><p>You gave {{ score }}.</p>"


def bare(address: str) -> Flask:
    """Return the floor: the same two requests and one insert, nothing else."""
    app, mine = Flask(__name__), threading.local()
    app.extensions["settings"] = settings_for("sqlite://", Path(gettempdir()))
    app.extensions["engine"] = new_engine("sqlite://")
    mark = "?" if address.startswith("sqlite:") else "%s"
    insert = f"insert into floor_answer values ({mark}, {mark}, {mark}, {mark})"

    @app.get("/s/<token>")
    def ask(token: str) -> str:
        return render_template_string(_ASK, token=token)

    @app.post("/s/<token>")
    def answer(token: str) -> str:
        connection: Any = getattr(mine, "connection", None)
        if connection is None:
            connection = mine.connection = raw_connection(address)
        score = int(request.form["score"])
        at = datetime.now(UTC).isoformat()
        connection.execute(insert, (uuid.uuid4().hex, token, score, at))
        return render_template_string(_THANKS, score=score)

    return app


STREAMS = 128
"""Threads of each of two processes: room for two hundred held connections and what they fetch."""


def stream(app: Flask) -> Flask:
    """Add what a server-sent event would cost: a thread a map, one look a second."""

    @app.get("/stream/<slug>/<uuid:journey>")
    def changes(slug: str, journey: uuid.UUID) -> Response:
        given = {"token_hash": ids.token_hash(cookie["_user_id"]), "slug": slug, "journey": journey}
        engine = app.extensions["engine"]

        def look() -> Iterator[bytes]:
            known = None
            while True:
                seen = heads.see(engine, **given)
                if seen and seen.versions != known:
                    known = seen.versions
                    yield b"event: changed\ndata: .\n\n"
                time.sleep(1)

        return Response(look(), mimetype="text/event-stream")

    changes.is_public = True  # type: ignore[attr-defined]
    return app


def main(kind: str, database: str, port: str) -> None:
    """Serve until told to stop."""
    if kind == "bare":
        app = bare(database)
    elif kind == "stream":
        app = stream(create_app(settings_for(database, Path(gettempdir()), threads=STREAMS)))
    else:
        app = create_app(settings_for(database, Path(gettempdir())))
    serve(app, listen("127.0.0.1", int(port)), workers=app.extensions["settings"].workers)


if __name__ == "__main__":
    main(*sys.argv[1:])
