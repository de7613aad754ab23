"""The demo's mailbox: the mails, each safe to look at; and nothing of it outside the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from partnerjourney import create_app
from partnerjourney.core import mail
from partnerjourney.core.settings import Settings

EVIL = (
    "<html><head><style>p{color:red}</style></head><body><p>Dag</p><script>alert(1)</script></body>"
)


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    """Give the settings of a demo on an empty database that nobody writes."""
    return Settings(
        database_url=f"sqlite:///{sqlite_template}",
        secret_key="a secret of these tests, 32 signs",
        mail_url=f"file:{tmp_path}/mail",
        demo=True,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    """Give a browser on that demo."""
    app = create_app(settings)
    yield app.test_client()
    app.extensions["engine"].dispose()


def send(settings: Settings, subject: str, html: str = "<html><head></head><p>Dag</p>") -> str:
    """Send a mail and return the name of its file."""
    letter = mail.Mail("jan@example.org", subject, f"{subject}, als tekst", html, "Telenoord")
    mail.send(letter, url=settings.mail_url, sender="noreply@partnerjourney.example")
    folder = Path(settings.mail_url.removeprefix("file:"))
    return max(path.name for path in folder.glob("*.eml"))


def test_an_empty_mailbox_says_what_to_do(client: FlaskClient) -> None:
    response = client.get("/demo/mail")
    assert response.status_code == 200
    assert "Nog geen mail" in response.text


def test_the_newest_mail_stands_first_and_opens(client: FlaskClient, settings: Settings) -> None:
    send(settings, "De eerste")
    name = send(settings, "Hoe was de levering? – één vraag")
    page = client.get("/demo/mail").text
    assert page.index("Hoe was de levering? – één vraag") < page.index("De eerste")
    assert f'href="/demo/mail/{name}"' in page
    letter = client.get(f"/demo/mail/{name}").text
    assert "Hoe was de levering? – één vraag, als tekst" in letter
    assert f'src="/demo/mail/{name}/html"' in letter
    assert "Demo, verzonnen" in letter


def test_a_mail_is_shown_without_power(client: FlaskClient, settings: Settings) -> None:
    name = send(settings, "<script>alert(2)</script>", EVIL)
    page = client.get(f"/demo/mail/{name}")
    assert "<script>alert" not in page.text
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    frame = client.get(f"/demo/mail/{name}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in frame.text


@pytest.mark.parametrize(
    "name", ["x.eml", "..%2Fsecret", "../secret", "..", "20260101T000000-a.txt"]
)
def test_only_mails_are_read(client: FlaskClient, settings: Settings, name: str) -> None:
    send(settings, "Hallo")
    (Path(settings.mail_url.removeprefix("file:")).parent / "secret").write_text("geheim")
    for address in (f"/demo/mail/{name}", f"/demo/mail/{name}/html"):
        response = client.get(address)
        assert response.status_code in (404, 308)
        assert "geheim" not in response.text


def test_every_page_says_that_it_is_a_demo(client: FlaskClient) -> None:
    for address in ("/sign-in", "/demo/mail"):
        assert "Alles hier is verzonnen." in client.get(address).text


def test_outside_the_demo_there_is_no_mailbox_and_no_strip(settings: Settings) -> None:
    app = create_app(replace(settings, demo=False))
    client = app.test_client()
    assert client.get("/demo/mail").status_code == 404
    assert "verzonnen" not in client.get("/sign-in").text
    app.extensions["engine"].dispose()
