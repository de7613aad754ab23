"""Asked again before what binds: nothing typed is lost, nothing opened; and who insists on more."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.audit import OrganisationAct
from partnerjourney.core.parties import Membership, Role
from tests.credentials.second import PAGE, STEP, pending, strong_client, with_app
from tests.organisations.company import BRAND, PASSWORD, Company
from tests.web_client import browser

HERE = f"/o/{BRAND}/organisation/"
RULE = f"{HERE}second-step/"
START = datetime(2031, 1, 14, 12, 0, tzinfo=UTC)
LATER = START + timedelta(minutes=31)


def role_of(company: Company, name: str) -> Role:
    """Return a member's role."""
    key = (company.organisations[BRAND], company.memberships[name, BRAND])
    with company.system() as session:
        return session.get_one(Membership, key).role


def carried(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def give_role(company: Company, client: FlaskClient, **form: str) -> object:
    """Make a colleague an editor."""
    address = f"{HERE}members/{company.memberships['pieter', BRAND]}/role"
    return client.post(address, data={"role": "editor", **form})


def test_a_password_is_asked_again_and_what_was_typed_is_kept(app: Flask, company: Company) -> None:
    with clock.at(START):
        client = company.client(app, "marjan")
    with clock.at(START + timedelta(minutes=30)):
        member = company.memberships["aisha", BRAND]
        assert client.post(f"{HERE}members/{member}/remove").status_code == 303
    with clock.at(LATER):
        before = client.get_cookie("pj_session")
        asked = give_role(company, client, signatory="1")
        assert asked.status_code == 403
        assert role_of(company, "pieter") is Role.VIEWER
        typed = carried(asked.text)
        assert typed == {"role": "editor", "signatory": "1"}
        wrong = give_role(company, client, again_password="not the password", **typed)
        assert wrong.status_code == 422
        assert carried(wrong.text) == typed
        assert "not the password" not in wrong.text
        right = give_role(company, client, again_password=PASSWORD, **typed)
        assert right.status_code == 303
        assert role_of(company, "pieter") is Role.EDITOR
        assert give_role(company, client).status_code == 303, "for half an hour it is not asked"
    assert before is not None
    thief = browser(app)
    thief.set_cookie("pj_session", before.value)
    with clock.at(LATER):
        assert thief.get("/account").status_code == 303, "the session rotated"


def test_whoever_has_a_second_step_is_asked_that_and_not_the_password(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        client, mine = with_app(app, company)
    with clock.at(LATER):
        asked = give_role(company, client)
        assert asked.status_code == 403
        assert "again_password" not in asked.text
        assert give_role(company, client, again_password=PASSWORD).status_code == 422
        code = mine.code()
        assert give_role(company, client, again_code=code).status_code == 303
    with clock.at(LATER + timedelta(minutes=31)):
        assert give_role(company, client, again_code=code).status_code == 422
        recovery = mine.recovery[0]
        assert give_role(company, client, again_recovery=recovery).status_code == 303


def test_the_proof_of_another_is_none_and_tries_are_counted(app: Flask, company: Company) -> None:
    with clock.at(START):
        client, _ = with_app(app, company)
        _, theirs = with_app(app, company, "mila")
    with clock.at(LATER.replace(minute=35)):
        for _ in range(10):
            answer = give_role(company, client, again_code=theirs.code())
            assert answer.status_code == 422
        answer = give_role(company, client, again_code="000000")
        assert answer.status_code == 429
        assert carried(answer.text) == {"role": "editor"}, "nothing typed is lost"
    assert role_of(company, "pieter") is Role.VIEWER


def test_every_door_that_binds_asks_but_the_policy_comes_first(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        admin, editor = company.client(app, "marjan"), company.client(app, "aisha")
    member = company.memberships["pieter", BRAND]
    invitation = {"email": "x@example.org", "role": "admin", "language": "en"}
    forms = {
        f"{HERE}members/{member}/role": {"role": "admin"},
        f"{HERE}members/{member}/remove": {},
        f"{HERE}invitations": invitation,
        f"{HERE}requests/{member}": {"decision": "approve", "role": "admin"},
        RULE: {"days": "7"},
        f"{RULE}leave": {},
    }
    own = ("app", "app/confirm", "app/off", "codes")
    with clock.at(LATER):
        for address, form in forms.items():
            answer = admin.post(address, data=form)
            assert (address, answer.status_code) == (address, 403)
            assert carried(answer.text) == form
            assert "Is it you?" not in editor.post(address, data=form).text
        for path in own:
            assert "Is it you?" in admin.post(f"{PAGE}/{path}").text
        htmx = admin.post(RULE, data={"days": "7"}, headers={"HX-Request": "true"})
        assert htmx.headers["HX-Retarget"] == "body"


def test_audit_rows_and_the_list_of_browsers_say_how_one_signed_in(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        plain = company.client(app, "marjan")
        give_role(company, plain)
        client, _ = with_app(app, company)
        give_role(company, client)
        shown = client.get("/account").text
    assert 'href="/o/telenoord/journeys/"' in shown, "who acts for one organisation keeps its menu"
    assert "signed in with: password and code of the app" in shown
    assert "signed in with: password<" in shown
    with company.system() as session:
        acts = session.scalars(
            select(OrganisationAct).where(OrganisationAct.user_id == company.users["marjan"])
        ).all()
    said = {(act.verb, act.means) for act in acts}
    assert ("member.role", "session: password") in said
    assert ("member.role", "session: password+code") in said
    assert ("second-step.app-on", "session: password+code") in said


# --- an organisation insists ---------------------------------------------------------------------


def test_an_organisation_insists_after_a_time_of_grace(app: Flask, company: Company) -> None:
    with clock.at(START):
        weak = company.client(app, "marjan")
        assert weak.post(RULE, data={"days": "7"}).status_code == 409, "the admin first"
        admin, _ = with_app(app, company)
        for days in ("0", "8", "-1", "x", ""):
            assert admin.post(RULE, data={"days": days}).status_code == 422
        assert admin.post(RULE, data={"days": "7"}).status_code == 303
        assert "Pieter" in admin.get(RULE).text
        said = company.client(app, "aisha").get(HERE).text
        assert "From Tuesday 21 January 2031 Telenoord asks" in said
        assert "Set it up now" in said
        assert "Set it up now" not in admin.get(HERE).text
        assert "Set it up now" not in company.client(app, "mila").get("/o/koerier-snel/").text
    with clock.at(START + timedelta(days=7)):
        member = company.client(app, "aisha")
        sent_on = member.get(f"{HERE}?a=b")
        assert sent_on.location.startswith(PAGE)
        assert member.get("/account").status_code == 200
        form = {"email": "x@example.org", "note": "typed & kept"}
        kept = member.post(f"{HERE}invitations", data=form)
        assert kept.status_code == 403
        assert carried(kept.text) == form
        both = company.client(app, "both")
        assert both.get("/o/koerier-snel/organisation/").status_code == 200, "another insists not"
        assert both.get(HERE).status_code == 303
        assert member.get(HERE, headers={"HX-Request": "true"}).headers["HX-Redirect"]
        member, theirs = with_app(app, company, "aisha")
        assert member.get(HERE).status_code == 200
    with clock.at(START + timedelta(days=7, minutes=5)):
        half = pending(app, company, "aisha", next=HERE)
        assert half.post(STEP, data={"code": theirs.code()}).location == HERE
        assert half.get(HERE).status_code == 200
        admin = strong_client(app, company, "marjan")
        assert admin.post(f"{RULE}leave").status_code == 303
        assert company.client(app, "pieter").get(HERE).status_code == 200


def test_a_browser_that_signed_in_before_takes_the_step_where_it_is(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        old = company.client(app, "marjan")
        _, mine = with_app(app, company)
        _, _ = with_app(app, company, "aisha")
    with clock.at(START + timedelta(minutes=2)):
        form = {"next": HERE}
        assert old.post(f"{PAGE}/raise", data=form).status_code == 403
        answer = old.post(f"{PAGE}/raise", data={**form, "again_code": mine.code()})
        assert answer.location == HERE
        evil = {"next": "//evil.example"}
        assert old.post(f"{PAGE}/raise", data=evil).location == PAGE
