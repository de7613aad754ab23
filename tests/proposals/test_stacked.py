"""One emergency at a time: two that end would leave a text nobody agreed to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from partnerjourney.core.errors import InputError
from partnerjourney.proposals.models import EmergencyChange
from partnerjourney.proposals.services import emergency
from partnerjourney.proposals.services.emergency import Urgency
from tests.chain import AT, Chain
from tests.proposals.scene import joined, seen, told


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return joined(engine)


def urgent(chain: Chain, who: str, row: int = 0, **fields: Any) -> EmergencyChange:
    """Change what goes to the couriers without asking, for everybody or for a member alone."""
    with chain.acting(who) as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        terms = edge.terms[row]
        return emergency.start(
            session, actor, place, edge, terms,
            version=terms.version, at=AT, fields=fields, urgency=Urgency("De poort is dicht.", 24),
        )  # fmt: skip


def end(chain: Chain, made: EmergencyChange) -> None:
    with chain.system() as session:
        emergency.end_due(session, made.id, at=made.until)


def test_what_an_emergency_change_holds_no_second_one_changes(chain: Chain) -> None:
    old = seen(chain, "flevo", "lading")[0].trigger
    first = urgent(chain, "flevo", trigger="Via poort B")
    with pytest.raises(InputError) as refused:
        urgent(chain, "telenoord", trigger="Via poort C", name="Laden")
    assert set(refused.value.messages) == {"trigger"}
    second = urgent(chain, "telenoord", name="Laden bij poort B")
    urgent(chain, "flevo", row=1, trigger="Via poort D")  # what stands with a member is its own
    end(chain, first)
    end(chain, second)
    assert seen(chain, "flevo", "lading")[0].trigger == old
    assert urgent(chain, "telenoord", trigger="Via poort C"), "once it ended it can be used again"


def test_what_the_customer_hears_is_one_text_for_all_circles(chain: Chain) -> None:
    """A change in one circle holds it in the others, which are not told whose it is."""
    old = told(chain, "rijk", "lading")
    first = urgent(chain, "flevo", row=1, told="Vandaag gaat er niets mee.")
    with pytest.raises(InputError) as refused:
        urgent(chain, "flevo", told="Morgen weer.")
    assert set(refused.value.messages) == {"told"}
    with pytest.raises(InputError):
        urgent(chain, "telenoord", row=2, told="Morgen weer.")
    end(chain, first)
    assert told(chain, "rijk", "lading") == old
