"""Who we are to a push service (VAPID, RFC 8292): one P-256 key, one signed header per origin."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.notifications.webpush import CURVE, raw_bytes, unpadded

LIFE = timedelta(hours=12)
RENEW_BEFORE = timedelta(hours=1)
HEAD = unpadded(b'{"typ":"JWT","alg":"ES256"}')


def read_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key from its base64url text: the 32-byte number every web push tool writes."""
    number = raw_bytes(text.strip())
    if len(number) != 32:
        raise ValueError("VAPID_PRIVATE_KEY must be 32 bytes in base64url")
    return ec.derive_private_key(int.from_bytes(number, "big"), CURVE)


@lru_cache(maxsize=8)
def public_key(text: str) -> str:
    """What a browser needs as `applicationServerKey`: the public point in base64url."""
    point = read_key(text).public_key()
    return unpadded(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def origin_of(endpoint: str) -> str:
    """Scheme, host and port: what a signature and a pause are bound to."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


class Vapid:
    """Signed Authorization headers, one per push service, kept until 1 h before they end.

    A signature is more than half of the work a message costs, so it is made once per origin.
    `subject` is a neutral https URL: push services read it.
    """

    def __init__(self, text: str, subject: str, clock: Callable[[], datetime]) -> None:
        self._key = read_key(text)
        self._public = public_key(text)
        self._subject = subject
        self._clock = clock
        self._kept: dict[str, tuple[datetime, str]] = {}

    def header(self, endpoint: str) -> str:
        """The Authorization header for this endpoint's push service."""
        origin, now = origin_of(endpoint), self._clock()
        ends_at, header = self._kept.get(origin, (now, ""))
        if ends_at - now <= RENEW_BEFORE:
            header = f"vapid t={self._token(origin, now + LIFE)}, k={self._public}"
            self._kept[origin] = (now + LIFE, header)
        return header

    def _token(self, origin: str, ends_at: datetime) -> str:
        claims = {"aud": origin, "exp": int(ends_at.timestamp()), "sub": self._subject}
        signed = f"{HEAD}.{unpadded(json.dumps(claims).encode())}"
        found = self._key.sign(signed.encode("ascii"), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(found)
        return f"{signed}.{unpadded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
