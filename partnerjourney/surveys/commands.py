"""`import answers`."""

from __future__ import annotations

import click

from partnerjourney.events.commands import file_command
from partnerjourney.surveys.services.imports import import_answers as verb


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the commands about answers."""
    group_import.add_command(import_answers)


import_answers = file_command(
    "answers", "Import answers that were given elsewhere from a delimited file.", verb
)
