"""The page of the reports: with and without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from partnerjourney.core import clock
from partnerjourney.reviews import services
from partnerjourney.reviews.queries import reports
from tests.chain import Chain
from tests.reviews.journey import NOW, make, person
from tests.web_client import client_of


@pytest.fixture
def chain(app: Flask) -> Iterator[Chain]:
    with clock.at(NOW):
        yield make(app.extensions["engine"], "snel")


def signed_in(app: Flask, chain: Chain, name: str = "telenoord") -> FlaskClient:
    with chain.system() as session:
        user = person(session, chain, name)
    return client_of(app, user)


def address(chain: Chain, name: str = "telenoord") -> str:
    return f"/o/{name}/journeys/{chain.journey}/reports/"


def the_report(chain: Chain, name: str = "telenoord") -> uuid.UUID:
    with chain.acting(name) as (session, _actor, place):
        return reports(session, place)[0].id


def drawn(chain: Chain, pdf: bytes = b"%PDF-1.7 x", reason: str = "") -> uuid.UUID:
    """Let the worker have done its work."""
    report_id = the_report(chain)
    owner = chain.organisations["telenoord"]
    with chain.system() as session:
        if reason:
            services.failed(session, owner, report_id, reason=reason)
        else:
            services.store(session, owner, report_id, pdf, at=NOW)
    return report_id


def test_from_the_button_to_the_file(app: Flask, chain: Chain) -> None:
    client = signed_in(app, chain)
    assert "Nog geen rapport" in client.get(address(chain)).text
    sent = client.post(address(chain), data={"language": "en", "from": "", "to": ""})
    assert (sent.status_code, sent.headers["Location"]) == (303, address(chain))
    page = client.get(address(chain)).text
    assert page.count("<h1") == 1
    assert 'hx-trigger="every 2s"' in page
    assert '<progress value="0"' in page
    assert f'href="{address(chain)}"' in page  # reload works without JavaScript
    report_id = the_report(chain)
    file = f"{address(chain)}{report_id}.pdf"
    assert client.get(file).status_code == 404
    drawn(chain)
    done = client.get(f"{address(chain)}progress", headers={"HX-Request": "true"})
    assert "hx-trigger" not in done.text  # it stops by itself
    assert file in done.text
    assert done.text.lstrip().startswith('<section class="card" id="report-list"')
    got = client.get(file)
    assert got.data.startswith(b"%PDF-")
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Cache-Control"] == "no-store"
    name = "joint-report-zakelijk-internet-2026-11-02.pdf"
    assert got.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_htmx_gets_the_part(app: Flask, chain: Chain) -> None:
    client = signed_in(app, chain)
    sent = client.post(address(chain), data={"language": "nl"}, headers={"HX-Request": "true"})
    assert sent.status_code == 200
    assert sent.text.lstrip().startswith('<div id="reports"')


@pytest.mark.parametrize(
    "form",
    [
        {"language": "fr"},
        {},
        {"language": "nl", "from": "gisteren"},
        {"language": "nl", "from": "2026-10-02", "to": "2026-10-01"},
        {"language": "nl", "owner_id": "x"},
    ],
)
def test_a_faulty_form_is_shown_again(app: Flask, chain: Chain, form: dict[str, str]) -> None:
    client = signed_in(app, chain)
    sent = client.post(address(chain), data=form)
    assert sent.status_code == 422
    assert 'role="alert"' in sent.text


def test_a_failure_is_calm_and_can_be_tried_again(app: Flask, chain: Chain) -> None:
    client = signed_in(app, chain)
    client.post(address(chain), data={"language": "nl"})
    report_id = drawn(chain, reason="slow")
    page = client.get(address(chain)).text
    assert "Het tekenen duurde te lang." in page
    assert "Probeer opnieuw" in page
    again = f"{address(chain)}{report_id}/retry"
    assert client.post(again).status_code == 303
    assert "Wordt gemaakt" in client.get(address(chain)).text
    assert client.post(again).status_code == 409


def test_nobody_else_gets_it(app: Flask, chain: Chain) -> None:
    client = signed_in(app, chain)
    client.post(address(chain), data={"language": "nl"})
    report_id = drawn(chain)
    partner = signed_in(app, chain, "flevo")
    assert str(report_id) not in partner.get(address(chain, "flevo")).text
    own = address(chain, "flevo")
    assert partner.get(f"{own}{report_id}.pdf").status_code == 404
    assert partner.post(f"{own}{report_id}/retry").status_code == 404
    assert partner.get(f"{address(chain)}{report_id}.pdf").status_code == 404
    stranger = signed_in(app, chain, "stranger")
    assert stranger.get(address(chain, "stranger")).status_code == 404
    assert app.test_client().get(f"{address(chain)}{report_id}.pdf").status_code == 303
