"""Access keys: shown once, listed with maker and last use, revoked at once; the organisation's."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.core import border, clock, ids, tokens
from partnerjourney.core.audit import OrganisationAct
from partnerjourney.core.parties import Journey, Membership, Organisation, User
from partnerjourney.core.scopes import System, TokenPurpose
from partnerjourney.core.tokens import ApiToken
from tests.command import call
from tests.databases import counted
from tests.told import NOW, Story, told

__all__ = ["told"]

EDITOR = "bas@telenoord.example"
HERE = "/o/telenoord/organisation/keys/"
KEY = re.compile(r"pj_\w{22}_\w{43}_\w{6}")


def admin_of(story: Story, slug: str) -> str:
    """Return the address of an admin of an organisation of the story."""
    with border.open_session(story.engine, System("a test")) as session:
        found = session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .join(Organisation, Organisation.id == Membership.owner_id)
            .where(Organisation.slug == slug, Membership.role == "admin")
        )
        return next(iter(found))


def form(story: Story, **other: Any) -> dict[str, Any]:
    """Return what makes a key for the story's journey."""
    journeys = [str(story.ids["journey_id"])]
    return {
        "name": "Magazijnsysteem",
        "purposes": ["read", "events"],
        "journeys": journeys,
        "days": "90",
        **other,
    }


def make(story: Story, **other: Any) -> str:
    """Make a key as the brand's admin and return it as the page shows it."""
    answer = story.browser(admin_of(story, "telenoord")).post(
        f"{HERE}new", data=form(story, **other)
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return KEY.findall(answer.text)[0]


def test_a_key_is_shown_once_and_opens_what_it_was_made_for(told: Story) -> None:
    key = make(told)
    page = told.browser(admin_of(told, "telenoord")).get(HERE)
    assert key not in page.text
    assert key.split("_")[1][:6] in page.text
    assert "Magazijnsysteem" in page.text
    known = tokens.find(told.engine, key, at=NOW)
    assert known is not None
    assert known.scope.journeys == {told.ids["journey_id"]}
    assert known.scope.purposes == {TokenPurpose.READ, TokenPurpose.EVENTS}
    with border.open_session(told.engine, System("a test")) as session:
        row = session.scalars(select(ApiToken)).one()
        assert row.token_hash == ids.token_hash(key)
        assert key not in str(vars(row))
        act = session.scalars(select(OrganisationAct).where(OrganisationAct.verb == "key.make"))
        assert act.one().thing_id == row.id


def test_only_admins_make_see_or_revoke_keys(told: Story) -> None:
    key = tokens.find(told.engine, make(told), at=NOW)
    assert key is not None
    revoke = f"{HERE}{key.scope.token_id}/revoke"
    viewer = told.browser(EDITOR)
    for answer in (
        viewer.get(HERE),
        viewer.get(f"{HERE}new"),
        viewer.post(f"{HERE}new", data=form(told)),
        viewer.post(revoke),
    ):
        assert answer.status_code == 403
    other = told.browser(admin_of(told, "koerier-snel"))
    assert other.post(revoke).status_code == 404
    theirs = revoke.replace("telenoord", "koerier-snel")
    assert other.post(theirs).status_code == 404
    assert "Magazijnsysteem" not in other.get(HERE.replace("telenoord", "koerier-snel")).text


def test_a_revoked_or_expired_key_opens_nothing(told: Story) -> None:
    text = make(told)
    known = tokens.find(told.engine, text, at=NOW)
    assert known is not None
    assert tokens.find(told.engine, text, at=NOW + timedelta(days=90)) is None
    client = told.browser(admin_of(told, "telenoord"))
    revoke = f"{HERE}{known.scope.token_id}/revoke"
    assert client.post(revoke).status_code == 303
    assert tokens.find(told.engine, text, at=NOW) is None
    assert client.post(revoke).status_code == 409
    assert client.post(f"{HERE}{uuid.uuid4()}/revoke").status_code == 404
    page = client.get(HERE).text
    assert "Revoked or expired (1)" in page or "Ingetrokken of verlopen (1)" in page


def test_a_key_stays_when_its_maker_leaves(told: Story) -> None:
    text = make(told)
    with border.open_session(told.engine, System("a test"), write=True) as session:
        key = session.scalars(select(ApiToken)).one()
        member = session.scalars(select(Membership).where(Membership.user_id == key.created_by_id))
        for one in member:
            one.ended_at = NOW
        other = row_of_another_admin(session, key.owner_id)
        session.commit()
    assert tokens.find(told.engine, text, at=NOW) is not None
    page = told.browser(other).get(HERE).text
    assert "the key stays with the organisation" in page or "blijft van de organisatie" in page


def row_of_another_admin(session: Any, owner_id: uuid.UUID) -> str:
    """Make a second admin; return its address."""
    user = User(email="second@telenoord.example", name="Second", created_at=NOW)
    session.add(user)
    session.flush()
    session.add(Membership(owner_id=owner_id, user_id=user.id, role="admin", created_at=NOW))
    return user.email


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\u202eb"},
        {"purposes": []},
        {"purposes": ["sign"]},
        {"journeys": []},
        {"journeys": [str(uuid.UUID(int=7))]},
        {"journeys": ["nonsense"]},
        {"days": "36500"},
        {"days": "soon"},
    ],
    ids=str,
)
def test_bad_input_is_told_at_the_field_and_makes_nothing(
    told: Story, wrong: dict[str, Any]
) -> None:
    client = told.browser(admin_of(told, "telenoord"))
    answer = client.post(f"{HERE}new", data=form(told, **wrong))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with border.open_session(told.engine, System("a test")) as session:
        assert session.scalars(select(ApiToken)).all() == []


