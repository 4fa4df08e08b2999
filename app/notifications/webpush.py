"""Encryption of one push message (RFC 8291 over RFC 8188, `aes128gcm`).

Every message is padded to the same length before it is sealed, so that neither the push service
nor the network learns from its size what kind of news it was. `tests/notifications/
test_webpush.py` compares each step with pywebpush, message by message.
"""

import base64
import hmac
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PADDED_BYTES = 512
"""Length of every plaintext, its end mark included."""

CIPHERTEXT_BYTES = 16 + 4 + 1 + 65 + PADDED_BYTES + 16
"""Length of every body sent: salt, record size, key length, key, plaintext, GCM tag."""

RECORD_BYTES = 4096
CURVE = ec.SECP256R1()
END_MARK = b"\x02"


class BadDevice(ValueError):
    """The keys a browser handed over are not a P-256 point and a 16-byte secret."""


def unpadded(raw: bytes) -> str:
    """Base64url without padding, as push services and browsers write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def raw_bytes(text: str) -> bytes:
    """The bytes behind base64url (or plain base64) text, padded or not."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def check_device(p256dh: str, auth: str) -> None:
    """Refuses with `BadDevice` what no message could ever be sealed for."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw_bytes(p256dh))
        secret = raw_bytes(auth)
    except ValueError as error:
        raise BadDevice from error
    if len(secret) != 16:
        raise BadDevice


def encrypt(message: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """One sealed body of exactly `CIPHERTEXT_BYTES`; `message` holds at most 511 bytes.

    `p256dh` is the device's public key (65 bytes, uncompressed), `auth` its 16-byte secret.
    """
    if len(message) >= PADDED_BYTES:
        raise ValueError("a push message holds at most 511 bytes")
    ours = ec.generate_private_key(CURVE)
    our_point = ours.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    salt = os.urandom(16)
    key, nonce = _key_and_nonce(ours.exchange(ec.ECDH(), theirs), p256dh, our_point, auth, salt)
    plaintext = (message + END_MARK).ljust(PADDED_BYTES, b"\0")
    head = salt + struct.pack("!LB", RECORD_BYTES, len(our_point)) + our_point
    return head + AESGCM(key).encrypt(nonce, plaintext, None)


def _key_and_nonce(
    shared: bytes, p256dh: bytes, our_point: bytes, auth: bytes, salt: bytes
) -> tuple[bytes, bytes]:
    """RFC 8291 section 3.4; HKDF (RFC 5869) twice, its second extract shared; each expand is one block."""
    who = b"WebPush: info\0" + p256dh + our_point
    material = _hmac(_hmac(auth, shared), who + b"\1")
    extracted = _hmac(salt, material)
    key = _hmac(extracted, b"Content-Encoding: aes128gcm\0\1")[:16]
    return key, _hmac(extracted, b"Content-Encoding: nonce\0\1")[:12]


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
