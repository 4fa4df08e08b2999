"""A volunteer books for somebody: only with the one-time code that this person has just made."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import notices, rules, seats
from app.bookings.models import Booking
from app.bookings.word_models import ConsentCode
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.seal import lookup

LASTS = timedelta(minutes=15)


class CodeNotGood(Refusal):
    """Unknown, used and over look alike."""

    status = 422
    type = "code-not-good"
    sentence = _l("This code does not work. A new one takes a tap.")


def make(member: Member, *, now: datetime) -> str:
    """Eight digits, told once, good for one booking within 15 minutes; the one before is dead."""
    seats.lock_member(member.id)
    db.session.execute(sa.delete(ConsentCode).where(ConsentCode.member_id == member.id))
    while True:
        code = f"{secrets.randbelow(100_000_000):08}"
        same = sa.select(ConsentCode.member_id).where(ConsentCode.code_hash == _hash(code))
        if db.session.scalar(same) is None:
            break
    row = ConsentCode(member_id=member.id, code_hash=_hash(code), until=now + LASTS)
    db.session.add(row)
    return code


def take_back(member: Member) -> None:
    """No volunteer can book with it any more."""
    db.session.execute(sa.delete(ConsentCode).where(ConsentCode.member_id == member.id))


def standing(member: Member, *, now: datetime) -> ConsentCode | None:
    """The code that can still be used; the digits themselves are nowhere."""
    row = db.session.get(ConsentCode, member.id)
    return row if row is not None and now < row.until else None


def holder_of(code: str, *, now: datetime) -> Member:
    """Who made this code. Refused: `CodeNotGood`, before anything is written."""
    digits = "".join(sign for sign in code if sign.isdigit())
    wish = sa.select(ConsentCode).where(ConsentCode.code_hash == _hash(digits))
    row = db.session.scalar(wish)
    if row is None or now >= row.until:
        raise CodeNotGood()
    return db.session.get_one(Member, row.member_id)


def book_for(member: Member, slot_id: int, *, once: str, now: datetime) -> Booking:
    """Book as the member would, and use the code up. What `book` refuses leaves the code as it was.

    Two at once with one code: the member's row is locked, and whoever comes second finds no code.
    """
    seats.lock_member(member.id)
    used = sa.delete(ConsentCode).where(ConsentCode.member_id == member.id, ConsentCode.until > now)
    if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]
        raise CodeNotGood()
    booking = rules.book(slot_id, member, once=once, now=now)
    booking.by_volunteer = True
    notices.booked_for(booking, now)
    return booking


def _hash(code: str) -> bytes:
    return lookup("consent", code)
