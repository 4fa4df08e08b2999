"""Guessing: failures are counted in the database, so that a restart forgets nothing (ASVS 6.3.1).

Only failures count: 123 people share one hotel address, and their valid cards always pass. The address
itself is never written: its key is an HMAC under a secret that lives a day and is then deleted.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.accounts.models import DailyKey, Failure
from app.db import db
from app.errors import Refusal
from app.i18n import _l

WINDOW = timedelta(minutes=10)
MOST_FAILURES = 20

Outcome = TypeVar("Outcome")


class TooManyTries(Refusal):
    """Twenty failures in ten minutes (or five codes): nothing is checked any more for a while."""

    status = 429
    type = "too-many"
    sentence = _l("Too many tries for the moment.")
    what_now = _l("Please wait ten minutes, then try again.")


def too_many(
    what: str,
    whose: str,
    *,
    now: datetime,
    most: int = MOST_FAILURES,
    within: timedelta = WINDOW,
) -> bool:
    """True once `whose` failures at `what` `within` the last ten minutes have reached `most`."""
    keys = [_key(day.secret, what, whose) for day in _recent_keys(now - within, now)]
    if not keys:
        return False
    wish = sa.select(sa.func.count()).where(
        Failure.what == what, Failure.key.in_(keys), Failure.at > now - within
    )
    return (db.session.scalar(wish) or 0) >= most


def note_failure(what: str, whose: str, *, now: datetime) -> None:
    """Write one failure down; `whose` (an address, an account) is unreadable once the day's key is gone."""
    key = _key(_key_of_today(now), what, whose)
    db.session.add(Failure(what=what, key=key, at=now))


def counted(
    what: str, whose: str, deed: Callable[[], Outcome], *, now: datetime
) -> Outcome | Refusal:
    """Do `deed`; its refusal is counted and handed back, not raised, so that the count is committed.

    `deed` must refuse before it writes. Past the limit nothing more is written and the answer is
    `TooManyTries`; a deed that succeeds never is refused (a valid card is always accepted).
    """
    try:
        return deed()
    except Refusal as refusal:
        if too_many(what, whose, now=now):
            return TooManyTries()
        note_failure(what, whose, now=now)
        return refusal


def _key(secret: bytes, what: str, whose: str) -> bytes:
    return hmac.digest(secret, f"{what}|{whose}".encode(), "sha256")


def _recent_keys(since: datetime, now: datetime) -> list[DailyKey]:
    """Today's key, and yesterday's while its failures still count (some minutes past midnight)."""
    days = {now.date(), since.date()}
    return list(db.session.scalars(sa.select(DailyKey).where(DailyKey.day.in_(days))))


def _key_of_today(now: datetime) -> bytes:
    today = now.date()
    kept = db.session.get(DailyKey, today)
    if kept is None:
        try:
            with db.session.begin_nested():
                db.session.add(DailyKey(day=today, secret=secrets.token_bytes(32)))
        except IntegrityError:  # another machine made it in the same moment
            pass
        kept = db.session.get_one(DailyKey, today, populate_existing=True)
    return kept.secret
