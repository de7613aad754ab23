"""Secrets that must be read again are stored sealed: AES-256-GCM under a key of the installation.

The key is derived from `secret_key` for one purpose, so that it is not in the database and opens
nothing else. What a sealed text belongs to is authenticated with it: a row copied to somebody else
does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_NONCE = 12


class BrokenSealError(Exception):
    """The text was sealed under another key, for something else, or was changed."""


def derive(secret: str, purpose: str) -> bytes:
    """Return 32 bytes that stand for one purpose of an installation's secret."""
    text = f"partnerjourney: {purpose}, version 1"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


def seal(secret: str, purpose: str, text: str, *, about: bytes) -> str:
    """Return a text sealed for a purpose and for what it is about."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 5 MiB, for few requests

    nonce = secrets.token_bytes(_NONCE)
    closed = AESGCM(derive(secret, purpose)).encrypt(nonce, text.encode(), about)
    return base64.b64encode(nonce + closed).decode()


def unseal(secret: str, purpose: str, sealed: str, *, about: bytes) -> str:
    """Return the text; raises BrokenSealError."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        data = base64.b64decode(sealed, validate=True)
        opened = AESGCM(derive(secret, purpose)).decrypt(data[:_NONCE], data[_NONCE:], about)
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError(purpose) from error
    return opened.decode()
