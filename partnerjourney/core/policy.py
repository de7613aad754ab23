"""Who may do what, on one page: a permission is granted by any row whose tests all hold.

The tests read plain attributes. `thing` is whatever the permission is about; where it belongs to
a journey it has a `standing`: where the actor's organisation stands in that journey.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from partnerjourney.core.parties import Role
from partnerjourney.core.scopes import Actor, Member, Operator, Scope, System, Token, TokenPurpose


class Permission(StrEnum):
    """<thing>:<action>, in alphabetical order."""

    ANNOUNCEMENT_MAKE = "announcement:make"
    ANNOUNCEMENT_WITHDRAW = "announcement:withdraw"
    CARD_DESCRIBE = "card:describe"
    CARD_EDIT = "card:edit"
    CARD_PROPOSE = "card:propose"
    COMMENT_CHANGE = "comment:change"
    COMMENT_EDGE = "comment:edge"
    COMMENT_JOURNEY = "comment:journey"
    COMMENT_OWN = "comment:own"
    COMPLAINT_ANSWER = "complaint:answer"
    COMPLAINT_CLOSE = "complaint:close"
    COMPLAINT_LINK = "complaint:link"
    COMPLAINT_REPORT = "complaint:report"
    CUSTOMER_ROLE_EDIT = "customer-role:edit"
    EMERGENCY_CHANGE = "emergency:change"
    EVENT_IMPORT = "event:import"
    EXPLANATION_EDIT = "explanation:edit"
    GROUP_READ = "group:read"
    HANDOVER_EDIT = "handover:edit"
    JOURNEY_CREATE = "journey:create"
    JOURNEY_DRAW = "journey:draw"
    JOURNEY_READ = "journey:read"
    LIBRARY_EDIT = "library:edit"
    LIBRARY_READ = "library:read"
    MANDATE_GIVE = "mandate:give"
    MEMBER_MANAGE = "member:manage"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_READ = "organisation:read"
    PARTY_ASK = "party:ask"
    PARTY_CONFIRM = "party:confirm"
    PARTY_DESCRIBE = "party:describe"
    PARTY_END = "party:end"
    PARTY_INVITE = "party:invite"
    PARTY_PREVIEW = "party:preview"
    PARTY_SUSPEND = "party:suspend"
    PROPOSAL_ANSWER = "proposal:answer"
    PROPOSAL_STEER = "proposal:steer"
    REPORT_MAKE = "report:make"
    RESPONDENT_MANAGE = "respondent:manage"
    SCORE_READ = "score:read"
    SILENCE_SWITCH = "silence:switch"
    TAKEOUT_MAKE = "takeout:make"
    TOKEN_MANAGE = "token:manage"  # noqa: S105 - a name, not a secret
    VERSION_ANSWER = "version:answer"
    VERSION_PUT = "version:put"
    WAVE_MANAGE = "wave:manage"


class NotAllowedError(Exception):
    """The actor sees the thing but may not do this to it (403)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation stands in one journey: the parties it fills, and whether it leads.

    `group_ids` are groups of which it is a member: it never owns what the group shares.
    `interim_ids` are parties that nobody confirmed, whose cards it owns meanwhile: the coordinator,
    or whom it appointed. `interim_sides` are those for which the coordinator speaks at a hand-over:
    never the customer.
    `mandated_ids` are parties that let it update their descriptions; read where they are needed.
    """

    journey_id: uuid.UUID
    organisation_id: uuid.UUID
    party_ids: frozenset[uuid.UUID]
    orchestrates: bool
    observes: bool = False
    interim_ids: frozenset[uuid.UUID] = frozenset()
    group_ids: frozenset[uuid.UUID] = frozenset()
    interim_sides: frozenset[uuid.UUID] = frozenset()
    mandated_ids: frozenset[uuid.UUID] = frozenset()


Test = Callable[[Actor, Any], bool]


def is_admin(actor: Actor, _thing: Any) -> bool:
    """is an admin."""
    return actor.role is Role.ADMIN


def is_editor(actor: Actor, _thing: Any) -> bool:
    """is an editor or admin."""
    return actor.role in (Role.ADMIN, Role.EDITOR)


def is_member(actor: Actor, thing: Any) -> bool:
    """is a member of that organisation."""
    return bool(actor.organisation_id == thing.id)


def takes_part(actor: Actor, thing: Any) -> bool:
    """takes part in the journey."""
    return bool(thing.standing.organisation_id == actor.organisation_id)


def orchestrates(actor: Actor, thing: Any) -> bool:
    """coordinates the journey."""
    return takes_part(actor, thing) and bool(thing.standing.orchestrates)


def owns(actor: Actor, thing: Any) -> bool:
    """owns it: fills its party, or leads the journey while that party is provisional."""
    mine = thing.standing.party_ids | thing.standing.interim_ids
    return takes_part(actor, thing) and thing.party_id in mine


def mandated(actor: Actor, thing: Any) -> bool:
    """has a mandate of the party that owns it."""
    return takes_part(actor, thing) and thing.party_id in thing.standing.mandated_ids


def fills(actor: Actor, thing: Any) -> bool:
    """fills that party, alone or as a member of the group."""
    mine = thing.standing.party_ids | thing.standing.group_ids
    return takes_part(actor, thing) and thing.party_id in mine


def is_side(actor: Actor, thing: Any) -> bool:
    """stands at one side of the hand-over, or leads while that side is provisional."""
    standing = thing.standing
    mine = standing.party_ids | standing.interim_sides | standing.group_ids
    return takes_part(actor, thing) and bool(mine & {thing.from_party_id, thing.to_party_id})


def is_own(actor: Actor, thing: Any) -> bool:
    """acts for the organisation that it is about."""
    return bool(actor.organisation_id == thing.organisation_id)


def contributes(actor: Actor, thing: Any) -> bool:
    """does more than observe."""
    return takes_part(actor, thing) and not thing.standing.observes


def stands_open(_actor: Actor, thing: Any) -> bool:
    """fills a party that all others see, not only as a member of a group."""
    return bool(thing.standing.party_ids or thing.standing.orchestrates)


def wrote(actor: Actor, thing: Any) -> bool:
    """wrote it."""
    mine = thing.organisation_id == actor.organisation_id
    return bool(mine and thing.user_id == actor.user_id)


def reported(actor: Actor, thing: Any) -> bool:
    """reported it."""
    return bool(thing.reporter_id == actor.organisation_id)


POLICY: Mapping[Permission, list[list[Test]]] = {
    Permission.ANNOUNCEMENT_MAKE: [[is_editor, is_member]],
    Permission.ANNOUNCEMENT_WITHDRAW: [[is_editor, is_own]],
    Permission.CARD_DESCRIBE: [[is_editor, owns], [is_editor, mandated]],
    Permission.CARD_EDIT: [[is_editor, owns]],
    Permission.CARD_PROPOSE: [[is_editor, contributes]],
    Permission.COMMENT_CHANGE: [[is_editor, wrote]],
    Permission.COMMENT_EDGE: [[is_editor, contributes]],
    Permission.COMMENT_JOURNEY: [[is_editor, contributes, stands_open]],
    Permission.COMMENT_OWN: [[is_editor, takes_part]],
    Permission.COMPLAINT_ANSWER: [[is_editor, contributes]],
    Permission.COMPLAINT_CLOSE: [[is_editor, contributes, reported], [is_editor, orchestrates]],
    Permission.COMPLAINT_LINK: [[is_editor, contributes]],
    Permission.COMPLAINT_REPORT: [[is_editor, contributes]],
    Permission.CUSTOMER_ROLE_EDIT: [[is_editor, orchestrates]],
    Permission.EMERGENCY_CHANGE: [[is_editor, is_side], [is_editor, orchestrates]],
    Permission.EVENT_IMPORT: [[is_editor, contributes]],
    Permission.EXPLANATION_EDIT: [[is_editor, fills]],
    Permission.GROUP_READ: [[orchestrates]],
    Permission.HANDOVER_EDIT: [[is_editor, is_side], [is_editor, orchestrates]],
    Permission.JOURNEY_CREATE: [[is_editor, is_member]],
    Permission.JOURNEY_DRAW: [[is_editor, orchestrates]],
    Permission.JOURNEY_READ: [[takes_part]],
    Permission.LIBRARY_EDIT: [[is_editor, is_member]],
    Permission.LIBRARY_READ: [[is_member]],
    Permission.MANDATE_GIVE: [[is_admin, fills]],
    Permission.MEMBER_MANAGE: [[is_admin, is_member]],
    Permission.ORGANISATION_EDIT: [[is_admin, is_member]],
    Permission.ORGANISATION_READ: [[is_member]],
    Permission.PARTY_ASK: [[is_editor, orchestrates]],
    Permission.PARTY_CONFIRM: [[is_editor, fills]],
    Permission.PARTY_DESCRIBE: [[is_editor, fills]],
    Permission.PARTY_END: [[is_admin, orchestrates], [is_admin, is_own]],
    Permission.PARTY_INVITE: [[is_editor, orchestrates]],
    Permission.PARTY_PREVIEW: [[orchestrates], [fills]],
    Permission.PARTY_SUSPEND: [[is_admin, orchestrates]],
    Permission.PROPOSAL_ANSWER: [[is_editor, contributes]],
    Permission.PROPOSAL_STEER: [[is_editor, contributes]],
    Permission.REPORT_MAKE: [[takes_part]],
    Permission.RESPONDENT_MANAGE: [[is_admin, is_member]],
    Permission.SCORE_READ: [[takes_part]],
    Permission.SILENCE_SWITCH: [[is_editor, fills]],
    Permission.TAKEOUT_MAKE: [[is_admin, is_own]],
    Permission.TOKEN_MANAGE: [[is_admin, is_member]],
    Permission.VERSION_ANSWER: [[is_editor, fills]],
    Permission.VERSION_PUT: [[is_editor, orchestrates]],
    Permission.WAVE_MANAGE: [[is_editor, orchestrates]],
}


TOKENS: Mapping[Permission, TokenPurpose] = {
    Permission.ANNOUNCEMENT_MAKE: TokenPurpose.WRITE,
    Permission.ANNOUNCEMENT_WITHDRAW: TokenPurpose.WRITE,
    Permission.CARD_DESCRIBE: TokenPurpose.WRITE,
    Permission.CARD_EDIT: TokenPurpose.WRITE,
    Permission.CARD_PROPOSE: TokenPurpose.WRITE,
    Permission.COMMENT_EDGE: TokenPurpose.WRITE,
    Permission.COMMENT_JOURNEY: TokenPurpose.WRITE,
    Permission.COMPLAINT_LINK: TokenPurpose.WRITE,
    Permission.COMPLAINT_REPORT: TokenPurpose.WRITE,
    Permission.CUSTOMER_ROLE_EDIT: TokenPurpose.WRITE,
    Permission.EVENT_IMPORT: TokenPurpose.EVENTS,
    Permission.EXPLANATION_EDIT: TokenPurpose.WRITE,
    Permission.HANDOVER_EDIT: TokenPurpose.WRITE,
    Permission.JOURNEY_DRAW: TokenPurpose.WRITE,
    Permission.JOURNEY_READ: TokenPurpose.READ,
    Permission.LIBRARY_EDIT: TokenPurpose.WRITE,
    Permission.LIBRARY_READ: TokenPurpose.READ,
    Permission.ORGANISATION_READ: TokenPurpose.READ,
    Permission.PARTY_DESCRIBE: TokenPurpose.WRITE,
    Permission.PROPOSAL_STEER: TokenPurpose.WRITE,
    Permission.REPORT_MAKE: TokenPurpose.WRITE,
    Permission.SCORE_READ: TokenPurpose.READ,
    Permission.VERSION_PUT: TokenPurpose.WRITE,
    Permission.WAVE_MANAGE: TokenPurpose.WRITE,
}
"""What a system with an access key may do at all, and for which purpose its key must be made.

Nothing that binds (confirming, signing), invites, or makes keys; nothing of customers' addresses.
"""


def _key_allows(actor: Token, permission: Permission) -> bool:
    needed = TOKENS.get(permission)
    if permission is Permission.JOURNEY_READ and actor.purposes:
        return True  # whoever writes or sends events must find the journey
    return needed is not None and needed in actor.purposes


def allows(actor: Scope, permission: Permission, thing: Any) -> bool:
    """Say whether some row of the policy grants this."""
    if isinstance(actor, System | Operator):
        return True
    if isinstance(actor, Token):
        if not _key_allows(actor, permission):
            return False
    elif not isinstance(actor, Member):
        return False
    return any(all(test(actor, thing) for test in row) for row in POLICY[permission])


def require(actor: Scope, permission: Permission, thing: Any) -> None:
    """Raise NotAllowedError unless the policy grants this."""
    if not allows(actor, permission, thing):
        raise NotAllowedError(permission)
