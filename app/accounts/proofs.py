"""Signed, timed proofs that travel in a letter: who reads it holds the address.

A proof is tied to the password of the moment it was made: once that changes, older proofs are void. So a
link confirms only what its own sign-up asked for, and a link for a new password works once.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from app.accounts.models import Moderator, ProviderAccount
from app.db import clock
from app.settings import settings

Account = ProviderAccount | Moderator
LIFE = {"confirm": timedelta(days=2), "password": timedelta(hours=1)}


class _ByOurClock(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock().timestamp())


def make_proof(purpose: str, account: Account) -> str:
    """A URL-safe proof for `purpose`: "confirm" lives two days, "password" an hour."""
    return _signer(purpose).dumps([account.kind, account.public_id, _mark(account)])


def read_proof(purpose: str, proof: str) -> tuple[str, str, str] | None:
    """(kind, public id, mark) of an honest, living proof; None for any other."""
    try:
        kind, public_id, mark = _signer(purpose).loads(
            proof, max_age=int(LIFE[purpose].total_seconds())
        )
    except (BadData, ValueError, TypeError):
        return None
    return kind, public_id, mark


def still_fits(account: Account, mark: str) -> bool:
    """False once the password has changed since the proof was made."""
    return _mark(account) == mark


def _mark(account: Account) -> str:
    return hashlib.sha256(f"mark|{account.password_hash}".encode()).hexdigest()[:16]


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings().secret_key, salt=f"letter|{purpose}", signer=_ByOurClock
    )
