"""Bringing a member's sign-in to another browser or to the installed app (RFC 8628).

The one without a sign-in shows a code and waits; the one that is in types it and says yes. Never the other way
round: a code that lets its reader in could be read over a shoulder. Members alone: a business has its password,
and staff prove a second factor in every browser.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.entry_rules import Entry
from app.accounts.failure_rules import TooManyTries, counted, note_failure, too_many
from app.accounts.hand_over_models import HandOver
from app.accounts.models import Member
from app.accounts.session_rules import is_frozen, open_session
from app.accounts.settings_rules import tell_of_way_in
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.seal import digest, lookup

LASTS = timedelta(minutes=10)
DIGITS = 8
MOST_TRIES = 5
MOST_WAITING = 60  # of one address of the network in ten minutes: a whole hotel has one


class NobodyWaits(Refusal):
    """Unknown, typed already and over look alike."""

    status = 422
    type = "nobody-waits"
    sentence = _l("No screen shows this code now.")
    what_now = _l("Compare it with the other screen. A code lives ten minutes and works once.")


class NotLetIn(Refusal):
    """The code has not been typed, or ten minutes are over."""

    type = "not-let-in"
    sentence = _l("This screen has not been let in.")
    what_now = _l("Ask for a new code, please.")


class Waiting(NamedTuple):
    """What the waiting screen shows: its code in fours, and as whom it may come in once somebody has said yes."""

    code: str
    alias: str | None

    @property
    def let_in(self) -> bool:
        """Somebody has said yes."""
        return self.alias is not None


def begin(*, visitor: str, now: datetime) -> str:
    """The secret of one that waits; its code follows from it. Raises `TooManyTries` after sixty from one address."""
    if too_many("waiting", visitor, now=now, most=MOST_WAITING):
        raise TooManyTries()
    note_failure("waiting", visitor, now=now)
    db.session.execute(sa.delete(HandOver).where(HandOver.until <= now))
    secret = secrets.token_urlsafe(32)
    while db.session.scalar(_showing(_code_of(secret))) is not None:
        secret = secrets.token_urlsafe(32)
    marks = {"wait_hash": digest(secret), "code_hash": _hash(_code_of(secret))}
    db.session.add(HandOver(**marks, until=now + LASTS))
    return secret


def waiting(secret: str, *, now: datetime) -> Waiting | None:
    """How it stands for whoever waits with this secret; None when ten minutes are over."""
    found = db.session.get(HandOver, digest(secret))
    if found is None or found.until <= now:
        return None
    code = _code_of(secret)
    by = db.session.get(Member, found.member_id) if found.member_id is not None else None
    return Waiting(f"{code[:4]} {code[4:]}", by.alias if by is not None else None)


def look(typed: str, *, session_id: str, now: datetime) -> HandOver | Refusal:
    """Who waits with the code typed. Five wrong ones in ten minutes of this session, and none is looked at."""
    if too_many("hand over", session_id, now=now, most=MOST_TRIES):
        return TooManyTries()

    def find() -> HandOver:
        wish = _showing(re.sub(r"\D", "", typed))
        found: HandOver | None = db.session.scalar(
            wish.where(HandOver.until > now, HandOver.member_id.is_(None))
        )
        if found is None:
            raise NobodyWaits()
        return found

    return counted("hand over", session_id, find, now=now)


def minutes_ago(found: HandOver, *, now: datetime) -> int:
    """How many whole minutes it has been waiting: an old code was more likely sent by somebody."""
    return int((now - (found.until - LASTS)).total_seconds() // 60)


def let_in(member: Member, typed: str, *, session_id: str, now: datetime) -> HandOver | Refusal:
    """Whoever waits with this code may come in as `member`. Refused, once more, as in `look`."""
    found = look(typed, session_id=session_id, now=now)
    if isinstance(found, HandOver):
        found.member_id = member.id
    return found


def enter(secret: str, *, now: datetime) -> Entry:
    """A session of the member who said yes; the row goes, so it works once. Raises `NotLetIn`."""
    mine = (HandOver.wait_hash == digest(secret)) & HandOver.member_id.is_not(None)
    taken = sa.delete(HandOver).where(mine, HandOver.until > now).returning(HandOver.member_id)
    member = db.session.get(Member, db.session.scalar(taken) or 0)
    if member is None or is_frozen(member):
        raise NotLetIn()
    tell_of_way_in(member, "screen", now=now)
    return member, open_session(member, now=now)


def _showing(code: str) -> sa.Select[HandOver]:
    return sa.select(HandOver).where(HandOver.code_hash == _hash(code)).with_for_update()


def _code_of(secret: str) -> str:
    number = int.from_bytes(lookup("hand-over", secret)[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _hash(code: str) -> bytes:
    return lookup("hand-over code", code)
