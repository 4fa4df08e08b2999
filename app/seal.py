"""Sealed columns: AES-256-GCM, key ids, bound to table|column|row.

The keys live outside the database (`POBACH_SEAL_KEYS`), so a stolen file or dump opens nothing. A sealed
value moved to another row, column or table does not open (the place is the associated data; NIST SP 800-38D).
Layout: one byte length of the key id, the key id, 12 random bytes, ciphertext with tag.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app

from app.settings import Settings


class SealBroken(Exception):
    """A sealed value was changed, moved, or its key is gone."""


class Keyring:
    """The first key seals; every key opens, so that keys can be rotated."""

    def __init__(self, keys: tuple[tuple[str, bytes], ...], lookup_secret: bytes) -> None:
        self.keys = {name: AESGCM(key) for name, key in keys}
        self.newest = keys[0][0]
        self.lookup_secret = lookup_secret

    def seal(self, text: str, place: str) -> bytes:
        """Seal `text` (str) to its `place` ("table|column|row")."""
        name, nonce = self.newest.encode(), os.urandom(12)
        body = self.keys[self.newest].encrypt(nonce, text.encode(), place.encode())
        return bytes([len(name)]) + name + nonce + body

    def open(self, sealed: bytes, place: str) -> str:
        """The text again. Raises `SealBroken`."""
        end = 1 + sealed[0]
        key = self.keys.get(sealed[1:end].decode(errors="replace"))
        if key is None:
            raise SealBroken(place)
        try:
            return key.decrypt(sealed[end : end + 12], sealed[end + 12 :], place.encode()).decode()
        except InvalidTag as why:
            raise SealBroken(place) from why

    def lookup(self, purpose: str, text: str) -> bytes:
        """A keyed hash (HMAC-SHA-256) to find a row by a value that itself is only stored sealed."""
        return hmac.digest(self.lookup_secret, f"{purpose}|{text}".encode(), "sha256")


def place(table: Any, column: str, public_id: str) -> str:
    """What a seal is bound to."""
    return f"{table.__tablename__}|{column}|{public_id}"


class Sealed:
    """A plain-text property over a LargeBinary column: `email = Sealed("email_sealed")`.

    The row must have its `public_id` before the property is set: it is part of the seal.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Any, owner: type | None = None) -> str | None:
        stored: bytes | None = getattr(row, self.column)
        return None if stored is None else keyring().open(stored, self._place(row))

    def __set__(self, row: Any, text: str | None) -> None:
        setattr(row, self.column, None if text is None else keyring().seal(text, self._place(row)))

    def _place(self, row: Any) -> str:
        if row.public_id is None:
            raise ValueError("Give the row its public_id before sealing: the seal is bound to it.")
        return place(type(row), self.column, row.public_id)


def init_app(app: Flask, settings: Settings) -> None:
    """Hang the keyring into the app."""
    secret = hashlib.sha256(b"lookup|" + settings.secret_key.encode()).digest()
    app.extensions["keyring"] = Keyring(settings.seal_keys, secret)


def keyring() -> Keyring:
    """The running app's keys."""
    return cast(Keyring, current_app.extensions["keyring"])


def lookup(purpose: str, text: str) -> bytes:
    """See `Keyring.lookup`."""
    return keyring().lookup(purpose, text)


def digest(token: str) -> bytes:
    """SHA-256 of a random token of 120 bits or more: enough for a value nobody can guess."""
    return hashlib.sha256(token.encode()).digest()
