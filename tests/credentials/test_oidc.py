"""Signing in at a provider: who gets in, and every token, state and mail address that does not."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import Engine, select

from partnerjourney.core import clock
from partnerjourney.core.logins import LoginSession
from partnerjourney.core.parties import Membership
from partnerjourney.core.settings import SettingsError, load
from partnerjourney.credentials.models import OidcIdentity
from partnerjourney.credentials.rules.oidc import domains, identity_hash, is_of
from partnerjourney.organisations import services as people
from tests.credentials.provider import CLIENT, SECRET, LocalProvider, serving, unsigned
from tests.credentials.second import PAGE, STEP, with_app
from tests.organisations.company import BRAND, PASSWORD, Company, link_in, mails, work
from tests.web_client import ADDRESS, browser, make_app, settings_for

HOME = f"/o/{BRAND}/"
BACK = "/sign-in/oidc/return"
LINK = "/sign-in/oidc/link"


@pytest.fixture
def provider() -> Iterator[LocalProvider]:
    """Give a provider that listens."""
    with serving() as started:
        yield started


@pytest.fixture
def app(engine: Engine, database_url: str, tmp_path: Path, provider: LocalProvider) -> Flask:
    """Give the application of an installation that has the provider."""
    settings = settings_for(
        database_url,
        tmp_path / "mail",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_domains="example.org, telenoord.example",
        oidc_name="Noordpas",
    )
    return make_app(settings, engine)


def leave(client: FlaskClient, **form: str) -> str:
    """Go to the provider and return its address."""
    answer = client.post("/sign-in/oidc", data=form)
    assert answer.status_code == 200
    found = re.search(r'content="0; url=([^"]+)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def arrive(client: FlaskClient, address: str) -> str:
    """Come back and return where that leads."""
    where = urlsplit(address)
    answer = client.get(f"{where.path}?{where.query}")
    assert answer.status_code == 303, answer.text
    return answer.location


def through(app: Flask, provider: LocalProvider, **form: str) -> tuple[FlaskClient, str]:
    """Sign in at the provider and return the browser and where it was led."""
    client = browser(app)
    return client, arrive(client, provider.visit(leave(client, **form)))


def linked(app: Flask, provider: LocalProvider, email: str) -> FlaskClient:
    """Return the browser of somebody whose account is linked by its password."""
    provider.knows(email)
    client, there = through(app, provider)
    assert there == LINK
    assert client.post(LINK, data={"password": PASSWORD}).location == HOME
    return client


def identities(company: Company) -> list[Any]:
    """Return whose accounts are linked."""
    with company.system() as session:
        return list(session.scalars(select(OidcIdentity.user_id)))


def test_a_match_by_mail_opens_nothing_until_the_password_says_yes(
    app: Flask, company: Company, provider: LocalProvider, tmp_path: Path
) -> None:
    provider.knows(company.email("marjan"), subject="4711")
    client, there = through(app, provider, next="/account")
    assert there == LINK
    assert client.get("/account").status_code == 303, "nobody is in yet"
    assert "Noordpas" in client.get(LINK).text
    assert client.post(LINK, data={"password": "not the password"}).status_code == 422
    assert identities(company) == []
    assert client.post(LINK, data={"password": PASSWORD}).location == "/account"
    shown = client.get("/account").text
    assert "organisation’s own sign-in" in shown
    assert identities(company) == [company.users["marjan"]]
    provider.knows("other@example.org", subject="4711")
    _again, there = through(app, provider)
    assert there == HOME, "the subject is who it is, whatever its address is called today"
    work(app)
    assert mails(tmp_path)[-1]["Subject"] == "Your account is linked to another sign-in"


def test_a_mails_link_says_yes_in_the_browser_that_asked_alone(
    app: Flask, company: Company, provider: LocalProvider, tmp_path: Path
) -> None:
    provider.knows(company.email("marjan"))
    client, _ = through(app, provider)
    assert client.post(f"{LINK}/mail").location == LINK
    work(app)
    mail = mails(tmp_path)[-1]
    assert (mail["To"], link_in(mail).startswith(ADDRESS)) == (company.email("marjan"), True)
    path = urlsplit(link_in(mail)).path
    victim = browser(app)
    assert "where you began" in victim.get(path).text
    assert victim.post(path).status_code == 404
    assert client.post(f"{path[:-1]}{'A' if path[-1] != 'A' else 'B'}").status_code == 404
    for _ in range(2):  # scanners of mail open every link
        assert client.get(path).status_code == 200
    assert identities(company) == []
    assert client.post(path).location == HOME
    assert client.post(path).status_code == 404
    assert identities(company) == [company.users["marjan"]]


def test_a_second_step_that_is_set_up_here_is_asked_all_the_same(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    linked(app, provider, company.email("marjan"))
    _, mine = with_app(app, company)
    client, there = through(app, provider, next="/account")
    assert there == STEP
    assert client.get("/account").status_code == 303
    assert client.post(STEP, data={"recovery": mine.recovery[0]}).location == "/account"
    with company.system() as session:
        assert "oidc+recovery" in set(session.scalars(select(LoginSession.means)))


def test_a_new_person_gets_an_account_and_joins_nothing(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    provider.knows("new.person@telenoord.example")
    client, there = through(app, provider)
    assert there == "/account"
    assert client.get(HOME).status_code == 404
    with company.system() as session:
        user = people.find_user(session, "new.person@telenoord.example")
        assert user is not None
        mine = select(Membership).where(Membership.user_id == user.id)
        assert not session.scalars(mine).all()
    _again, there = through(app, provider)
    assert there == "/account"


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "of another sign-in"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another client"},
    "among others without saying for whom": {"aud": [CLIENT, "another"]},
    "authorised for another": {"azp": "another client"},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": 1_000_000_000},
    "no end": {"exp": None},
    "not valid yet": {"nbf": 4_000_000_000},
    "unverified mail": {"email_verified": False},
    "mail verified by a word": {"email_verified": "yes"},
    "nothing said of the mail": {"email_verified": None},
    "another domain": {"email": "marjan@evil.example"},
    "a domain below": {"email": "marjan@x.example.org"},
    "two addresses": {"email": "marjan@example.org,x@evil.example"},
    "no subject": {"sub": None},
    "a subject that is none": {"sub": 7},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_opens_nothing(
    app: Flask, company: Company, provider: LocalProvider, lie: str
) -> None:
    linked(app, provider, company.email("marjan"))
    provider.claims = LIES[lie]
    client, there = through(app, provider)
    assert there == "/sign-in"
    assert client.get("/account").status_code == 303
    assert len(identities(company)) == 1


def test_a_token_that_nobody_or_another_signed_opens_nothing(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    linked(app, provider, company.email("marjan"))
    provider.algorithm = "none"
    assert through(app, provider)[1] == "/sign-in"
    provider.algorithm = "ES256"
    ours, provider.key = provider.key, ECKey.generate_key("P-256", {"kid": "one"})
    forged = provider.id_token("x")
    provider.key = ours
    for text in (forged, unsigned({"iss": provider.issuer}), "a.b.c", "x", ours.kid or ""):
        provider.forged = text
        assert through(app, provider)[1] == "/sign-in"
    provider.forged = ""
    provider.key = ECKey.generate_key("P-256", {"kid": "two"})
    assert through(app, provider)[1] == HOME, "keys that were turned are read anew"


def test_a_state_is_of_one_browser_and_works_once(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    linked(app, provider, company.email("marjan"))
    mine, victim = browser(app), browser(app)
    back = provider.visit(leave(mine))
    assert arrive(victim, back) == "/sign-in", "no state of this browser"
    leave(victim)
    assert arrive(victim, back) == "/sign-in", "a state of another browser"
    assert victim.get("/account").status_code == 303
    with mine.session_transaction() as kept:
        state = kept["oidc"]
    assert arrive(mine, back) == HOME
    with mine.session_transaction() as kept:
        kept["oidc"] = state
    assert arrive(mine, back) == "/sign-in", "it is used up"
    late = browser(app)
    back = provider.visit(leave(late))
    with clock.at(clock.now().replace(year=2031)):
        assert arrive(late, back) == "/sign-in"
    other = browser(app)
    back = provider.visit(leave(other))
    assert arrive(other, f"{back}&iss=https://evil.example") == "/sign-in"


def test_a_provider_that_is_not_itself_or_not_there_is_not_believed(
    app: Flask, company: Company, provider: LocalProvider, database_url: str, tmp_path: Path
) -> None:
    for described in (
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ):
        provider.described = described
        fresh = make_app(app.extensions["settings"], company.engine)
        forget()
        assert browser(fresh).post("/sign-in/oidc").location == "/sign-in"
    provider.described = {"token_endpoint": "http://evil.example/token"}
    forget()
    client = browser(app)
    assert arrive(client, provider.visit(leave(client))) == "/sign-in"
    forget()


def forget() -> None:
    """Have the provider's own description read anew."""
    from partnerjourney.credentials.services.provider import provider_of

    provider_of.cache_clear()


def test_what_the_token_leaves_out_is_asked_of_the_same_subject(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    linked(app, provider, company.email("marjan"))
    said = dict(provider.person)
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = said
    assert through(app, provider)[1] == HOME
    provider.userinfo = {**said, "sub": "another"}
    assert through(app, provider)[1] == "/sign-in"


def test_it_is_unlinked_and_another_who_was_here_is_signed_out(
    app: Flask, company: Company, provider: LocalProvider
) -> None:
    client = linked(app, provider, company.email("marjan"))
    assert "Sign-in at Noordpas" in client.get(PAGE).text
    other = company.client(app, "mila")
    kept = other.get_cookie("pj_session")
    assert kept is not None
    assert arrive(other, provider.visit(leave(other))) == HOME
    thief = browser(app)
    thief.set_cookie("pj_session", kept.value)
    assert thief.get("/account").status_code == 303
    assert client.post(f"{PAGE}/provider/unlink").location == PAGE
    assert client.post(f"{PAGE}/provider/unlink").status_code == 404
    assert through(app, provider)[1] == LINK, "it is asked again, as the first time"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example"])
def test_it_leads_to_no_other_site_and_comes_back_to_ours(
    app: Flask, company: Company, provider: LocalProvider, address: str
) -> None:
    linked(app, provider, company.email("marjan"))
    client = browser(app)
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = client.post("/sign-in/oidc", data={"next": address}, headers=evil).text
    assert "evil.example" not in page
    assert "redirect_uri=http%3A%2F%2Flocalhost%2Fsign-in%2Foidc%2Freturn" in page
    assert through(app, provider, next=address)[1] == HOME


def test_without_a_provider_there_is_nothing(
    company: Company, database_url: str, tmp_path: Path
) -> None:
    plain = make_app(settings_for(database_url, tmp_path), company.engine)
    client = browser(plain)
    assert "oidc" not in client.get("/sign-in").text
    for path in ("/sign-in/oidc", LINK, f"{LINK}/mail", "/sign-in/oidc/confirm/x"):
        assert client.post(path).status_code == 404
    for path in (BACK, LINK, "/sign-in/oidc/confirm/x"):
        assert client.get(path).status_code == 404


def test_settings_are_whole_and_on_https() -> None:
    whole = {
        "oidc_issuer": "https://login.example",
        "oidc_client_id": "x",
        "oidc_client_secret": "y",
        "oidc_domains": "example.org",
    }
    assert load({}, **whole).oidc_issuer == "https://login.example"
    for name in ("oidc_client_id", "oidc_client_secret", "oidc_domains"):
        with pytest.raises(SettingsError, match=name.upper()):
            load({}, **{**whole, name: ""})
    for issuer in ("http://login.example", "login.example", "javascript:x"):
        with pytest.raises(SettingsError, match="OIDC_ISSUER"):
            load({}, **{**whole, "oidc_issuer": issuer})
    assert SECRET not in repr(load({}, **{**whole, "oidc_client_secret": SECRET}))


def test_domains_and_people_are_told_apart() -> None:
    allowed = domains("Example.org, @telenoord.example")
    assert allowed == {"example.org", "telenoord.example"}
    assert is_of("a@example.org", allowed)
    assert not any(is_of(one, allowed) for one in ("a@x.example.org", "a@ample.org", "example.org"))
    assert identity_hash("https://a", "bc") != identity_hash("https://ab", "c")
