"""The web server: gunicorn with threads, started from Python, warm before it forks."""

from __future__ import annotations

import errno
import gc
import logging
import socket
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from partnerjourney.core import logs, memory
from partnerjourney.core.settings import Settings
from partnerjourney.web import language

GC_THRESHOLD = (50_000, 20, 20)
ACCESS_LOG = '%(h)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
"""Without query, referrer and browser: they may hold an address or a token."""


class PortBusyError(Exception):
    """Somebody else listens there, or may; the message is one clear line."""


class RedactedLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger, to standard error, without the tokens of links."""

    def setup(self, cfg: Any) -> None:
        """Let both logs go through our formatter; access lines as they are."""
        super().setup(cfg)
        for log, pattern in (
            (self.error_log, "%(asctime)s %(levelname)s gunicorn: %(message)s"),
            (self.access_log, "%(asctime)s %(message)s"),
        ):
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(logs.Redacting(pattern))
            log.handlers[:] = [handler]
            log.propagate = False


class Server(BaseApplication):  # type: ignore[misc]
    """One application, loaded and warm, served by processes that are forked from this one."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self._app


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raises PortBusyError with one clear line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        reasons = {
            errno.EADDRINUSE: "something else listens there already; choose another port",
            errno.EACCES: "this account may not listen there",
        }
        reason = reasons.get(error.errno or 0, error.strerror)
        raise PortBusyError(f"port {port} of {host}: {reason}") from error
    return listener


def warm_up(app: Flask) -> None:
    """Load what the first requests would load, so that all processes share it."""
    for name in app.jinja_env.list_templates():
        if not name.endswith((".txt", ".pdf.html")):
            app.jinja_env.get_template(name)
    for code in language.LANGUAGES:
        language.translations(code)
    client = app.test_client()
    for address in ("/healthz", "/readyz", "/sign-in"):
        client.get(address, base_url=app.extensions["settings"].base_url)
    app.extensions["engine"].dispose()
    memory.give_back()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


def _forget_connections(app: Flask) -> None:
    app.extensions["engine"].dispose(close=False)


def serve(app: Flask, listener: socket.socket, *, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; ends by SystemExit, with 0 when it was asked to end."""
    settings: Settings = app.extensions["settings"]
    warm_up(app)
    options = {
        "bind": [f"fd://{listener.fileno()}"],
        "worker_class": "gthread",
        "workers": workers,
        "threads": settings.threads,
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 10,
        "keepalive": 15,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # ProxyFix alone believes proxies, as many as are set
        "accesslog": "-",
        "access_log_format": ACCESS_LOG,
        "logger_class": RedactedLogger,
        "loglevel": "info",
        "proc_name": "partnerjourney",
        "post_fork": lambda _arbiter, _worker: _forget_connections(app),
    }
    Server(app, options).run()
