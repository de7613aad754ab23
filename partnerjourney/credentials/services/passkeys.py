"""Passkeys (WebAuthn): made and used.

A challenge stands in a ceremony: for one browser, for five minutes, used up by the first answer
whether that fits or not. Origin and host come from the installation's own address, never from the
request. The authenticator must have asked for finger, face or PIN, and its counter must go up.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, literal, or_, select, update
from sqlalchemy.orm import Session

from partnerjourney.core.parties import User
from partnerjourney.credentials.models import Ceremony, CeremonyKind, Passkey
from partnerjourney.credentials.rules import CHALLENGE_LASTS, MOST_PASSKEYS, SETUP_LASTS
from partnerjourney.credentials.rules.site import Site
from partnerjourney.credentials.services import ceremonies
from partnerjourney.credentials.services.noting import Change, note

NAME = "PartnerJourney"
NONSENSE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading an answer raises that no browser gives."""


def passkeys_of(session: Session, user_id: uuid.UUID) -> list[Passkey]:
    """Return a person's passkeys in the order in which they were made."""
    return list(
        session.scalars(
            select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.made_at, Passkey.id)
        )
    )


# --- made ----------------------------------------------------------------------------------------


def begin_passkey(session: Session, user_id: uuid.UUID, *, at: datetime) -> str:
    """Begin to make a passkey and return the token with which that goes on."""
    from webauthn.helpers import bytes_to_base64url, generate_challenge  # 10 MiB, for few requests

    return ceremonies.begin(
        session,
        CeremonyKind.PASSKEY_NEW,
        at=at,
        lasts=SETUP_LASTS,
        user_id=user_id,
        data={"challenge": bytes_to_base64url(generate_challenge())},
    )


def options_of_new(
    session: Session, user: User, token: str | None, *, site: Site, at: datetime
) -> str | None:
    """Return what the browser needs to make one, as JSON; None where that did not begin."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    found = _new(session, user.id, token, at=at)
    if found is None:
        return None
    there = passkeys_of(session, user.id)
    return options_to_json(
        generate_registration_options(
            rp_id=site.rp_id,
            rp_name=NAME,
            user_name=user.email,
            user_id=user.id.bytes,
            user_display_name=user.name,
            challenge=base64url_to_bytes(found.data["challenge"]),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id))
                for one in there
            ],
        )
    )


def make_passkey(
    session: Session,
    user_id: uuid.UUID,
    token: str | None,
    answer: str,
    *,
    name: str,
    site: Site,
    means: str,
    at: datetime,
) -> Passkey | None:
    """Store the passkey that a browser made, or return None where its answer does not fit."""
    from webauthn import base64url_to_bytes, verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    found = _new(session, user_id, token, at=at)
    if found is None or not ceremonies.take(session, found, at=at):
        return None
    try:
        fits = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(found.data["challenge"]),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, *NONSENSE):
        return None
    credential_id = bytes_to_base64url(fits.credential_id)
    taken = select(Passkey.id).where(Passkey.credential_id == credential_id)
    if len(passkeys_of(session, user_id)) >= MOST_PASSKEYS or session.scalar(taken) is not None:
        return None
    made = Passkey(
        user_id=user_id,
        credential_id=credential_id,
        public_key=bytes_to_base64url(fits.credential_public_key),
        sign_count=fits.sign_count,
        synced=fits.credential_backed_up,
        name=name,
        made_at=at,
    )
    session.add(made)
    session.flush()
    note(session, user_id, Change.PASSKEY_NEW, at=at, means=means)
    return made


def _new(
    session: Session, user_id: uuid.UUID, token: str | None, *, at: datetime
) -> Ceremony | None:
    found = ceremonies.look(session, CeremonyKind.PASSKEY_NEW, token, at=at)
    return found if found is not None and found.user_id == user_id else None


# --- used ----------------------------------------------------------------------------------------


def begin_challenge(session: Session, *, site: Site, at: datetime) -> tuple[str, str]:
    """Return a token and what the browser needs, as JSON: for whichever passkey it holds.

    It names no person and no key, so it tells nothing of who has one.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site.rp_id, user_verification=UserVerificationRequirement.REQUIRED
    )
    data = {"challenge": bytes_to_base64url(options.challenge)}
    token = ceremonies.begin(session, CeremonyKind.PASSKEY, at=at, lasts=CHALLENGE_LASTS, data=data)
    return token, options_to_json(options)


def use_passkey(
    session: Session, answer: str, token: str | None, *, site: Site, at: datetime
) -> uuid.UUID | None:
    """Return whose passkey answered the challenge of this browser, or None; in a ledger's session.

    The challenge is used up in any case.
    """
    found = ceremonies.look(session, CeremonyKind.PASSKEY, token, at=at)
    if found is None or not ceremonies.take(session, found, at=at):
        return None
    try:
        given = json.loads(answer)
        credential_id, handle = str(given["id"]), given["response"].get("userHandle")
    except NONSENSE:
        return None
    passkey = session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
    if passkey is None or not _is_of(handle, passkey.user_id):
        return None
    counted = _verified(given, passkey, found.data["challenge"], site)
    if counted is None or not _count_on(session, passkey, counted, at=at):
        return None
    whose: uuid.UUID = passkey.user_id
    return whose


def _is_of(handle: Any, user_id: uuid.UUID) -> bool:
    """Say whether the person whom the authenticator names, if it names one, is the key's own."""
    from webauthn.helpers import bytes_to_base64url

    return handle in (None, "", bytes_to_base64url(user_id.bytes))


def _verified(given: Any, passkey: Passkey, challenge: str, site: Site) -> int | None:
    from webauthn import base64url_to_bytes, verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, *NONSENSE):
        return None


def _count_on(session: Session, passkey: Passkey, counted: int, *, at: datetime) -> bool:
    """Store the counter; of two answers at once with the same one, the second is refused."""
    further = or_(
        Passkey.sign_count < counted, and_(Passkey.sign_count == 0, literal(counted) == 0)
    )
    done: Any = session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, further)
        .values(sign_count=counted, used_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)
