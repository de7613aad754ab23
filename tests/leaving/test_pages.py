"""The pages of leaving, as coordinator, party and others meet them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from partnerjourney import features
from partnerjourney.core import border, clock, ids, jobs
from partnerjourney.core.apart import Apart
from partnerjourney.core.parties import Organisation, Participation
from partnerjourney.core.scopes import System
from tests.told import NOW, Story, told

__all__ = ["told"]

features.employ()
BRAND, PARTNER = "anna@telenoord.example", "dirk@thuisklaar.example"


def plan(told: Story, organisation: str, slug: str = "thuisklaar") -> str:
    """Return the address of the page about a partner, in the name of an organisation."""
    with border.open_session(told.engine, System("a test")) as session:
        found = session.scalars(
            select(Participation.id)
            .join(Organisation, Organisation.id == Participation.organisation_id)
            .where(Organisation.slug == slug, Participation.journey_id == told.ids["journey_id"])
        ).one()
    return f"/o/{organisation}/journeys/{told.ids['journey_id']}/partners/{found}"


def work(told: Story, days: int) -> None:
    """Do what is due so many days later."""
    with clock.at(NOW + timedelta(days=days)), told.app.app_context():
        while jobs.run_due(told.engine, told.app.extensions["settings"], ids.new_v4()):
            pass


def test_a_partner_announces_its_last_day_and_leaves(told: Story) -> None:
    partner, brand = told.browser(PARTNER), told.browser(BRAND)
    page = plan(told, "thuisklaar")
    assert partner.get(page).status_code == 200
    wrong = partner.post(f"{page}/leaving", data={"ends_on": "2026-11-01", "reason": "Typed"})
    assert wrong.status_code == 422
    assert "Typed" in wrong.text
    day = (NOW + timedelta(days=10)).date()
    noted = partner.post(f"{page}/leaving", data={"ends_on": day.isoformat(), "reason": "Sold"})
    assert noted.status_code == 303
    seen = brand.get(plan(told, "telenoord")).text
    assert "Sold" in seen
    assert "Installatie opgeleverd" in seen  # an open hand-over is listed
    parties = f"/o/magazijn-flevo/journeys/{told.ids['journey_id']}/parties"
    others = told.browser("joost@flevo.example").get(parties).text
    assert "vertrekt na" in others
    assert "Sold" not in others
    work(told, 12)
    journey = f"/o/thuisklaar/journeys/{told.ids['journey_id']}/"
    for address in (journey, f"{journey}measurement/", f"{journey}parties"):
        answer = partner.get(address)
        assert answer.status_code == 403
        assert "verlaten op" in answer.text
    home = partner.get("/o/thuisklaar/").text
    there = re.search(r'href="(/o/thuisklaar/apart/[^"]+)"', home)
    assert there is not None
    past = partner.get(there[1])
    assert past.status_code == 200
    assert "Installatie opgeleverd" in past.text
    package = re.search(r'href="([^"]+\.zip)"', past.text)
    assert package is not None
    assert partner.get(package[1]).data.startswith(b"PK")
    assert brand.get(package[1].replace("/o/thuisklaar", "/o/telenoord")).status_code == 404
    shown = brand.get(f"/o/telenoord/journeys/{told.ids['journey_id']}/").text
    assert "Thuisklaar is vertrokken op" in shown


def test_a_suspended_partner_sees_one_calm_page(told: Story, tmp_path: Path) -> None:
    brand, partner = told.browser(BRAND), told.browser(PARTNER)
    page = plan(told, "telenoord")
    empty = brand.post(f"{page}/suspend", data={"reason": " "})
    assert empty.status_code == 422
    assert brand.post(f"{page}/suspend", data={"reason": "A dispute."}).status_code == 303
    journey = f"/o/thuisklaar/journeys/{told.ids['journey_id']}/"
    calm = partner.get(journey)
    assert calm.status_code == 403
    assert "A dispute." in calm.text
    work(told, 0)
    mails = [path.read_text() for path in (tmp_path / "mail").glob("*.eml")]
    (mail,) = [mail for mail in mails if f"To: {PARTNER}" in mail and "Telenoord" in mail]
    assert "dispute" not in mail  # a link, never content
    assert partner.post(f"{journey}reports/", data={"language": "nl"}).status_code == 403
    assert "Opgeschort" in brand.get(f"/o/telenoord/journeys/{told.ids['journey_id']}/").text
    others = told.browser("joost@flevo.example").get(
        f"/o/magazijn-flevo/journeys/{told.ids['journey_id']}/"
    )
    assert "Opgeschort" in others.text
    assert "A dispute." not in others.text
    assert brand.post(f"{page}/resume").status_code == 303
    assert partner.get(journey).status_code == 200


def test_the_coordinator_appoints_who_looks_after_the_lane(told: Story) -> None:
    brand = told.browser(BRAND)
    page = plan(told, "telenoord")
    form = brand.get(page).text
    choice = re.search(r'<option value="([0-9a-f-]{36})">Magazijn Flevo', form)
    assert choice is not None
    assert brand.post(f"{page}/interim", data={"interim": choice[1]}).status_code == 303
    wrong = brand.post(f"{page}/interim", data={"interim": str(told.ids["card_id"])})
    assert wrong.status_code == 422
    brand.post(f"{page}/leaving", data={"ends_on": NOW.date().isoformat()})
    work(told, 1)
    shown = told.browser("joost@flevo.example")
    journey = f"/o/magazijn-flevo/journeys/{told.ids['journey_id']}/"
    assert "Voorlopig ingevuld door Magazijn Flevo" in shown.get(journey).text
    with border.open_session(told.engine, System("a test")) as session:
        assert session.scalars(select(Apart.reads_until)).one()


def test_only_the_party_and_the_coordinator_open_the_page(told: Story) -> None:
    assert told.browser("joost@flevo.example").get(plan(told, "magazijn-flevo")).status_code == 403
    viewer = told.browser("bas@telenoord.example")
    assert viewer.get(plan(told, "telenoord")).status_code == 403
    peer = told.browser("mila@koeriersnel.example")
    theirs = plan(told, "koerier-snel", "rijk-bezorgt")
    assert peer.get(theirs).status_code == 404  # a peer does not exist
    assert told.browser("ellen@beanandbrook.example").get(theirs).status_code == 404
