"""How a command ends: exit codes, and the root command that turns errors into one clear line."""

from __future__ import annotations

import logging
import os
import sys
from enum import IntEnum
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from partnerjourney.core.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    TooManyAttemptsError,
)
from partnerjourney.core.logs import redact
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.settings import SettingsError

log = logging.getLogger(__name__)


class Code(IntEnum):
    """The exit codes."""

    FINE = 0
    FINDINGS = 1
    WRONG_USE = 2
    IN_PART = 3
    FAILED = 4


class Failure(click.ClickException):
    """What was asked could not be done: one clear line on standard error, exit code 4."""

    exit_code = Code.FAILED


class Root(click.Group):
    """The root command: turns errors into one line and an exit code; `--debug` shows tracebacks."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command; every error leaves as a click exception."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            context.exit(130)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(Code.FAILED)
        except Exception as error:
            if context.params.get("debug"):
                log.exception("failed")
            raise Failure(_one_line(error)) from error


def _one_line(error: Exception) -> str:
    match error:
        case NotFoundError():
            text = str(error) or "not found, or not for whom you act"
        case NotAllowedError():
            text = f"not allowed for whom you act: {error}"
        case ConflictError() | InputError() | SettingsError() | TooManyAttemptsError():
            text = str(error)
        case DBAPIError():
            text = f"the database says: {error.orig}"
        case OSError() if error.filename and error.strerror:
            text = f"{error.filename}: {error.strerror}"
        case _:
            text = f"{type(error).__name__}: {error}"
    return redact(" ".join(text.split())[:500])
