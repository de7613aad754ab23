"""What all pages of accounts and organisations keep to: origin, caching, language, form, mails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.parties import User
from partnerjourney.organisations import services
from partnerjourney.organisations.models import MemberInvitation
from partnerjourney.organisations.rules.colours import style_name
from partnerjourney.web.entry import address_group
from partnerjourney.web.mails import Rendered, render_mail
from tests.databases import counted
from tests.organisations.company import BRAND, PASSWORD, Company
from tests.web_client import ADDRESS, browser

HERE = f"/o/{BRAND}/organisation/"
SIGN_IN = {"email": "marjan@example.org", "password": PASSWORD}
UNSAFE = (
    "/account", "/account/password", "/account/logins/end", "/sign-out", "/language",
    HERE, f"{HERE}invitations", "/forgotten",
)  # fmt: skip


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_another_site_changes_nothing(
    app: Flask, company: Company, headers: dict[str, str]
) -> None:
    client = company.client(app, "marjan")
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    form = {"name": "Stolen", "brand_colour": "#000000", "language": "en", "theme": "dark"}
    found = {path: client.post(path, data=form, headers=headers).status_code for path in UNSAFE}
    assert found == dict.fromkeys(UNSAFE, 403)
    with company.system() as session:
        assert company.organisation(session).name == "Telenoord"
        assert session.get_one(User, company.users["marjan"]).name == "Marjan Smit"


def test_our_own_pages_change_things_by_either_header(app: Flask, company: Company) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": ADDRESS}):
        client = company.client(app, "marjan")
        del client.environ_base["HTTP_SEC_FETCH_SITE"]
        form = {"name": "M. Smit", "language": "en", "theme": "dark"}
        assert client.post("/account", data=form, headers=headers).status_code == 303


def test_signing_in_works_without_either_header_but_not_from_elsewhere(
    app: Flask, company: Company
) -> None:
    assert browser(app, site=None).post("/sign-in", data=SIGN_IN).status_code == 303
    for site in ("cross-site", "same-site"):
        assert browser(app, site=site).post("/sign-in", data=SIGN_IN).status_code == 403


def paths(company: Company) -> list[str]:
    """Return every page that an admin can open."""
    member = company.memberships["aisha", BRAND]
    return ["/account", HERE, f"{HERE}invite", f"{HERE}edit", f"{HERE}members/{member}"]


def test_pages_are_whole_labelled_and_without_inline_style(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    public = browser(app)
    with company.acting("marjan") as (session, actor):
        organisation = company.organisation(session)
        invited = services.invite_member(
            session,
            actor,
            organisation,
            email="new@example.org",
            name="",
            role=services.members.Role.EDITOR,
            signatory=False,
            language="en",
            at=clock.now(),
        )
        link = services.member_invitation_path(str(app.secret_key), invited)
    pages = [client.get(path) for path in [*paths(company), link]]
    pages += [public.get(path) for path in ("/sign-in", "/forgotten", link)]
    pages.append(public.post("/sign-in", data={"email": "x", "password": "y"}))
    for answer in pages:
        html = answer.text
        assert len(re.findall("<h1", html)) == 1
        assert re.search(r"<title>[^<]+</title>", html)
        assert not re.search(r"\sstyle=|<style|<script>|\son[a-z]+=", html)
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", html):
            kind = re.search(r'type="(\w+)"', field)
            if (kind and kind[1] in ("hidden", "radio", "checkbox")) or "aria-hidden" in field:
                continue
            found = re.search(r'id="([^"]+)"', field)
            assert found, field
            assert found[1] in labelled


def test_a_members_page_is_private_and_a_door_is_not_kept(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    assert client.get(HERE).headers["Cache-Control"] == "private, no-cache"
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    for path in ("/sign-in", "/forgotten", "/reset/x"):
        assert browser(app).get(path).headers["Cache-Control"] == "no-store"


def test_a_page_takes_a_fixed_number_of_statements(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    client.get(HERE)
    with counted(company.engine) as few:
        client.get(HERE)
    with company.acting("marjan") as (session, _):
        for n in range(20):
            session.add(
                MemberInvitation(
                    owner_id=company.organisations[BRAND],
                    email=f"{n}@example.org",
                    role=services.members.Role.VIEWER,
                    created_at=clock.now(),
                    expires_at=clock.now(),
                )
            )
    with counted(company.engine) as many:
        client.get(HERE)
    assert len(many) == len(few)


def test_nothing_is_shown_to_somebody_who_is_not_signed_in(app: Flask, company: Company) -> None:
    for path in paths(company):
        answer = browser(app).get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")
        assert browser(app).get(path, headers={"HX-Request": "true"}).status_code == 401
    assert browser(app).get("/").location == "/sign-in"


def test_the_language_of_a_stranger_is_asked_kept_and_never_leads_away(
    app: Flask, company: Company
) -> None:
    client = browser(app)
    assert '<html lang="en"' in client.get("/sign-in").text
    answer = client.post("/language", data={"lang": "nl", "next": "/forgotten"})
    assert answer.location == "/forgotten"
    assert "Wachtwoord vergeten?" in client.get("/forgotten").text
    for wrong in ("//evil.example", "https://evil.example"):
        answer = client.post("/language", data={"lang": "xx", "next": wrong})
        assert answer.location == "/sign-in"
        assert "Set-Cookie" not in answer.headers
    assert "Inloggen" in browser(app).get("/sign-in?lang=nl").text


def test_a_person_chooses_name_language_and_theme(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    form = {"name": "Marjan  Smit-Bos", "language": "nl", "theme": "dark"}
    assert client.post("/account", data=form).status_code == 303
    page = client.get("/account").text
    assert '<html lang="nl" data-theme="dark"' in page
    assert "Opgeslagen." in page
    for wrong in ({"language": "de"}, {"theme": "pink"}, {"name": ""}, {"email": "x@y.example"}):
        answer = client.post("/account", data={**form, **wrong})
        assert answer.status_code == 422
    assert "Kies een van deze." in client.post("/account", data={**form, "theme": "x"}).text
    with company.system() as session:
        assert session.get_one(User, company.users["marjan"]).email == "marjan@example.org"


def test_the_brands_colours_have_an_address_nobody_guesses(app: Flask, company: Company) -> None:
    with company.system() as session:
        organisation = company.organisation(session)
        organisation.brand_colour = "#5b2a91"
        name = style_name(organisation.slug, organisation.id.hex, "#5b2a91")
    answer = browser(app).get(f"/brand/{name}.css")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--brand-solid: light-dark(#5b2a91," in answer.text
    for wrong in (f"{BRAND}-0000000000000000", BRAND, "nobody-0000000000000000", f"{name}0"):
        assert browser(app).get(f"/brand/{wrong}.css").status_code == 404


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", address_group("2001:db8::ffff:1")),
        (None, "unknown"),
        ("evil", "unknown"),
    ],
)
def test_an_address_counts_as_what_one_attacker_has(address: str | None, group: str) -> None:
    assert address_group(address) == group


MAILS = {
    "reset": {"name": "<b>Mila</b>", "link": "https://x/reset/1"},
    "changed": {"name": "Mila", "link": "https://x/forgotten"},
    "member_invitation": {
        "name": "", "organisation": "T & Co", "inviter": "M", "day": "morgen", "link": "https://x/"
    },
    "party_invitation": {
        "name": "Ivo", "organisation": "T\nBcc: x@y.example", "inviter": "M", "day": "morgen",
        "link": "https://x/", "journey": "Internet", "party": "Koerier",
    },
    "join_asked": {
        "name": "M", "organisation": "T", "asker": "A", "email": "a@b", "link": "https://x/"
    },
    "join_decided": {"name": "M", "organisation": "T", "accepted": True, "link": "https://x/"},
}  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_mails_are_rendered_without_a_request(app: Flask, language: str) -> None:
    with app.app_context():
        for template, context in MAILS.items():
            check_mail(
                render_mail(f"organisations/mail/{template}", language, **context),
                language,
                context,
            )


def check_mail(mail: Rendered, language: str, context: dict[str, object]) -> None:
    """Check one mail."""
    assert mail.subject
    assert "\n" not in mail.subject
    assert str(context["link"]) in mail.text
    assert str(context["link"]) in mail.html
    assert f'<html lang="{language}"' in mail.html
    assert "<b>Mila" not in mail.html
    if language == "nl":
        assert "you" not in mail.text.lower().split()
        assert " u " not in mail.text


def test_every_text_has_its_dutch(app: Flask) -> None:
    from babel.messages.extract import extract_from_dir

    from partnerjourney.core.places import PACKAGE, TEMPLATES
    from partnerjourney.web.language import catalogue

    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
    found = [
        *extract_from_dir(PACKAGE / "organisations", [("**.py", "python")], keywords=keywords),
        *extract_from_dir(TEMPLATES / "accounts", [("**.html", "jinja2")], keywords=keywords),
        *extract_from_dir(TEMPLATES / "organisations", [("**.*", "jinja2")], keywords=keywords),
    ]
    dutch = catalogue("nl")
    missing = [m for _, _, m, *_ in found if not dutch.get(m if isinstance(m, str) else m[0])]
    assert len(found) > 100
    assert missing == []


def test_the_database_never_holds_a_password_or_a_link(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    company.client(app, "marjan").post(
        f"{HERE}invitations",
        data={"email": "new@example.org", "role": "editor", "language": "en"},
    )
    with company.system() as session:
        row = session.scalars(select(MemberInvitation)).one()
        token = services.member_invitation_path(str(app.secret_key), row).rpartition("/")[2]
    path = company.engine.url.database
    if company.engine.dialect.name == "sqlite" and path:
        with company.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(FULL)")
        data = Path(path).read_bytes()
        assert token.encode() not in data
        assert PASSWORD.encode() not in data