def test_no_key_for_a_journey_of_others(told: Story) -> None:
    """The courier takes part in the Dutch journey, the English coffee brand does not."""
    client = told.browser(admin_of(told, "bean-brook"))
    answer = client.post(f"{HERE.replace('telenoord', 'bean-brook')}new", data=form(told))
    assert answer.status_code == 422


def test_a_mangled_key_asks_nobody(told: Story) -> None:
    key = make(told)
    with counted(told.engine) as said:
        for place in range(len(key)):
            other = "0" if key[place] != "0" else "1"
            mangled = key[:place] + other + key[place + 1 :]
            assert not tokens.well_formed(mangled), mangled
            assert tokens.find(told.engine, mangled, at=NOW) is None
        for odd in ("", "pj_", key[:-1], key + "0", f" {key}", key.upper(), key + "\n", "pj_é_é_é"):
            assert tokens.find(told.engine, odd, at=NOW) is None
        assert len(said) == 0
    with counted(told.engine) as said:
        assert tokens.find(told.engine, tokens.compose(uuid.uuid4()), at=NOW) is None
        assert said.texts == ["pj_key"]


def test_last_use_is_noted_now_and_then(told: Story) -> None:
    text = make(told)
    for minutes, noted in ((0, 0), (4, 0), (6, 6), (9, 6), (20, 20)):
        at = NOW + timedelta(minutes=minutes)
        known = tokens.find(told.engine, text, at=at)
        assert known is not None
        tokens.touch(told.engine, known, at=at)
        again = tokens.find(told.engine, text, at=at)
        assert again is not None
        assert again.used_at == NOW + timedelta(minutes=noted)


def test_the_command_line_prints_a_key_once(told: Story, database_url: str) -> None:
    with border.open_session(told.engine, System("a test")) as session:
        slug = session.get_one(Journey, told.ids["journey_id"]).slug
    given = ("token", "create", "--organisation", "koerier-snel", "--journey", f"telenoord/{slug}")
    said = call(*given, "--purpose", "events", database_url=database_url)
    assert said.exit_code == 0, said.stderr
    assert KEY.fullmatch(said.stdout.strip())
    known = tokens.find(told.engine, said.stdout.strip(), at=clock.now())
    assert known is not None
    assert (known.organisation, known.scope.purposes) == ("koerier-snel", {TokenPurpose.EVENTS})
    twice = call(*given, "--purpose", "read", "--json", database_url=database_url)
    assert KEY.fullmatch(json.loads(twice.stdout)["token"])
    assert call(*given, "--purpose", "sign", database_url=database_url).exit_code == 2
    nobody = ("token", "create", "--organisation", "bean-brook", *given[4:], "--purpose", "read")
    refused = call(*nobody, database_url=database_url)
    assert (refused.exit_code, refused.stdout) == (4, "")
