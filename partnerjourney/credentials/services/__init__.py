"""The verbs of proving who one is, a module per kind; all of them stand here by name."""

from __future__ import annotations

from partnerjourney.credentials.services.app import (
    app_address,
    app_in_setup,
    begin_app,
    first_codes,
    renew_codes,
    switch_app_on,
)
from partnerjourney.credentials.services.entering import (
    Waiting,
    confirm,
    enter_by_passkey,
    finish,
    wait_for_step,
    waiting,
)
from partnerjourney.credentials.services.linking import (
    LINK_JOB,
    Onward,
    ToLink,
    back_from_provider,
    begin_at_provider,
    finish_link,
    link_path,
    linked_since,
    mail_link,
    to_link,
    unlink,
)
from partnerjourney.credentials.services.linking import enter as enter_from_provider
from partnerjourney.credentials.services.noting import Change
from partnerjourney.credentials.services.passkeys import (
    begin_challenge,
    begin_passkey,
    make_passkey,
    options_of_new,
    passkeys_of,
)
from partnerjourney.credentials.services.provider import Provider, ProviderError, provider_of
from partnerjourney.credentials.services.removing import (
    reset,
    switch_app_off,
    take_passkey_away,
)
from partnerjourney.credentials.services.rule import ask_of_nobody, find_rule, require_of_all
from partnerjourney.credentials.services.steps import Held, Typed, held

__all__ = [
    "LINK_JOB",
    "Change",
    "Held",
    "Onward",
    "Provider",
    "ProviderError",
    "ToLink",
    "Typed",
    "Waiting",
    "app_address",
    "app_in_setup",
    "ask_of_nobody",
    "back_from_provider",
    "begin_app",
    "begin_at_provider",
    "begin_challenge",
    "begin_passkey",
    "confirm",
    "enter_by_passkey",
    "enter_from_provider",
    "find_rule",
    "finish",
    "finish_link",
    "first_codes",
    "held",
    "link_path",
    "linked_since",
    "mail_link",
    "make_passkey",
    "options_of_new",
    "passkeys_of",
    "provider_of",
    "renew_codes",
    "require_of_all",
    "reset",
    "switch_app_off",
    "switch_app_on",
    "take_passkey_away",
    "to_link",
    "unlink",
    "wait_for_step",
    "waiting",
]
