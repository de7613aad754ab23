"""What a party says beside a number: who reads it, who writes it, what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from partnerjourney.core import circles
from partnerjourney.core.audit import CircleAct
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import (
    Membership,
    Organisation,
    Participation,
    ParticipationRole,
    Role,
    User,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member
from partnerjourney.measurement import services
from partnerjourney.measurement.models import StoredExplanation
from partnerjourney.measurement.queries import Explanation, Period, explanations, overview, seats
from partnerjourney.surveys.models import Wave
from partnerjourney.surveys.services import points
from tests.measurement.scene import AT, Scene
from tests.measurement.test_pages import address, scene, words
from tests.web_client import app, client_of

__all__ = ["app", "scene"]

LATER = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # the third of November in Amsterdam
TEXT = "De sorteerband stond drie ochtenden stil."
SignIn = Callable[..., FlaskClient]


def say(
    scene: Scene,
    who: str,
    text: str,
    *,
    party: str | None = None,
    point: str = "delivery",
    wave: str = "q3",
    version: int = 0,
    role: Role = Role.EDITOR,
    at: datetime = LATER,
) -> None:
    """Let an organisation say something, for its own party unless another is named."""
    actor = Member(None, scene.organisations[who], role)
    with scene.open_as(who, write=True) as session, session.begin():
        place = scene.place(session, who)
        found = points.find_point(session, place, scene.points[point], lock=True)
        asked = session.get_one(Wave, (scene.journey_id, scene.waves[point, wave]))
        party_id = scene.parties[party].id if party else place.mine[0].id
        services.explain(
            session, actor, place, found, asked, party_id, text=text, version=version, at=at
        )


def read(
    scene: Scene, who: str, point: str = "delivery", period: Period | None = None
) -> list[Explanation]:
    """Return what an organisation reads beside the number of a point."""
    with scene.open_as(who) as session:
        place = scene.place(session, who)
        seen = overview(session, place, period)
        return list(explanations(session, place, seen).get(scene.points[point], ()))


def told(scene: Scene, who: str) -> list[tuple[str, str]]:
    """Return who says what beside the delivery, as an organisation reads it."""
    return [(one.by, one.text) for one in read(scene, who)]


def stored(scene: Scene, who: str | None = None) -> list[StoredExplanation]:
    """Return the rows that an organisation can read at all, or every row."""
    opened = scene.open_as(who) if who else scene.system()
    with opened as session:
        return list(session.scalars(select(StoredExplanation)))


# --- who reads ------------------------------------------------------------------------------------


def test_all_who_share_the_number_read_it_and_nobody_else(scene: Scene) -> None:
    say(scene, "warehouse", TEXT)
    for who in ("brand", "warehouse", "snel", "rap"):
        assert told(scene, who) == [("Warehouse", TEXT)], who
    (one,) = read(scene, "rap")
    assert (one.day, one.mine, one.about) == (date(2026, 11, 3), False, None)
    assert read(scene, "warehouse")[0].mine
    for who in ("installer", "desk"):
        assert told(scene, who) == []
        assert stored(scene, who) == []


def test_a_member_of_a_group_speaks_for_itself_and_others_of_it_notice_nothing(
    scene: Scene,
) -> None:
    say(scene, "snel", TEXT)
    for who in ("brand", "warehouse", "snel"):
        assert told(scene, who) == [("Snel", TEXT)], who
    assert told(scene, "rap") == []
    assert stored(scene, "rap") == []
    say(scene, "rap", "Bij ons liep het.")  # as if nobody had said anything
    assert told(scene, "rap") == [("Rap", "Bij ons liep het.")]
    assert told(scene, "snel") == [("Snel", TEXT)]
    assert told(scene, "brand") == [("Rap", "Bij ons liep het."), ("Snel", TEXT)]


def test_they_stand_in_the_order_of_the_lanes(scene: Scene) -> None:
    for who in ("snel", "warehouse", "brand"):
        say(scene, who, f"Wij zijn {who}.")
    assert [by for by, _ in told(scene, "warehouse")] == ["Brand", "Warehouse", "Snel"]


def test_who_joins_the_group_later_reads_what_the_others_say(scene: Scene) -> None:
    say(scene, "warehouse", TEXT)
    say(scene, "snel", "Alleen voor onze kring.")
    say(scene, "brand", "Teruggenomen.")
    say(scene, "brand", "", version=1)
    with scene.system() as session, session.begin():
        made = Organisation(slug="late", name="Late", created_at=AT)
        session.add(made)
        session.flush()
        scene.organisations["late"] = made.id
        circles.join(
            session,
            Participation(
                journey_id=scene.journey_id,
                party_id=scene.parties["couriers"].id,
                organisation_id=made.id,
                role=ParticipationRole.PARTNER,
                discreet=True,
                joined_at=AT,
            ),
        )
    assert {row.text for row in stored(scene, "late")} == {TEXT}
    say(scene, "warehouse", "Nu anders.", version=1)
    assert {row.text for row in stored(scene, "late")} == {"Nu anders."}
    say(scene, "brand", "Toch iets.", version=2)
    assert {row.text for row in stored(scene, "late")} == {"Nu anders.", "Toch iets."}
    assert [by for by, _ in told(scene, "warehouse")] == ["Brand", "Warehouse", "Snel"]


def test_it_goes_with_its_own_number(scene: Scene) -> None:
    say(scene, "warehouse", "Over nu.")
    say(scene, "warehouse", "Over toen.", wave="base")
    now, then = read(scene, "brand")
    assert (now.text, now.about) == ("Over nu.", None)
    assert then.about is not None
    assert (then.text, then.about.key) == ("Over toen.", "base")
    (then,) = read(scene, "brand", period=Period(wave="base"))
    assert (then.text, then.about) == ("Over toen.", None)
    assert read(scene, "brand", "help") == []
    march = Period(first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert [one.text for one in read(scene, "brand", period=march)] == ["Over toen."]
    assert [one.text for one in read(scene, "brand", period=Period(everything=True))] == [
        "Over nu.",
        "Over toen.",
    ]


# --- who writes -----------------------------------------------------------------------------------


def test_a_party_sets_only_its_own(scene: Scene) -> None:
    for who, party in (("warehouse", "brand"), ("brand", "warehouse"), ("snel", "warehouse")):
        with pytest.raises(NotAllowedError):
            say(scene, who, TEXT, party=party)
    with pytest.raises(NotAllowedError):
        say(scene, "warehouse", TEXT, role=Role.VIEWER)
    with pytest.raises(NotFoundError):
        say(scene, "installer", TEXT)  # no seat at the delivery
    assert stored(scene) == []


def test_one_does_not_write_over_what_another_saved(scene: Scene) -> None:
    say(scene, "warehouse", "Eerst.")
    with pytest.raises(StaleVersionError) as refused:
        say(scene, "warehouse", "Ook als eerste.")
    assert refused.value.current == {"text": "Eerst.", "version": 1}
    say(scene, "warehouse", "Daarna.", version=1)
    with pytest.raises(StaleVersionError):
        say(scene, "warehouse", "Te laat.", version=1)
    assert told(scene, "snel") == [("Warehouse", "Daarna.")]


def test_one_that_was_taken_back_is_gone_and_its_version_goes_on(scene: Scene) -> None:
    say(scene, "warehouse", TEXT)
    say(scene, "warehouse", "", version=1)
    assert told(scene, "brand") == told(scene, "warehouse") == []
    assert {row.text for row in stored(scene)} == {""}
    say(scene, "warehouse", "Opnieuw.", version=2)
    with pytest.raises(StaleVersionError):
        say(scene, "warehouse", "Van een oude pagina.", version=1)
    assert told(scene, "rap") == [("Warehouse", "Opnieuw.")]


def test_the_same_text_again_changes_nothing(scene: Scene) -> None:
    say(scene, "warehouse", TEXT)
    say(scene, "warehouse", TEXT, version=1, at=LATER + timedelta(days=9))
    assert {(row.version, row.written_at) for row in stored(scene)} == {(1, LATER)}


def test_each_change_is_recorded_in_the_circles_that_read_it(scene: Scene) -> None:
    say(scene, "warehouse", TEXT)
    say(scene, "snel", "Alleen voor onze kring.")
    say(scene, "warehouse", "", version=1)
    with scene.system() as session:
        acts = session.scalars(select(CircleAct).where(CircleAct.verb.like("explanation.%"))).all()
    per_circle = {scene.circles["delivery", member]: member for member in ("", "snel", "rap")}
    found = sorted((per_circle[act.circle_id], act.verb) for act in acts)
    both = ["explanation.set", "explanation.take_back"]
    assert found == [
        *(("", verb) for verb in both),
        *(("rap", verb) for verb in both),
        *(("snel", verb) for verb in ("explanation.set", *both)),
    ]
    assert all(TEXT not in str(vars(act)) for act in acts)
    assert {act.organisation_id for act in acts} == {
        scene.organisations["warehouse"],
        scene.organisations["snel"],
    }


def test_an_organisation_sits_for_its_own_parties_alone(scene: Scene) -> None:
    for who, names in {"snel": ["Snel"], "warehouse": ["Warehouse"], "desk": []}.items():
        with scene.open_as(who) as session:
            place = scene.place(session, who)
            actor = Member(None, scene.organisations[who], Role.EDITOR)
            found = seats(session, actor, place, scene.points["delivery"])
        assert [seat.name for seat in found] == names


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def sign_in(app: Flask, scene: Scene) -> SignIn:
    """Give what signs a new person of an organisation in."""

    def signed_in(who: str, role: Role = Role.EDITOR, language: str = "nl") -> FlaskClient:
        with scene.system() as session, session.begin():
            user = User(
                email=f"{who}-{role}@example.com", name="An", language=language, created_at=AT
            )
            session.add(user)
            session.flush()
            session.add(
                Membership(
                    owner_id=scene.organisations[who], user_id=user.id, role=role, created_at=AT
                )
            )
        return client_of(app, user.id)

    return signed_in


def form_of(
    scene: Scene,
    who: str,
    *,
    party: str,
    point: str = "delivery",
    wave: uuid.UUID | None = None,
) -> str:
    """Return the address of the form of a party."""
    wave_id = wave or scene.waves[point, "q3"]
    tail = f"/waves/{wave_id}/parties/{scene.parties[party].id}/explanation"
    return address(scene, who, scene.points[point]) + tail


def test_it_is_set_with_a_plain_form_and_read_beside_the_number(
    scene: Scene, sign_in: SignIn
) -> None:
    client = sign_in("warehouse")
    where = address(scene, "warehouse", scene.points["delivery"])
    action = form_of(scene, "warehouse", party="warehouse")
    page = client.get(where).text
    assert f'method="post" action="{action}"' in page
    assert "Toelichting van Warehouse toevoegen" in words(page)
    typed = {"text": " Drie ochtenden\r\n\r\nstil: <b>alles</b>. ", "version": "0"}
    answer = client.post(action, data=typed)
    assert (answer.status_code, answer.location) == (303, f"{where}#explanations")
    page = client.get(where).text
    assert "<p>Drie ochtenden stil: &lt;b&gt;alles&lt;/b&gt;.</p>" in page
    assert words(page).count("Toelichting van Warehouse") == 3  # in the table, above, on the form
    assert "Toelichting van Warehouse aanpassen" in words(page)
    theirs = words(sign_in("brand", language="en").get(address(scene, "brand")).text)
    assert "Explanation by Warehouse" in theirs


def test_a_viewer_reads_and_finds_no_form(scene: Scene, sign_in: SignIn) -> None:
    say(scene, "warehouse", TEXT)
    client = sign_in("warehouse", Role.VIEWER)
    page = client.get(address(scene, "warehouse", scene.points["delivery"])).text
    assert TEXT in page
    assert "/explanation" not in page
    answer = client.post(
        form_of(scene, "warehouse", party="warehouse"), data={"text": "x", "version": "1"}
    )
    assert answer.status_code == 403
    assert told(scene, "warehouse") == [("Warehouse", TEXT)]


def test_where_nobody_says_anything_a_viewer_sees_nothing_of_it(
    scene: Scene, sign_in: SignIn
) -> None:
    page = sign_in("warehouse", Role.VIEWER).get(address(scene, "warehouse")).text
    assert "explanations" not in page
    assert "Toelichting" not in page


def test_another_member_of_the_group_is_sent_the_same_bytes(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("rap")
    where = address(scene, "rap", scene.points["delivery"])
    before = client.get(where).data
    say(scene, "snel", TEXT)
    assert client.get(where).data == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 601, "hoogstens 600 tekens"),
        ("van \u202elinks", "tekens in die je niet ziet"),
        ("bel\x07", "tekens in die je niet ziet"),
        (" \n ", "Vul dit in"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    scene: Scene, sign_in: SignIn, text: str, said: str
) -> None:
    client = sign_in("warehouse")
    answer = client.post(
        form_of(scene, "warehouse", party="warehouse"), data={"text": text, "version": "0"}
    )
    assert answer.status_code == 422
    assert said.lower() in words(answer.text).lower()
    assert text.strip() in answer.text
    assert '<details class="more" open>' in answer.text
    assert stored(scene) == []


def test_a_stale_form_keeps_what_was_typed(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("warehouse")
    say(scene, "warehouse", "Van een collega.")
    action = form_of(scene, "warehouse", party="warehouse")
    answer = client.post(action, data={"text": "Van mij.", "version": "0"})
    assert answer.status_code == 409
    assert ">\nVan mij.</textarea>" in answer.text
    assert "Nu staat er: ‘Van een collega.’" in words(answer.text)
    assert 'name="version" value="1"' in answer.text
    assert told(scene, "brand") == [("Warehouse", "Van een collega.")]
    assert client.post(action, data={"text": "Van mij.", "version": "1"}).status_code == 303
    assert told(scene, "brand") == [("Warehouse", "Van mij.")]


def test_it_is_taken_back_whatever_is_typed(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("warehouse")
    say(scene, "warehouse", TEXT)
    action = form_of(scene, "warehouse", party="warehouse")
    typed = {"text": "x" * 999, "version": "1", "take_back": "1"}
    assert client.post(action, data=typed).status_code == 303
    assert told(scene, "brand") == []


def test_htmx_gets_the_fragment_and_a_toast(scene: Scene, sign_in: SignIn) -> None:
    answer = sign_in("warehouse").post(
        form_of(scene, "warehouse", party="warehouse"),
        data={"text": TEXT, "version": "0"},
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="measured"')
    assert TEXT in answer.text
    assert "Opgeslagen" in answer.headers["HX-Trigger"].encode().decode("unicode_escape")


def test_ids_of_others_are_not_found(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("warehouse")
    typed = {"text": TEXT, "version": "0"}
    other_wave = scene.waves["help", "q3"]
    nobody = form_of(scene, "warehouse", party="warehouse").replace(
        str(scene.parties["warehouse"].id), str(uuid.uuid4())
    )
    for where, status in (
        (form_of(scene, "warehouse", party="warehouse", wave=other_wave), 404),
        (form_of(scene, "warehouse", party="warehouse", point="help"), 404),
        (nobody, 404),
        (form_of(scene, "warehouse", party="brand"), 403),
        (form_of(scene, "warehouse", party="customer"), 403),
    ):
        assert client.post(where, data=typed).status_code == status, where
    assert stored(scene) == []


def test_the_form_goes_with_the_period_that_is_shown(
    scene: Scene, sign_in: SignIn, engine: Engine
) -> None:
    client = sign_in("warehouse")
    where = address(scene, "warehouse", scene.points["delivery"])
    page = client.get(f"{where}?wave=base").text
    action = form_of(scene, "warehouse", party="warehouse", wave=scene.waves["delivery", "base"])
    assert f'action="{action}?wave=base"' in page
    answer = client.post(f"{action}?wave=base", data={"text": "Over toen.", "version": "0"})
    assert answer.location == f"{where}?wave=base#explanations"
    wrong = client.post(action, data={"text": "", "version": "1"})  # the page shows another wave
    assert wrong.status_code == 422
    assert f'action="{action}?wave=base"' in wrong.text
    assert "/explanation" not in client.get(f"{where}?all=1").text
