"""Signed links: which row a mail's link is about, signed for one purpose.

A link of one purpose opens nothing of another. Whether it still works is said by its row (used,
withdrawn, expired), never by its text.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from enum import StrEnum

from itsdangerous import BadData, URLSafeSerializer

from partnerjourney.core.errors import NotFoundError


class LinkPurpose(StrEnum):
    """What a signed link is for; the salt of its signature."""

    MEMBER_INVITATION = "member-invitation"
    OIDC_LINK = "oidc-link"
    PARTY_INVITATION = "party-invitation"
    PASSWORD_RESET = "password-reset"  # noqa: S105 - a name, not a secret


def sign(secret: str, purpose: LinkPurpose, *ids: uuid.UUID) -> str:
    """Return the token of a row that these ids name."""
    return _serializer(secret, purpose).dumps([row.hex for row in ids])


def read(secret: str, purpose: LinkPurpose, token: str, *, count: int = 1) -> tuple[uuid.UUID, ...]:
    """Return the `count` ids in a token; NotFoundError for one that we did not make exactly so."""
    try:
        ids = tuple(uuid.UUID(hex=value) for value in _serializer(secret, purpose).loads(token))
    except (BadData, ValueError, TypeError, AttributeError) as error:
        raise NotFoundError from error
    # base64 reads several texts as the same bytes: only the one that we wrote opens anything
    ours = hmac.compare_digest(sign(secret, purpose, *ids).encode(), token.encode())
    if not ours or len(ids) != count:
        raise NotFoundError
    return ids


def _serializer(secret: str, purpose: LinkPurpose) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret,
        salt=f"partnerjourney {purpose}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
