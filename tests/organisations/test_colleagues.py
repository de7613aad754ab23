"""An invitation to a colleague: by mail, for one address, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from partnerjourney.organisations import services
from partnerjourney.organisations.models import InvitationState, MemberInvitation
from tests.organisations.company import (
    BRAND,
    COURIER,
    PASSWORD,
    Company,
    link_in,
    mails,
    work,
)
from tests.web_client import browser

HERE = f"/o/{BRAND}/organisation/"
INVITED = {"email": "sanne@example.org", "name": "Sanne", "role": "editor", "language": "en"}
NEW = {"name": "Sanne de Boer", "password": "een nieuw lang zinnetje"}


def invited(app: Flask, company: Company, folder: Path, **form: str) -> str:
    """Invite somebody and return the path of the mail's link."""
    sender = company.client(app, "marjan")
    assert sender.post(f"{HERE}invitations", data={**INVITED, **form}).status_code == 303
    work(app)
    return urlsplit(link_in(mails(folder)[-1])).path


def test_a_colleague_joins_by_mail_once(app: Flask, company: Company, tmp_path: Path) -> None:
    path = invited(app, company, tmp_path, signatory="1")
    mail = mails(tmp_path)[-1]
    assert mail["Subject"] == "Join Telenoord in PartnerJourney"
    assert mail["Reply-To"] == company.email("marjan")
    assert str(mail["From"]).startswith("Telenoord ")
    client = browser(app)
    page = client.get(path)
    assert page.status_code == 200
    for said in ("Telenoord", "Marjan Smit", "editor", INVITED["email"]):
        assert said in page.text
    assert client.post(path, data=NEW).location == f"/o/{BRAND}/"
    assert client.get(HERE).status_code == 200
    with company.system() as session:
        user = services.find_user(session, INVITED["email"])
        assert user is not None
        found = services.current_membership(session, company.organisations[BRAND], user.id)
    assert found is not None
    assert (found.role, found.signatory) == (Role.EDITOR, True)
    assert browser(app).get(path).status_code == 404
    assert browser(app).post(path, data=NEW).status_code == 404


def test_somebody_with_an_account_signs_in_and_accepts(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    path = invited(app, company, tmp_path, email=company.email("mila"))
    client = browser(app)
    assert f"/sign-in?next={path}" in client.get(path).text
    assert client.post(path, data=NEW).status_code == 409  # an account is not made twice
    form = {"email": company.email("mila"), "password": PASSWORD, "next": path}
    assert client.post("/sign-in", data=form).location == path
    assert client.post(path).location == f"/o/{BRAND}/"
    assert client.get(f"/o/{COURIER}/organisation/").status_code == 200
    assert client.get(HERE).status_code == 200


def test_an_invitation_cannot_be_taken_over(app: Flask, company: Company, tmp_path: Path) -> None:
    path = invited(app, company, tmp_path)
    thief = company.client(app, "mila")
    page = thief.get(path)
    assert "This invitation is for somebody else" in page.text
    assert 'action="/colleague/' not in page.text
    assert thief.post(path, data=NEW).status_code == 403
    assert thief.get(HERE).status_code == 404
    assert browser(app).get(path).status_code == 200  # still there for whom it is


def test_an_invitation_ends_by_time_by_taking_it_back_and_by_another(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    first = invited(app, company, tmp_path)
    second = invited(app, company, tmp_path)
    assert browser(app).get(first).status_code == 404
    with clock.at(clock.now() + timedelta(days=14, minutes=1)):
        assert browser(app).get(second).status_code == 404
    with company.system() as session:
        row = session.scalars(
            select(MemberInvitation).where(MemberInvitation.state == InvitationState.OPEN)
        ).one()
    admin = company.client(app, "marjan")
    assert admin.post(f"{HERE}invitations/{row.id}/send-again").status_code == 303
    assert browser(app).get(second).status_code == 404
    work(app)
    third = urlsplit(link_in(mails(tmp_path)[-1])).path
    with company.system() as session:
        row = session.scalars(
            select(MemberInvitation).where(MemberInvitation.state == InvitationState.OPEN)
        ).one()
    assert admin.post(f"{HERE}invitations/{row.id}/withdraw").status_code == 303
    assert browser(app).get(third).status_code == 404


def test_a_member_is_not_invited_again(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    form = {**INVITED, "email": company.email("aisha").upper()}
    answer = client.post(f"{HERE}invitations", data=form)
    assert answer.status_code == 422
    assert "This person is a member already." in answer.text
