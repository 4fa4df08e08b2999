"""Keys: made whole on a demo's first run, read, and refused with a sentence where they are none."""

from __future__ import annotations

import base64
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec


class SettingsError(Exception):
    """A start that must not happen; the text is the one sentence the operator reads."""


def kept(path: Path, make: Callable[[], str]) -> str:
    """The key in this file, made on the first run. Refused: `SettingsError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            put_whole(path, make())
        return path.read_text().strip()
    except OSError as why:
        raise SettingsError(f"The key file {path} cannot be read or made: {why.strerror}.") from why


def new_seal_key() -> str:
    """Thirty-two random bytes under the name k1."""
    return f"k1:{secrets.token_hex(32)}"


def new_vapid_key() -> str:
    """A P-256 private scalar, base64url, as browsers' push services expect (RFC 8292)."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def seal_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    """`id:hex64[,id:hex64…]`; the first seals, all open, so that keys can be rotated."""
    try:
        pairs = [part.strip().split(":") for part in text.split(",") if part.strip()]
        keys = tuple((name, bytes.fromhex(value)) for name, value in pairs)
    except ValueError:
        keys = ()
    if not keys or any(len(key) != 32 or not 1 <= len(name) <= 8 for name, key in keys):
        raise SettingsError(
            "POBACH_SEAL_KEYS must read id:64 hex digits, several separated by commas."
        )
    return keys


def vapid_key(text: str) -> str:
    """The same, if it is a private scalar of P-256. Raises `SettingsError`."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(raw) != 32:
            raise ValueError
        ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError:
        raise SettingsError(
            "POBACH_VAPID_PRIVATE_KEY must be a P-256 private key in base64url (deploy/make-keys)."
        ) from None
    return text


def put_whole(path: Path, text: str) -> None:
    """Put it there for its owner alone (0600). The first of several counts: the others' is thrown away."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
