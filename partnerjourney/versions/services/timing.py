"""When the people of the asked are mailed: on the third, fourth and last of five working days."""

from __future__ import annotations

from partnerjourney.notices.services import Ladder

LADDER = Ladder("versions")
