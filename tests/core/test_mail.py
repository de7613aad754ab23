"""Mail: through a real SMTP server, in process, and into a folder."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from partnerjourney.core import mail
from partnerjourney.core.mail import Mail, MailNotTakenError
from tests.core.smtp_server import Server, serving

SENDER = "noreply@partnerjourney.example"


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a running mail server."""
    with serving() as made:
        yield made


def a_mail(**more: Any) -> Mail:
    """Return some mail."""
    given = {
        "to": "klant@example.org",
        "subject": "Hoe ging uw levering? – 4 maart",
        "text": "Beste mevrouw Çelik,\n",
        "html": "<p>Beste mevrouw Çelik,</p>",
        "sender_name": "Telenoord",
    }
    return Mail(**{**given, **more})


def parsed(content: bytes) -> EmailMessage:
    """Return what a mail program makes of it."""
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_arrives(server: Server) -> None:
    header = {"List-Unsubscribe": "<https://example.org/a/x>"}
    sent = a_mail(reply_to="vraag@example.org", language="nl", headers=header)
    mail.send(sent, url=f"smtp://127.0.0.1:{server.port}", sender=SENDER)
    (envelope,) = server.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["klant@example.org"])
    found = parsed(envelope.content)
    assert found["Subject"] == sent.subject
    assert found["From"] == f"Telenoord <{SENDER}>"
    assert (found["To"], found["Reply-To"]) == ("klant@example.org", "vraag@example.org")
    assert found["List-Unsubscribe"] == "<https://example.org/a/x>"
    assert (found["Content-Language"], found["Auto-Submitted"]) == ("nl", "auto-generated")
    assert found["Message-ID"].endswith("@partnerjourney.example>")
    assert found["Date"] is not None
    plain, html = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Çelik" in plain.get_content()
    assert "<p>Beste mevrouw Çelik,</p>" in html.get_content()


def test_user_and_password_come_from_the_url(server: Server) -> None:
    url = f"smtp://user%40example.org:p%40ss%3Aword@127.0.0.1:{server.port}"
    mail.send(a_mail(), url=url, sender=SENDER)
    assert server.logins == [(b"user@example.org", b"p@ss:word")]
    with pytest.raises(smtplib.SMTPAuthenticationError):
        mail.send(a_mail(), url=url.replace("word", "wort"), sender=SENDER)
    assert len(server.taken) == 1


def test_an_address_refused_for_good_is_told_apart(server: Server) -> None:
    url = f"smtp://127.0.0.1:{server.port}"
    server.refusal = "550 no such user"
    with pytest.raises(MailNotTakenError):
        mail.send(a_mail(), url=url, sender=SENDER)
    server.refusal = "451 try again"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail.send(a_mail(), url=url, sender=SENDER)


def test_a_server_that_is_away_may_come_back(server: Server) -> None:
    with pytest.raises(OSError, match="refused"):
        mail.send(a_mail(), url="smtp://127.0.0.1:1", sender=SENDER)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_promise_of_encryption_is_kept(server: Server, scheme: str) -> None:
    """A server without it gets no mail in clear text."""
    with pytest.raises((OSError, smtplib.SMTPException)):
        mail.send(a_mail(), url=f"{scheme}://127.0.0.1:{server.port}", sender=SENDER)
    assert server.taken == []


@pytest.mark.parametrize(
    "injected",
    [
        {"subject": "Hallo\nBcc: all@example.org"},
        {"subject": "Hallo\r\nBcc: all@example.org"},
        {"to": "a@example.org\nBcc: all@example.org"},
        {"sender_name": "Jan\nBcc: all@example.org"},
        {"sender_name": "Çelik\r\nBcc: all@example.org"},
        {"reply_to": "a@example.org\nBcc: all@example.org"},
        {"language": "nl\nBcc: all@example.org"},
        {"headers": {"X-Survey": "a\nBcc: all@example.org"}},
    ],
)
def test_no_header_is_smuggled_in(injected: dict[str, Any], tmp_path: Path) -> None:
    try:
        mail.send(a_mail(**injected), url=f"file:{tmp_path}", sender=SENDER)
    except ValueError:
        assert list(tmp_path.iterdir()) == []
        return
    (file,) = tmp_path.iterdir()
    assert parsed(file.read_bytes())["Bcc"] is None
    assert b"\nBcc:" not in file.read_bytes()


def test_an_address_of_two_people_goes_to_nobody(server: Server) -> None:
    with pytest.raises((smtplib.SMTPException, MailNotTakenError)):
        mail.send(
            a_mail(to="a@example.org, b@example.org"),
            url=f"smtp://127.0.0.1:{server.port}",
            sender=SENDER,
        )
    assert server.taken == []


@pytest.mark.parametrize("form", ["file:{}", "file://{}"])
def test_mail_is_written_to_a_folder(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "mail"
    for _ in range(2):
        mail.send(a_mail(), url=form.format(folder), sender=SENDER)
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert parsed(files[0].read_bytes())["To"] == "klant@example.org"


def test_held_mail_is_not_sent(tmp_path: Path) -> None:
    token = mail.held.set(True)
    try:
        with pytest.raises(mail.MailHeldError):
            mail.send(a_mail(), url=f"file:{tmp_path}", sender=SENDER)
    finally:
        mail.held.reset(token)
    assert list(tmp_path.iterdir()) == []
