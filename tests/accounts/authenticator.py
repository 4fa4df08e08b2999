"""A phone's keychain in thirty lines: makes passkeys and answers questions as WebAuthn asks (ES256, no attestation)."""

import hashlib
import json
import secrets
from html import unescape

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


def question_on(page: str) -> dict:
    """What the page asks the phone."""
    return json.loads(unescape(page.split('data-question="')[1].split('"', maxsplit=1)[0]))


class Phone:
    """Holds one key, which counts nothing, as synced ones do. `verified`: the person showed finger or face."""

    def __init__(self, origin: str = "http://localhost", verified: bool = True) -> None:
        self.origin, self.flags = origin, PRESENT | (VERIFIED if verified else 0)
        self.key, self.id, self.count = (
            ec.generate_private_key(ec.SECP256R1()),
            secrets.token_bytes(16),
            0,
        )

    def make(self, page: str) -> str:
        asked = question_on(page)
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        kept = bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        data = self._data(asked["rp"]["id"], NEW) + kept
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said(self._client("webauthn.create", asked), attestationObject=told)

    def prove(self, page: str) -> str:
        asked = question_on(page)
        client, data = self._client("webauthn.get", asked), self._data(asked["rpId"])
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._said(client, authenticatorData=data, signature=signature)

    def _client(self, what: str, asked: dict) -> bytes:
        challenge = bytes_to_base64url(base64url_to_bytes(asked["challenge"]))
        return json.dumps({"type": what, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, site: str, also: int = 0) -> bytes:
        flags = bytes([self.flags | also])
        return hashlib.sha256(site.encode()).digest() + flags + self.count.to_bytes(4)

    def _said(self, client: bytes, **parts: bytes) -> str:
        response = {name: bytes_to_base64url(part) for name, part in parts.items()}
        response["clientDataJSON"] = bytes_to_base64url(client)
        mine = bytes_to_base64url(self.id)
        return json.dumps({"id": mine, "rawId": mine, "type": "public-key", "response": response})
