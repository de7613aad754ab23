"""People with a second step, for tests: an app that is set up, and the codes that it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from partnerjourney.core import clock
from tests.organisations.company import PASSWORD, Company
from tests.web_client import browser, client_of

STEP = "/sign-in/step"
PAGE = "/account/second-step"


@dataclass
class App:
    """Somebody's app: its secret, and the recovery codes that were shown."""

    secret: str
    recovery: list[str]

    def code(self, *, at: datetime | None = None) -> str:
        """Return what the app shows at a moment."""
        return pyotp.TOTP(self.secret).at(at or clock.now())


def sign_in(client: FlaskClient, email: str, **form: str) -> TestResponse:
    """Take the first step."""
    return client.post("/sign-in", data={"email": email, "password": PASSWORD, **form})


def secret_on(page: str) -> str:
    """Return the secret that a page shows as text."""
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found is not None
    return found[1].replace(" ", "").upper()


def set_up(client: FlaskClient) -> App:
    """Set an app up as the pages do."""
    assert client.post(f"{PAGE}/app").location == f"{PAGE}/app"
    secret = secret_on(client.get(f"{PAGE}/app").text)
    answer = client.post(f"{PAGE}/app/confirm", data={"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.status_code == 200, answer.text
    return App(secret, re.findall(r"<li><code>([^<]+)</code>", answer.text))


def another_app(client: FlaskClient) -> App:
    """Set up another app where one stands: no new recovery codes are shown."""
    client.post(f"{PAGE}/app")
    secret = secret_on(client.get(f"{PAGE}/app").text)
    answer = client.post(f"{PAGE}/app/confirm", data={"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.location == PAGE
    return App(secret, [])


def with_app(app: Flask, company: Company, name: str = "marjan") -> tuple[FlaskClient, App]:
    """Return a browser of somebody who just set an app up."""
    client = company.client(app, name)
    return client, set_up(client)


def pending(app: Flask, company: Company, name: str = "marjan", **form: str) -> FlaskClient:
    """Return a browser in which the first step held and the second is asked."""
    client = browser(app)
    answer = sign_in(client, company.email(name), **form)
    assert (answer.status_code, answer.location) == (303, STEP)
    return client


def strong_client(app: Flask, company: Company, name: str) -> FlaskClient:
    """Return a browser in which somebody signed in with two steps."""
    return client_of(app, company.users[name], means="password+code")
