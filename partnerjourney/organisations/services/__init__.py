"""The verbs of people and organisations, a module per kind; all of them stand here by name.

`clearing` is imported for its rules: the worker clears by them.
"""

from __future__ import annotations

from partnerjourney.organisations.services import clearing
from partnerjourney.organisations.services.answering import (
    Accepted,
    OpenInvitation,
    accept_as_member,
    accept_with_new_account,
    ask_to_join,
    decline,
    open_invitation,
)
from partnerjourney.organisations.services.calendars import change_calendar
from partnerjourney.organisations.services.colleagues import (
    accept_member_invitation,
    invite_member,
    member_invitation_path,
    open_member_invitation,
    resend_member_invitation,
    sender,
    withdraw_member_invitation,
)
from partnerjourney.organisations.services.inviting import (
    filled,
    find_invitation,
    invitation_path,
    invite_parties,
    invite_party,
    resend_invitation,
    withdraw_invitation,
)
from partnerjourney.organisations.services.joining import Decision, decide_join
from partnerjourney.organisations.services.keys import (
    KeyRow,
    journeys_for_keys,
    keys,
    make_key,
    members_of,
    revoke_key,
)
from partnerjourney.organisations.services.members import (
    add_member,
    change_organisation,
    change_role,
    create_organisation,
    current_membership,
    remove_member,
)
from partnerjourney.organisations.services.offering import offered
from partnerjourney.organisations.services.people import (
    Newcomer,
    Proof,
    accept,
    ask_reset,
    change_password,
    change_profile,
    check_password,
    create_user,
    find_user,
    first_login,
    make_reset,
    open_reset,
    reset_password,
    reset_path,
    set_password,
)

__all__ = [
    "Accepted",
    "Decision",
    "KeyRow",
    "Newcomer",
    "OpenInvitation",
    "Proof",
    "accept",
    "accept_as_member",
    "accept_member_invitation",
    "accept_with_new_account",
    "add_member",
    "ask_reset",
    "ask_to_join",
    "change_calendar",
    "change_organisation",
    "change_password",
    "change_profile",
    "change_role",
    "check_password",
    "clearing",
    "create_organisation",
    "create_user",
    "current_membership",
    "decide_join",
    "decline",
    "filled",
    "find_invitation",
    "find_user",
    "first_login",
    "invitation_path",
    "invite_member",
    "invite_parties",
    "invite_party",
    "journeys_for_keys",
    "keys",
    "make_key",
    "make_reset",
    "member_invitation_path",
    "members_of",
    "offered",
    "open_invitation",
    "open_member_invitation",
    "open_reset",
    "remove_member",
    "resend_invitation",
    "resend_member_invitation",
    "reset_password",
    "reset_path",
    "revoke_key",
    "sender",
    "set_password",
    "withdraw_invitation",
    "withdraw_member_invitation",
]
