"""`python -m partnerjourney.cli`: the same command, for processes that the demo starts."""

from __future__ import annotations

from partnerjourney.cli import main

main(prog_name="partnerjourney")
