"""The provider of OpenID Connect: where to send a browser, and what it says when one comes back.

Authorization code with PKCE, state and nonce; the ID token's signature, issuer, audience and times
are checked. No transaction is open while this speaks to the provider. What it answers has ten
seconds, leads nowhere else, and is read up to a size.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from partnerjourney.core.settings import LOOPBACK, Settings
from partnerjourney.credentials.rules.oidc import Claimed, domains, is_of
from partnerjourney.organisations.rules.names import clean_email, clean_name

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
LEEWAY = 60
"""Seconds by which clocks may differ."""
TIMEOUT = 10
LARGEST = 512 * 1024
KEPT = 3600
SCOPE = "openid email profile"


class ProviderError(Exception):
    """The provider does not answer, or what it says is not to be believed; one line for the log."""


@dataclass(frozen=True)
class Begun:
    """Where to send a browser, and what must fit when it comes back."""

    address: str
    nonce: str
    verifier: str


class Provider:
    """One provider; its own description and keys are kept for an hour."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self.domains = domains(settings.oidc_domains)
        self.return_address = settings.base_url.rstrip("/") + "/sign-in/oidc/return"
        self._secret = settings.oidc_client_secret
        self._lock = threading.Lock()
        self._read: dict[str, tuple[float, Any]] = {}

    def begin(self, state: str) -> Begun:
        """Return where to send a browser; raises ProviderError."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        with self._client() as client:
            address, _state = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
        return Begun(str(address), nonce, verifier)

    def finish(self, code: str, *, nonce: str, verifier: str, at: datetime) -> Claimed:
        """Return who came back with a code; raises ProviderError for anything that is not right."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._endpoint("token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    allow_redirects=False,
                )
                claims = self._claims(str(token["id_token"]), nonce, at)
                if "email" not in claims:
                    claims = {**claims, **self._more(client, claims["sub"])}
        except (AuthlibBaseError, JoseError, RequestException) as error:
            raise ProviderError(f"{type(error).__name__}: {error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ProviderError(
                f"an answer that makes no sense ({type(error).__name__})"
            ) from error
        return self._believed(claims)

    def _client(self) -> Any:
        from authlib.integrations.requests_client import OAuth2Session  # the extra `oidc`

        return OAuth2Session(
            self.client_id,
            self._secret,
            scope=SCOPE,
            redirect_uri=self.return_address,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
            leeway=0,  # a token of a minute is a good one: it is used at once
        )

    def _claims(self, id_token: str, nonce: str, at: datetime) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import BadSignatureError, InvalidKeyIdError
        from joserfc.jwk import KeySet

        try:
            token = jwt.decode(id_token, KeySet.import_key_set(self._keys()), list(ALGORITHMS))
        except (BadSignatureError, InvalidKeyIdError, ValueError):
            keys = KeySet.import_key_set(self._keys(fresh=True))  # it may have turned its keys
            token = jwt.decode(id_token, keys, list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            },
            {"nonce": nonce, "client_id": self.client_id},
        )
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        return dict(claims)

    def _more(self, client: Any, subject: str) -> dict[str, Any]:
        """Ask for what the token leaves out; only of the very same subject."""
        answer = client.get(self._endpoint("userinfo_endpoint"), allow_redirects=False)
        answer.raise_for_status()
        said = answer.json()
        if said["sub"] != subject:
            raise ProviderError("the provider tells of another subject")
        return {name: said.get(name) for name in ("email", "email_verified", "name")}

    def _believed(self, claims: dict[str, Any]) -> Claimed:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderError("a subject that is none")
        email = clean_email(str(claims.get("email", "")))
        if email is None or claims.get("email_verified") is not True:
            raise ProviderError("no mail address that the provider has verified")
        if not is_of(email, self.domains):
            raise ProviderError("a mail address of another domain")
        name = clean_name(str(claims.get("name", ""))) or email.partition("@")[0]
        return Claimed(self.issuer, subject, email, name[:120])

    # --- what the provider says of itself ---------------------------------------------------------

    def _endpoint(self, name: str) -> str:
        described = self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if described.get("issuer") != self.issuer:
            raise ProviderError("the provider calls itself otherwise than the setting oidc_issuer")
        address = str(described.get(name, ""))
        if not safe_address(address, here=safe_here(self.issuer)):
            raise ProviderError(f"no {name} on https")
        return address

    def _keys(self, *, fresh: bool = False) -> Any:
        return self._get(self._endpoint("jwks_uri"), fresh=fresh)

    def _get(self, address: str, *, fresh: bool = False) -> Any:
        import requests

        with self._lock:
            read_at, found = self._read.get(address, (0.0, None))
        if found is not None and not fresh and time.monotonic() - read_at < KEPT:
            return found
        try:
            answer = requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True)
            answer.raise_for_status()
            body = answer.raw.read(LARGEST + 1, decode_content=True)
            answer.close()
            if answer.status_code != 200 or len(body) > LARGEST:
                raise ProviderError(f"{address}: no answer of the right size")
            answer._content = body  # noqa: SLF001 - read by hand, so that its size is bounded
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ProviderError(f"{address}: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise ProviderError(f"{address}: no object")
        with self._lock:
            self._read[address] = (time.monotonic(), found)
        return found


def safe_here(address: str) -> bool:
    """Say whether an address is plain http on this machine: for trying out, and for tests."""
    where = urlsplit(address)
    return where.scheme == "http" and where.hostname in LOOPBACK


def safe_address(address: str, *, here: bool) -> bool:
    """Say whether we speak to an address: https, or this machine where the issuer is on it."""
    where = urlsplit(address)
    return bool(where.hostname) and (where.scheme == "https" or (here and safe_here(address)))


@lru_cache(maxsize=4)
def provider_of(settings: Settings) -> Provider:
    """Return the provider of an installation."""
    return Provider(settings)
