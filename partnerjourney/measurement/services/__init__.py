"""Verbs of measurement; importing this connects them to what surveys tell.

`cells` counts what was answered and sent, in the transaction in which it happens; `verdicts` looks
once, at the close of a wave; `explaining` keeps what parties say beside a number; `departing` lets
that go on when somebody leaves.
"""

from __future__ import annotations

from partnerjourney.measurement.services import departing
from partnerjourney.measurement.services.cells import COUNTS, count, rebuild, recount
from partnerjourney.measurement.services.explaining import explain
from partnerjourney.measurement.services.verdicts import give

__all__ = ["COUNTS", "count", "departing", "explain", "give", "rebuild", "recount"]
