"""`import events`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from partnerjourney.core import clock, commandline
from partnerjourney.core.commandline import Code, Failure
from partnerjourney.core.tabular import UnreadableError
from partnerjourney.events import services
from partnerjourney.events.rules.mapping import MappingError, read
from partnerjourney.events.rules.rows import Report

_LARGEST_MAPPING = 1 << 20


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the commands about events."""
    group_import.add_command(import_events)


def file_command(name: str, help_text: str, verb: Callable[..., Report]) -> click.Command:
    """Return `import NAME FILE --journey SLUG --mapping FILE`, which runs `verb` on the file."""
    file = click.Argument(["file"], type=click.Path(path_type=Path))
    options: list[click.Parameter] = [
        click.Option(["--journey"], required=True, metavar="SLUG", help="Of which journey."),
        click.Option(
            ["--mapping"],
            required=True,
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="A TOML file that says which column is what.",
        ),
        click.Option(["--dry-run"], is_flag=True, help="Say what would happen; store nothing."),
        click.Option(["--correct"], is_flag=True, help="Other content than before corrects it."),
    ]
    command = click.Command(
        name, callback=partial(_run, verb), params=[file, *options], help=help_text
    )
    return commandline.json_option(commandline.acting_options(command))


def _run(
    verb: Callable[..., Report],
    file: Path,
    journey: str,
    mapping: Path,
    *,
    dry_run: bool,
    correct: bool,
    as_json: bool,
    **whom: Any,
) -> None:
    """Import a file; the answer is always JSON, the exit code 3 when rows were rejected."""
    if mapping.stat().st_size > _LARGEST_MAPPING:
        raise click.UsageError(f"{mapping}: too large for a mapping")
    acting = commandline.act(journey, **whom)
    try:
        with file.open("rb") as stream:
            report = verb(
                acting.engine,
                acting.member,
                acting.journey_id,
                stream=stream,
                mapping=read(mapping.read_bytes()),
                at=clock.now(),
                correct=correct,
                dry_run=dry_run,
                scope=acting.scope,
            )
    except MappingError as error:
        raise click.UsageError(
            "\n".join(f"{mapping}: {fault}" for fault in error.faults)
        ) from error
    except services.MappingFault as error:
        raise click.UsageError(f"{mapping}: {error}") from error
    except UnreadableError as error:
        raise Failure(f"{file}: {error}") from error
    code = Code.IN_PART if report.rejected else Code.FINE
    commandline.answer(report.document(), as_json=True, code=code)


import_events = file_command(
    "events", "Import what happened to cases from a delimited file.", services.import_events
)
