"""The console command `partnerjourney`: lists every feature's commands once."""

from __future__ import annotations

import logging
from importlib import import_module

import click

from partnerjourney import create_app, features
from partnerjourney.cli import database, demo, keys, people, running
from partnerjourney.core import commandline, logs

FEATURES = ("maps", "starting", "events", "surveys", "measurement", "reviews")
"""Features with a `commands.py`, in the order of the journey of their data."""


@click.group(cls=commandline.Root)
@click.version_option(package_name="partnerjourney")
@click.option("--debug", is_flag=True, help="Show where an unexpected error came from.")
@click.pass_context
def main(context: click.Context, debug: bool) -> None:
    """Customer journeys that several organisations run together: mapped, agreed and measured.

    Exit codes: 0 fine, 1 findings, 2 wrong use, 3 done in part, 4 failed.
    """
    logs.set_up(level=logging.INFO if debug else logging.WARNING)
    context.obj = commandline.Installation(create_app)
    context.call_on_close(context.obj.close)


@main.group("import")
def import_() -> None:
    """Bring a file in."""


@main.group()
def export() -> None:
    """Take data or a report out."""


for command in (
    demo.demo,
    running.serve,
    running.worker,
    database.db,
    database.backup,
    database.restore,
    people.user,
    keys.token,
):
    main.add_command(command)
features.connect()
for feature in FEATURES:
    import_module(f"partnerjourney.{feature}.commands").register(main, import_, export)
