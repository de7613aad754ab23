"""Members: invited, given roles, removed, and acting for two organisations."""

from __future__ import annotations

import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import Membership, Role, User
from partnerjourney.organisations import services
from partnerjourney.organisations.models import JoinRequest
from tests.organisations.company import (
    BRAND,
    COURIER,
    Company,
    link_in,
    mails,
    membership,
    work,
)
from tests.web_client import browser

HERE = f"/o/{BRAND}/organisation/"
INVITED = {"email": "sanne@example.org", "name": "Sanne", "role": "editor", "language": "en"}
NEW = {"name": "Sanne de Boer", "password": "een nieuw lang zinnetje"}


def test_the_last_admin_stays(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    mine = company.memberships["marjan", BRAND]
    demoted = {"role": "viewer"}
    assert client.post(f"{HERE}members/{mine}/role", data=demoted).status_code == 409
    assert client.post(f"{HERE}members/{mine}/remove").status_code == 409
    aisha = company.memberships["aisha", BRAND]
    assert client.post(f"{HERE}members/{aisha}/role", data={"role": "admin"}).status_code == 303
    assert client.post(f"{HERE}members/{mine}/role", data=demoted).status_code == 303
    assert client.post(f"{HERE}members/{aisha}/remove").status_code == 403
    second = company.client(app, "aisha")
    assert second.post(f"{HERE}members/{aisha}/remove").status_code == 409


def test_removal_works_in_an_open_window_at_once(app: Flask, company: Company) -> None:
    window = company.client(app, "aisha")
    assert window.get(HERE).status_code == 200
    with company.acting("marjan") as (session, actor):
        organisation = company.organisation(session)
        member = company.memberships["aisha", BRAND]
        services.remove_member(session, actor, organisation, member, at=clock.now())
    assert window.get(HERE).status_code == 404
    assert window.get("/account").status_code == 200  # the person stays who it is


def test_removal_ends_what_the_person_left_open(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    with company.system() as session:
        row = session.get_one(
            Membership, (company.organisations[BRAND], company.memberships["aisha", BRAND])
        )
        row.role = Role.ADMIN
    sender = company.client(app, "aisha")
    sender.post(f"{HERE}invitations", data={**INVITED, "email": "private@example.org"})
    work(app)
    backdoor = urlsplit(link_in(mails(tmp_path)[-1])).path
    sender.post(f"{HERE}invitations", data={**INVITED, "email": "later@example.org"})
    with company.acting("marjan") as (session, actor):
        withdrawn = services.remove_member(
            session,
            actor,
            company.organisation(session),
            company.memberships["aisha", BRAND],
            at=clock.now(),
        )
    assert withdrawn == 2
    assert browser(app).get(backdoor).status_code == 404
    sent = len(mails(tmp_path))
    work(app)  # the second invitation's mail was still waiting
    assert len(mails(tmp_path)) == sent


def test_a_mail_is_not_sent_for_somebody_who_lost_the_role(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    with company.acting("marjan") as (session, actor):
        organisation = company.organisation(session)
        services.change_role(
            session,
            actor,
            organisation,
            company.memberships["aisha", BRAND],
            role=Role.ADMIN,
            signatory=False,
            at=clock.now(),
        )
    company.client(app, "aisha").post(f"{HERE}invitations", data=INVITED)
    aisha = company.memberships["aisha", BRAND]
    company.client(app, "marjan").post(f"{HERE}members/{aisha}/role", data={"role": "viewer"})
    work(app)
    assert mails(tmp_path) == []


@pytest.mark.parametrize("name", ["aisha", "pieter", "both"])
def test_only_admins_manage(app: Flask, company: Company, name: str) -> None:
    client = company.client(app, name)
    member = company.memberships["pieter", BRAND]
    assert client.get(HERE).status_code == 200
    assert "Invite a colleague" not in client.get(HERE).text
    for path in ("invite", "edit", f"members/{member}"):
        assert client.get(HERE + path).status_code == 403
    form = {"name": "Mine", "brand_colour": "#000000"}
    assert client.post(HERE, data=form).status_code == 403
    assert client.post(f"{HERE}invitations", data=INVITED).status_code == 403
    assert client.post(f"{HERE}members/{member}/role", data={"role": "admin"}).status_code == 403
    assert client.post(f"{HERE}members/{member}/remove").status_code == 403


def test_foreign_ids_are_not_found(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    for member in (company.memberships["mila", COURIER], uuid.uuid4()):
        assert client.get(f"{HERE}members/{member}").status_code == 404
        assert client.post(f"{HERE}members/{member}/remove").status_code == 404
        answer = client.post(f"{HERE}members/{member}/role", data={"role": "viewer"})
        assert answer.status_code == 404
    for what in ("withdraw", "send-again"):
        assert client.post(f"{HERE}invitations/{uuid.uuid4()}/{what}").status_code == 404
    form = {"decision": "approve", "role": "editor"}
    assert client.post(f"{HERE}requests/{uuid.uuid4()}", data=form).status_code == 404
    assert client.get(f"/o/{COURIER}/organisation/").status_code == 404
    assert client.get("/o/no-such-company/organisation/").status_code == 404


def test_two_tabs_act_for_two_organisations(app: Flask, company: Company) -> None:
    client = company.client(app, "both")
    brand, courier = client.get(HERE).text, client.get(f"/o/{COURIER}/organisation/").text
    assert "Koerier Snel" in brand  # only in the menu of what one acts for
    assert "Invite a colleague" not in brand
    assert "Invite a colleague" in courier
    form = {"name": "Koerier Sneller", "brand_colour": "#00a651"}
    assert client.post(f"/o/{COURIER}/organisation/", data=form).status_code == 303
    assert client.post(HERE, data=form).status_code == 403
    with company.system() as session:
        assert company.organisation(session, BRAND).name == "Telenoord"
        assert company.organisation(session, COURIER).name == "Koerier Sneller"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Tele\u202enoord"),
        ("name", "x" * 121),
        ("brand_colour", "red; } body { display: none"),
        ("brand_colour", "#12345"),
        ("reply_to", "klant@telenoord.nl\r\nBcc: a@b.nl"),
        ("address", "a\nb"),
        ("slug", "koerier-snel"),
    ],
)
def test_what_an_organisation_says_of_itself_is_checked(
    app: Flask, company: Company, field: str, value: str
) -> None:
    client = company.client(app, "marjan")
    form = {"name": "Telenoord", "brand_colour": "#5b2a91", field: value}
    assert client.post(HERE, data=form).status_code == 422
    with company.system() as session:
        assert company.organisation(session).brand_colour == "#1456ad"


def test_who_asks_to_join_is_let_in_or_not(app: Flask, company: Company, tmp_path: Path) -> None:
    with company.system() as session:
        rows = [
            JoinRequest(
                owner_id=company.organisations[BRAND],
                user_id=services.create_user(
                    session, email=f"{name}@example.org", name=name, language="en", at=clock.now()
                ).id,
                created_at=clock.now(),
            )
            for name in ("Yes", "No")
        ]
        session.add_all(rows)
        session.flush()
        yes, no = (row.id for row in rows)
    client = company.client(app, "marjan")
    assert "yes@example.org" not in client.get(HERE).text
    assert "Yes@example.org" in client.get(HERE).text
    answers = [
        client.post(f"{HERE}requests/{row}", data={"decision": decision, "role": "viewer"})
        for row, decision in ((yes, "approve"), (no, "decline"), (yes, "decline"))
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 409]
    work(app)
    assert [mail["Subject"] for mail in mails(tmp_path)] == [
        "Telenoord took you in",
        "Telenoord did not take you in",
    ]
    with company.system() as session:
        members = session.scalars(
            select(User.name)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.owner_id == company.organisations[BRAND])
        ).all()
    assert "Yes" in members
    assert "No" not in members


def test_an_organisation_is_made_with_a_readable_address(company: Company) -> None:
    with company.system() as session:
        made = services.create_organisation(session, name="Telenoord", at=clock.now())
        assert made.slug == "telenoord-2"
        with pytest.raises(ConflictError):
            services.create_organisation(session, name="X", slug=BRAND, at=clock.now())


def test_a_person_is_a_member_once(company: Company) -> None:
    with company.system() as session:
        user = session.get_one(User, company.users["marjan"])
        organisation = company.organisation(session)
        with pytest.raises(ConflictError):
            services.add_member(session, organisation, user, role=Role.VIEWER, at=clock.now())
        assert membership(session, company, "marjan") is not None
