"""Customer roles, what cards are to them, and kinds of journey, on both engines."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine

from partnerjourney.core import border
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import JourneyKind, Organisation, Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.journeys import services as journeys
from partnerjourney.maps import queries
from partnerjourney.maps import services as maps
from partnerjourney.maps.rules.document import check_document
from partnerjourney.maps.services import DocumentError
from partnerjourney.maps.services.importing import SHAPES
from partnerjourney.touchpoints import services
from partnerjourney.touchpoints.rules import RoleKind, Weighed
from tests.chain import AT, Chain, build, document


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine)


def card(session: Any, place: Any, key: str) -> Any:
    return next(card for card in services.cards(session, place.id) if card.key == key)


def role(session: Any, place: Any, key: str) -> uuid.UUID:
    return next(r.id for r in services.customer_roles(session, place.id) if r.key == key)


def test_the_coordinator_names_roles_and_partners_read_them(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        made = services.add_role(
            session, actor, place, kind=RoleKind.INFLUENCER, department="Marketing", at=AT
        )
        assert made.key == "marketing"
        services.move_role(session, actor, place, made, position=0, at=AT)
        services.retire_role(
            session, actor, place, services.find_role(session, place, role(session, place, "it")),
            at=AT,
        )  # fmt: skip
    with chain.acting("flevo") as (session, actor, place):
        listed = [r.key for r in services.customer_roles(session, place.id)]
        assert listed == ["marketing", "directie", "inkoop", "gebruiker"]
        with pytest.raises(NotAllowedError):
            services.add_role(session, actor, place, kind=RoleKind.USER, at=AT)
        found = services.find_role(session, place, role(session, place, "inkoop"))
        with pytest.raises(NotAllowedError):
            services.retire_role(session, actor, place, found, at=AT)
    with (
        chain.acting("telenoord", Role.VIEWER) as (session, actor, place),
        pytest.raises(NotAllowedError),
    ):
        services.add_role(session, actor, place, kind=RoleKind.USER, at=AT)


def test_a_role_that_changed_in_between_is_not_overwritten(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        found = services.find_role(session, place, role(session, place, "inkoop"))
        version = found.version
        services.change_role(
            session, actor, place, found, version=version, at=AT, fields={"name": "Hoofd inkoop"}
        )
        with pytest.raises(StaleVersionError):
            services.change_role(
                session, actor, place, found, version=version, at=AT, fields={"name": "Inkoper"}
            )
        assert found.name == "Hoofd inkoop"


def test_the_owner_weighs_its_card_and_nobody_else(chain: Chain) -> None:
    with chain.acting("klaar") as (session, actor, place):
        mine = card(session, place, "installeren")
        user, gate = role(session, place, "gebruiker"), role(session, place, "it")
        services.weigh(
            session, actor, place, mine, version=mine.content.version, at=AT,
            rows=[Weighed(user, True, 2), Weighed(gate, False, -1)],
        )  # fmt: skip
        row = next(c for c in queries.read(session, place).cards if c.id == mine.id)
        assert row.clashes
        assert row.is_truth_for(user)
        assert not row.is_truth_for(gate)
        version = mine.content.version
        services.weigh(
            session, actor, place, mine, version=version, at=AT, rows=[Weighed(user, False, 0)]
        )
        assert mine.content.version > version
        kept = services.weighed(session, place, mine)
        assert {key: row.impact for key, row in kept.items()} == {user: 0}
        with pytest.raises(StaleVersionError):
            services.weigh(session, actor, place, mine, version=version, at=AT, rows=[])
        theirs = card(session, place, "bevestigt")
        with pytest.raises(NotAllowedError):
            services.weigh(session, actor, place, theirs, version=1, at=AT, rows=[])


def test_a_step_and_a_strange_role_are_refused(chain: Chain) -> None:
    with chain.acting("flevo") as (session, actor, place):
        step = card(session, place, "inpakken")
        user = role(session, place, "gebruiker")
        for rows in ([Weighed(user, True)], [Weighed(uuid.uuid4(), True)]):
            with pytest.raises(InputError):
                services.weigh(
                    session, actor, place, step, version=step.content.version, at=AT, rows=rows
                )
    with chain.acting("klaar") as (session, actor, place):
        mine = card(session, place, "installeren")
        with pytest.raises(InputError):
            services.change(
                session, actor, place, mine, version=mine.content.version, at=AT,
                fields={"perceived_id": uuid.uuid4()},
            )  # fmt: skip


# --- kinds of journey ----------------------------------------------------------------------------


def small(chain: Chain, name: str, **given: Any) -> uuid.UUID:
    """Import a small journey for an organisation and return its id."""
    wanted = {
        "journey": {"slug": "deel", "name": "Deel", **given},
        "parties": [
            {"key": "wij", "name": "Wij", "kind": "organisation", "orchestrator": True},
            {"key": "gast", "name": "Gast", "kind": "organisation"},
        ],
        "phases": [{"key": "een", "name": "Een", "use": True}],
    }
    actor = chain.member(name)
    with border.open_session(chain.engine, actor, write=True) as session, session.begin():
        leads = session.get_one(Organisation, actor.organisation_id)
        place = maps.import_journey(session, actor, leads, wanted, at=AT)
        exported = maps.export_journey(session, place)
        assert exported["journey"] | given == exported["journey"]
        assert exported["phases"] == wanted["phases"]
        return place.id


def test_a_micro_journey_is_part_of_one_that_its_coordinator_leads(chain: Chain) -> None:
    part = small(
        chain, "telenoord", kind="micro", parent="zakelijk-internet", parent_from="leveren",
        parent_to="installeren",
    )  # fmt: skip
    with chain.acting("telenoord") as (session, actor, place):
        assert [journey.id for journey in journeys.parts_of(session, place)] == [part]
        within = journeys.find(session, actor, part)
        parent = journeys.parent_of(session, within)
        assert parent is not None
        assert [parent.first.key, parent.last.key] == ["leveren", "installeren"]  # type: ignore[union-attr]
        with pytest.raises(InputError):  # a whole with parts does not become a part itself
            journeys.change_kind(
                session, actor, place, version=place.journey.version, at=AT,
                fields={"kind": JourneyKind.MICRO},
            )  # fmt: skip
        with pytest.raises(InputError):
            journeys.change_kind(
                session, actor, within, version=within.journey.version, at=AT,
                fields={"kind": JourneyKind.MICRO, "parent_id": part},
            )  # fmt: skip
    with chain.acting("flevo") as (session, _, place):  # it takes no part in the part
        assert journeys.parts_of(session, place) == []


def test_who_takes_no_part_in_the_whole_learns_no_name_of_it(chain: Chain) -> None:
    part = small(chain, "telenoord", kind="micro", parent="zakelijk-internet")
    whole, chain.journey = chain.journey, part
    chain.join("stranger", "gast")
    with chain.acting("stranger") as (session, _, place):
        assert place.journey.parent_id == whole
        assert journeys.parent_of(session, place) is None
        assert "parent" not in maps.export_journey(session, place)["journey"]


def test_a_partner_does_not_hang_its_journey_on_the_brands(chain: Chain) -> None:
    with pytest.raises(DocumentError) as refused:
        small(chain, "flevo", kind="micro", parent="zakelijk-internet")
    assert refused.value.faults[0].path == "journey.parent"
    part = small(chain, "flevo", kind="micro")
    with chain.acting("flevo") as (session, actor, _):
        within = journeys.find(session, actor, part)
        with pytest.raises(InputError):
            journeys.change_kind(
                session, actor, within, version=within.journey.version, at=AT,
                fields={"kind": JourneyKind.MICRO, "parent_id": chain.journey},
            )  # fmt: skip


def test_what_a_kind_does_not_have_is_taken_away(chain: Chain) -> None:
    lifeline = small(chain, "telenoord", kind="lifeline", cadence_days=30)
    with chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, lifeline)
        journeys.change_kind(
            session, actor, place, version=place.journey.version, at=AT,
            fields={"kind": JourneyKind.END_TO_END, "cadence_days": 30},
        )  # fmt: skip
        assert place.journey.cadence_days is None


def test_only_the_coordinator_marks_the_phase_of_use(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        phase = journeys.phases(session, place.id)[-1]
        journeys.mark_use(session, actor, place, phase.id, is_use=True, at=AT)
        assert phase.content.is_use
        with pytest.raises(NotFoundError):
            journeys.mark_use(session, actor, place, uuid.uuid4(), is_use=True, at=AT)
    with chain.acting("flevo") as (session, actor, place), pytest.raises(NotAllowedError):
        journeys.mark_use(session, actor, place, phase.id, is_use=False, at=AT)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda d: d["cards"][0]["roles"][0].update(impact=3), "cards[0].roles"),
        (lambda d: d["cards"][0]["roles"][0].update(impact=True), "cards[0].roles"),
        (lambda d: d["cards"][0]["roles"][0].update(worth=1), "cards[0].roles"),
        (lambda d: d["cards"][0].update(roles={}), "cards[0].roles"),
        (lambda d: d["cards"][0]["roles"][1].update(role="x"), "cards[0].roles[1].role"),
        (lambda d: d["cards"][0]["roles"].append({"role": "inkoop"}), "cards[0].roles[2].role"),
        (lambda d: d["cards"][3].update(roles=[{"role": "inkoop"}]), "cards[3].roles"),
        (lambda d: d["cards"][1].update(perceived="nobody"), "cards[1].perceived"),
        (lambda d: d["cards"][1].update(control="us"), "cards[1].control"),
        (lambda d: d["roles"][0].update(kind="boss"), "roles[0].kind"),
        (lambda d: d["journey"].update(cadence_days=0), "journey.cadence_days"),
    ],
)
def test_a_document_that_says_it_wrongly_is_refused(change: Any, path: str) -> None:
    wanted = document()
    change(wanted)
    assert [fault.path for fault in check_document(wanted, SHAPES)] == [path]
