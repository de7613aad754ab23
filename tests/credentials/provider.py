"""A provider of OpenID Connect on this machine: a real HTTP server with keys of its own.

It does as it should; what a test changes in `claims`, `header` or an attribute is its lie.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from partnerjourney.core import clock, ids

CLIENT, SECRET = "partnerjourney", "a secret of the provider's"


@dataclass
class LocalProvider:
    """What the provider is, whom it knows, and what it was asked."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    forged: str = ""
    described: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def knows(self, email: str, *, subject: str = "", verified: Any = True) -> None:
        """Have somebody signed in at the provider."""
        self.person = {
            "sub": subject or f"subject of {email}",
            "email": email,
            "email_verified": verified,
            "name": email.partition("@")[0].title(),
        }

    def visit(self, address: str) -> str:
        """Do what a browser does there: return the address to which the provider sends it back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = ids.new_token()
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, once, for the client that proves itself and the code."""
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {known}":
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if proof != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        return {
            "access_token": "access",
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": self.forged or self.id_token(asked["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        """Return what the provider says of its person, signed."""
        now = int(clock.now().timestamp())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
            **self.claims,
        }
        kept = {name: value for name, value in said.items() if value is not None}
        if self.algorithm == "none":
            return unsigned(kept)
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, kept, self.key, algorithms=[self.algorithm])

    def description(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            **self.described,
        }


def unsigned(claims: dict[str, Any]) -> str:
    """Return a token that nobody signed."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*texts, b""]).decode()


@contextmanager
def serving() -> Iterator[LocalProvider]:
    """Start the provider on a free port and stop it afterwards."""
    provider = LocalProvider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_given: object) -> None:
            """Keep quiet."""

        def _send(self, found: dict[str, Any] | None) -> None:
            provider.asked.append(self.path)
            body = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(200 if found else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": provider.description,
                "/keys": lambda: {"keys": [provider.key.as_dict(private=False)]},
                "/userinfo": lambda: provider.userinfo,
            }
            make = answers.get(self.path)
            self._send(make() if make else None)

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            form = {n: v[0] for n, v in parse_qs(self.rfile.read(size).decode()).items()}
            self._send(provider.token(form, self.headers.get("Authorization", "")))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
