"""A real SMTP server in process that keeps what it is given, or refuses as a test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult


class Server:
    """A mail server on this machine that keeps what it is given, or refuses as a test says."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refusal: str | None = None
        self.logins: list[tuple[bytes, bytes]] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)
        self.ready = threading.Event()
        self.port = 0

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)

        def new() -> SMTP:
            return SMTP(
                self,
                authenticator=self._authenticate,
                auth_require_tls=False,
                loop=self.loop,
                hostname="localhost",
            )

        listening = self.loop.run_until_complete(self.loop.create_server(new, "127.0.0.1", 0))
        self.port = listening.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        listening.close()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    def _authenticate(self, *arguments: Any) -> AuthResult:
        data = arguments[-1]
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss:word", handled=False)

    async def handle_RCPT(self, _s: Any, _n: Any, envelope: Any, address: str, _o: Any) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


@contextmanager
def serving() -> Iterator[Server]:
    """Run a mail server for the length of a block."""
    made = Server()
    made.thread.start()
    made.ready.wait()
    try:
        yield made
    finally:
        made.loop.call_soon_threadsafe(made.loop.stop)
        made.thread.join()
