"""Seats: taken, kept for a while, given back. The database decides every race; one row changed, or none."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm.util import identity_key

from app.accounts.models import Member
from app.bookings.models import Booking, BookingState
from app.db import db
from app.errors import NotFound, Stopped
from app.offers.models import Slot


def lock_member(member_id: int) -> Member:
    """First in every deed: one member's deeds stand in line, so that overlaps can be checked and then held to.

    PostgreSQL locks the row; on SQLite this only reads it. What was known of it before is read anew: whoever
    held the lock may have changed it. Refused: `NotFound` (erased).
    """
    row = sa.select(Member).where(Member.id == member_id).with_for_update()
    member: Member | None = db.session.scalar(row, execution_options={"populate_existing": True})
    if member is None:
        raise NotFound()
    return member


def lock_booker(member_id: int) -> None:
    """The same for whoever wants a seat. Refused: `NotFound`, `Stopped`."""
    if lock_member(member_id).stopped_on is not None:
        raise Stopped()


def lock_slots(*slot_ids: int) -> None:
    """Second, and in one order for everybody: member, slots, bookings. So nobody waits for another in a ring."""
    if db.engine.dialect.name == "sqlite":
        return  # `writing()` has locked the whole file
    rows = sa.select(Slot.id).where(Slot.id.in_(slot_ids)).order_by(Slot.id)
    db.session.execute(rows.with_for_update()).all()


def take(slot_id: int) -> bool:
    """One seat more, if there is one. False: somebody was faster, or the time is closed."""
    wish = (
        sa.update(Slot)
        .where(Slot.id == slot_id, Slot.seats_taken < Slot.seats, Slot.closed.is_(False))
        .values(seats_taken=Slot.seats_taken + 1)
    )
    return _one_row(wish) and _read_anew(slot_id)


def give_back(slot_id: int) -> None:
    """One seat less."""
    wish = (
        sa.update(Slot)
        .where(Slot.id == slot_id, Slot.seats_taken > 0)
        .values(seats_taken=Slot.seats_taken - 1)
    )
    if not _one_row(wish):
        raise RuntimeError("A seat was given back that nobody held.")
    _read_anew(slot_id)


def turn(
    booking: Booking, *, frm: tuple[BookingState, ...], to: BookingState, **also: object
) -> bool:
    """Change a booking's state, if it still is what the decision was made on. False: it is not."""
    wish = (
        sa.update(Booking)
        .where(Booking.id == booking.id, Booking.state.in_(frm))
        .values(state=to, **also)
    )
    done = _one_row(wish)
    if done:
        db.session.refresh(booking)
    return done


def release_due(now: datetime, *, slot_id: int | None = None, own: int | None = None) -> int:
    """Give kept seats back whose time is over: all of them, or those of one slot. Returns how many.

    `own` is a member who wants this slot again: what is kept there for them goes back before its time.
    """
    over: sa.ColumnElement[bool] = Booking.release_at <= now
    if own is not None:
        over = over | (Booking.member_id == own)
    kept = sa.select(Booking.id, Booking.slot_id).where(Booking.release_at.is_not(None), over)
    if slot_id is not None:
        kept = kept.where(Booking.slot_id == slot_id)
    freed = 0
    for booking_id, slot in db.session.execute(kept.order_by(Booking.slot_id)).all():
        freed += _release(booking_id, slot)
    return freed


def _release(booking_id: int, slot_id: int) -> bool:
    lock_slots(slot_id)
    wish = (
        sa.update(Booking)
        .where(Booking.id == booking_id, Booking.release_at.is_not(None))
        .values(release_at=None)
    )
    if not _one_row(wish):
        return False
    give_back(slot_id)
    return True


def _read_anew(slot_id: int) -> bool:
    """What this session knew of the seats is no longer true."""
    known = db.session().identity_map.get(identity_key(Slot, slot_id))
    if known is not None:
        db.session.expire(known, ["seats_taken"])
    return True


def _one_row(wish: sa.Update) -> bool:
    done = db.session.execute(wish.execution_options(synchronize_session=False))
    return cast("sa.CursorResult[Any]", done).rowcount == 1
