"""PostgreSQL in few steps: a transaction begins with its scope, statements stay prepared.

Whoever only reads ends by rolling back. psycopg forgets every prepared statement then, lest objects
were made anew meanwhile; PostgreSQL notices that by itself and plans again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.pq import Escaping, ExecStatus, TransactionStatus
from sqlalchemy import Connection, Engine


def keep(engine: Engine) -> None:
    """Have this engine of psycopg's keep prepared statements where a sound transaction ends."""
    setattr(engine.dialect, "do_rollback", _rollback)  # noqa: B010 - a method, of this one alone


def begin(
    connection: Connection, statement: str, values: Mapping[str, str], *, read_only: bool
) -> bool:
    """Begin a transaction together with its first statement, in one step; say whether it did.

    Not where one runs already, or where the engine says how one begins; nor where it fails: then
    the statement by itself says why.
    """
    driver: Any = connection.connection.driver_connection
    raw = driver.pgconn
    plain = driver.isolation_level is None and driver.read_only is None and not driver.autocommit
    if not plain or raw.transaction_status != TransactionStatus.IDLE:
        return False
    escape = Escaping(raw).escape_literal
    said = {name: bytes(escape(value.encode())).decode() for name, value in values.items()}
    start = "begin read only" if read_only else "begin"
    done = raw.exec_(f"{start}; {statement % said}".encode())
    if done.status == ExecStatus.TUPLES_OK:
        return True
    raw.exec_(b"rollback")  # so that the statement by itself can say why
    return False


def _rollback(connection: Any) -> None:
    """Roll back by libpq; after an error psycopg does it, and forgets what may have been wrong."""
    raw = connection.pgconn
    if raw.transaction_status == TransactionStatus.IDLE:
        return
    sound = raw.transaction_status == TransactionStatus.INTRANS
    if not sound or raw.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
        connection.rollback()
