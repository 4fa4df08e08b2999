"""Signed, timed proofs that travel in a letter: who reads it holds the address.

A proof is tied to the password of the moment it was made: once that changes, older proofs are void. So a
link confirms only what its own sign-up asked for, and a link for a new password works once.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import cast

import sqlalchemy as sa
from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from app.accounts.models import Moderator, ProviderAccount
from app.accounts.sign_in_rules import Account, is_unconfirmed
from app.db import clock, db
from app.settings import settings

TABLES: dict[str, type[Account]] = {"provider": ProviderAccount, "moderator": Moderator}
LIFE = {"confirm": timedelta(days=2), "password": timedelta(hours=1)}
LIFE |= {"address": timedelta(days=2), "keep": timedelta(days=2)}


class _ByOurClock(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock().timestamp())


def make_proof(purpose: str, account: Account) -> str:
    """A URL-safe proof for `purpose`: "confirm" lives two days, "password" an hour."""
    return _signer(purpose).dumps([account.kind, account.public_id, _mark(account)])


def account_proved(purpose: str, proof: str) -> Account | None:
    """Whose honest, living proof this is; None for any other, and once the password has changed since.

    "confirm" is of use while the address is unconfirmed: its link, read later by somebody else, opens nothing.
    """
    try:
        kind, public_id, mark = _signer(purpose).loads(
            proof, max_age=int(LIFE[purpose].total_seconds())
        )
        table = TABLES[kind]
    except (BadData, KeyError, TypeError, ValueError):
        return None
    wish = sa.select(table).where(table.public_id == public_id)
    account = cast(Account | None, db.session.scalar(wish))
    if account is None or _mark(account) != mark:
        return None
    return None if purpose == "confirm" and not is_unconfirmed(account) else account


def make_word(purpose: str, name: str) -> str:
    """A URL-safe word that says `name`, for two days: "address" to the new one, "keep" to the old one."""
    return _signer(purpose).dumps(name)


def said_by(purpose: str, word: str) -> str | None:
    """What an honest, living word says; None for any other."""
    try:
        return str(_signer(purpose).loads(word, max_age=int(LIFE[purpose].total_seconds())))
    except BadData:
        return None


def _mark(account: Account) -> str:
    return hashlib.sha256(f"mark|{account.password_hash}".encode()).hexdigest()[:16]


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings().secret_key, salt=f"letter|{purpose}", signer=_ByOurClock
    )
