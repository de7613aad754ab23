"""`import answers`; `export erasures` and `import erasures`, for what a restored backup forgot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from partnerjourney.core import border, commandline
from partnerjourney.core.commandline import Failure
from partnerjourney.core.scopes import Operator
from partnerjourney.events.commands import file_command
from partnerjourney.surveys.services import respondents
from partnerjourney.surveys.services.imports import import_answers as verb


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the commands about answers and about those who gave them."""
    group_import.add_command(import_answers)
    group_import.add_command(_import_erasures)
    group_export.add_command(_export_erasures)


import_answers = file_command(
    "answers", "Import answers that were given elsewhere from a delimited file.", verb
)


@click.command("erasures")
@commandline.json_option
def _export_erasures(*, as_json: bool) -> None:
    """Print every erasure and opt-out as keyed hashes, one JSON object a line.

    Keep this beside the backups and let a restored database hear it with `import erasures`.
    """
    engine = commandline.open_engine()
    with border.open_session(engine, Operator("export erasures")) as session:
        rows = respondents.log(session)
    lines = "\n".join(json.dumps(row) for row in rows)
    commandline.answer(rows, lines, as_json=as_json)


@click.command("erasures")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@commandline.json_option
def _import_erasures(file: Path, *, as_json: bool) -> None:
    """Do the erasures and opt-outs of FILE again; what was done already changes nothing."""
    engine = commandline.open_engine()
    rows = _rows(file)
    secret = commandline.installation().settings.secret_key
    with border.open_session(engine, Operator("import erasures"), write=True) as session:
        try:
            erased, stopped = respondents.replay(session, rows, secret=secret)
        except KeyError as error:
            raise Failure(f"{file}: no organisation {error} in this database") from error
        except (TypeError, ValueError) as error:
            raise Failure(f"{file}: this is no list of erasures ({error})") from error
        session.commit()
    text = f"{erased} erased again, {stopped} opt-outs stored"
    commandline.answer({"erased": erased, "opt_outs": stopped}, text, as_json=as_json)


def _rows(file: Path) -> list[Any]:
    """Read what `export erasures` printed: a line each, or one list."""
    try:
        text = file.read_text("utf-8")
        if text.lstrip().startswith("["):
            return list(json.loads(text))
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise Failure(f"{file}: this is no list of erasures ({error})") from error
