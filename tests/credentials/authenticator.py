"""An authenticator in software: makes passkeys and answers challenges, honestly or not."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from partnerjourney.core import ids

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """Holds one key; what a lie would change is an attribute."""

    origin: str
    rp_id: str
    flags: int = PRESENT | VERIFIED
    count: int = 1
    handle: str | None = None
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: ids.new_token().encode())

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, more: bytes = b"", flags: int = 0) -> bytes:
        where = hashlib.sha256(self.rp_id.encode()).digest()
        return where + bytes([self.flags | flags]) + self.count.to_bytes(4, "big") + more

    def create(self, options: dict[str, Any]) -> str:
        """Return the answer of `navigator.credentials.create`, without attestation."""
        self.handle = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (point.x, point.y))
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        size = len(self.credential_id).to_bytes(2, "big")
        data = self._data(bytes(16) + size + self.credential_id + cose, ATTESTED)
        self.count += 1
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=encode(self._client("webauthn.create", options["challenge"])),
            attestationObject=encode(attested),
        )

    def get(self, options: dict[str, Any]) -> str:
        """Return the answer of `navigator.credentials.get`."""
        client, data = self._client("webauthn.get", options["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        self.count += 1
        return self._answer(
            clientDataJSON=encode(client),
            authenticatorData=encode(data),
            signature=encode(signature),
            userHandle=self.handle,
        )

    def _answer(self, **response: str | None) -> str:
        name = encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )
