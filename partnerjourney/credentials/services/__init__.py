"""The verbs of proving who one is, a module per kind; all of them stand here by name."""

from __future__ import annotations

from partnerjourney.credentials.services.app import (
    app_address,
    app_in_setup,
    begin_app,
    renew_codes,
    reset,
    switch_app_off,
    switch_app_on,
)
from partnerjourney.credentials.services.entering import (
    Waiting,
    confirm,
    finish,
    wait_for_step,
    waiting,
)
from partnerjourney.credentials.services.noting import Change
from partnerjourney.credentials.services.rule import ask_of_nobody, find_rule, require_of_all
from partnerjourney.credentials.services.steps import Held, Typed, held

__all__ = [
    "Change",
    "Held",
    "Typed",
    "Waiting",
    "app_address",
    "app_in_setup",
    "ask_of_nobody",
    "begin_app",
    "confirm",
    "find_rule",
    "finish",
    "held",
    "renew_codes",
    "require_of_all",
    "reset",
    "switch_app_off",
    "switch_app_on",
    "wait_for_step",
    "waiting",
]
