"""`import cjml`, `import mermaid` and `export journey`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from partnerjourney.core import border, clock, commandline
from partnerjourney.core.commandline import Code, Failure
from partnerjourney.core.parties import Organisation
from partnerjourney.journeys import services as journeys
from partnerjourney.maps import services as maps
from partnerjourney.starting import services, words
from partnerjourney.starting.rules.drafting import Choices
from partnerjourney.starting.rules.sketch import Finding, UnreadableError
from partnerjourney.starting.services import Looked


def register(root: click.Group, group_import: click.Group, group_export: click.Group) -> None:
    """Add the commands about journeys in the formats of others."""
    group_import.add_command(_importing("cjml", "Make a journey of a CJML 2.0 file (XML)."))
    group_import.add_command(_importing("mermaid", "Make a journey of a Mermaid `journey`."))
    group_export.add_command(export_journey)


def _importing(form: str, text: str) -> click.Command:
    more = " What could not be carried over is listed, and the exit code is 3."
    option = click.Option
    command = click.Command(
        form,
        callback=partial(_import, form),
        help=text + more,
        params=[
            click.Argument(["file"], type=click.Path(path_type=Path, exists=True, dir_okay=False)),
            option(["--as", "organisation"], required=True, metavar="ORGANISATION"),
            option(["--slug"], default="", help="The name in addresses (default: of its title)."),
            option(["--name"], default="", help="The name (default: its title)."),
            option(["--language"], type=click.Choice(["nl", "en"]), default="nl"),
            option(["--party"], default="", help="Which party of the file is the organisation."),
            option(["--customer"], default="", help="Which party of the file is the customer."),
        ],
    )
    return commandline.json_option(command)


def _import(form: str, file: Path, organisation: str, *, as_json: bool, **given: Any) -> None:
    try:
        text = services.read_bytes(file)
        engine, actor = commandline.act_for(organisation)
        with border.open_session(engine, actor, write=True) as session:
            leads = session.get_one(Organisation, actor.organisation_id)
            looked = _look(form, text, leads.name, **given)
            place = services.come_in(
                session, actor, leads, looked, slug=given["slug"], at=clock.now()
            )
            slug, journey_id = place.journey.slug, place.id
            session.commit()
    except UnreadableError as error:
        raise Failure(f"{file}: {words.why(error)}") from error
    except maps.DocumentError as error:
        faults = [{"path": fault.path, "message": fault.message} for fault in error.faults]
        wrong = "\n".join(f"{fault['path']}: {fault['message']}" for fault in faults)
        commandline.answer({"errors": faults}, wrong, as_json=as_json, code=Code.FINDINGS)
        return
    left = [_told(finding) for finding in looked.report.left]
    read = [_told(finding) for finding in looked.report.read]
    lines = [f"Made the journey {slug}.", *_lines("Not carried over:", left)]
    commandline.answer(
        {"slug": slug, "id": str(journey_id), "errors": [], "left": left, "read_as": read},
        "\n".join([*lines, *_lines("Read so:", read)]),
        as_json=as_json,
        code=Code.IN_PART if left else Code.FINE,
    )


def _look(form: str, text: str, organisation: str, **given: str) -> Looked:
    """Look into the file; parties are named by their reference or their name."""
    asked = Choices(organisation, name=given["name"], language=given["language"])
    first = services.look(text, asked, form=form)
    known = {actor.name.casefold(): actor.key for actor in first.sketch.actors}
    known |= {actor.key.casefold(): actor.key for actor in first.sketch.actors}
    named = {"me": given["party"], "customer": given["customer"]}
    chosen = {}
    for option, name in named.items():
        if name and name.casefold() not in known:
            raise click.UsageError(f"the file has no party {name!r}: {', '.join(sorted(known))}")
        chosen[option] = known.get(name.casefold(), "")
    if not any(chosen.values()):
        return first
    choices = Choices(organisation, name=given["name"], language=given["language"], **chosen)
    return services.look(text, choices, form=form)


def _told(finding: Finding) -> dict[str, Any]:
    return {"line": finding.line, "path": finding.path, "message": str(words.said(finding))}


def _lines(title: str, told: list[dict[str, Any]]) -> list[str]:
    listed = [f"  line {one['line']}: {one['message']}" for one in told if one["line"]]
    listed += [f"  {one['message']}" for one in told if not one["line"]]
    return [title, *listed] if listed else []


@click.command("journey")
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(list(services.FORMATS)), default="json")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here.")
@commandline.acting_options
def export_journey(slug: str, form: str, out: Path | None, **whom: str | None) -> None:
    """Write a journey as JSON, CJML 2.0 or Mermaid, as the organisation acted for sees it."""
    acting = commandline.act(slug, **whom)
    with acting.session() as session:
        place = journeys.find(session, acting.member, acting.journey_id)
        file = services.write(session, place, form)
    if file.lacks:
        commandline.say(f"Not in the file: {'; '.join(map(str, map(words.lack, file.lacks)))}.")
    if out is None:
        commandline.answer(None, file.text.removesuffix("\n"), as_json=False)
        return
    out.write_text(file.text, "utf-8")
    commandline.say(f"Wrote {out}.")
