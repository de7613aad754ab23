"""`import journey`."""

from __future__ import annotations

from pathlib import Path

import click

from partnerjourney.core import border, clock, commandline
from partnerjourney.core.commandline import Code, Failure
from partnerjourney.core.parties import Organisation
from partnerjourney.maps import services
from partnerjourney.maps.rules.reading import DocumentSyntaxError, parse

LARGEST = 16 * 1024 * 1024


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the command about a journey as a whole."""
    group_import.add_command(import_journey)


@click.command("journey")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--as", "organisation", required=True, metavar="ORGANISATION", help="Who leads it.")
@commandline.json_option
def import_journey(file: Path, organisation: str, *, as_json: bool) -> None:
    """Make a journey of a JSON file; with any fault nothing is kept and the exit code is 1."""
    if file.stat().st_size > LARGEST:
        raise Failure(f"{file}: larger than {LARGEST // 1024 // 1024} MB; no journey is")
    try:
        document = parse(file.read_bytes())
        engine, actor = commandline.act_for(organisation)
        with border.open_session(engine, actor, write=True) as session:
            leads = session.get_one(Organisation, actor.organisation_id)
            place = services.import_journey(session, actor, leads, document, at=clock.now())
            slug, journey_id = place.journey.slug, place.id
            session.commit()
    except DocumentSyntaxError as error:
        _refuse([{"path": "", "message": str(error)}], as_json=as_json)
    except services.DocumentError as error:
        faults = [{"path": fault.path, "message": fault.message} for fault in error.faults]
        _refuse(faults, as_json=as_json)
    else:
        commandline.answer(
            {"slug": slug, "id": str(journey_id), "errors": []},
            f"Made the journey {slug}.",
            as_json=as_json,
        )


def _refuse(faults: list[dict[str, str]], *, as_json: bool) -> None:
    lines = [f"{fault['path'] or 'file'}: {fault['message']}" for fault in faults]
    commandline.answer({"errors": faults}, "\n".join(lines), as_json=as_json, code=Code.FINDINGS)
