"""What a member does with a booking: cancel, undo, move. Each is one step, or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import line, notices, rules, seats, times
from app.bookings.models import OPEN, Booking, BookingState, Side
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.offers.models import Kind, Slot

UNDO = timedelta(minutes=10)
NO_UNDO_WITHIN = timedelta(hours=2)
KEPT = timedelta(days=7)


class Over(Refusal):
    """The visit has been, or was declined: nothing to change."""

    status = 409
    type = "over"
    sentence = _l("This visit cannot be changed any more.")


class NoLongerKept(rules.NotBooked):
    """The ten minutes are over, or the business closed that time."""

    type = "no-longer-kept"
    sentence = _l("This time is not kept for you any more")


def own(public_id: str, member: Member, now: datetime) -> Booking:
    """A member's own booking until 7 days after. Refused: `NotFound`, for somebody else's too (ASVS 8.2.2)."""
    booking = db.session.scalar(sa.select(Booking).where(Booking.public_id == public_id))
    if booking is None or booking.member_id != member.id or booking.ends_at <= now - KEPT:
        raise NotFound()
    return booking


def cancel(booking: Booking, by: Side, now: datetime, *, closes: bool = True) -> Booking:
    """Call a visit off. The member's seat is kept for an undo for 10 minutes, unless it is less than 2 hours away.

    What a business calls off closes its time, unless not `closes`. Cancelling twice is cancelling once.
    Refused: `Over`.
    """
    fresh(booking)
    if booking.state is BookingState.CANCELLED:
        return booking
    if booking.ends_at <= now or not booking.is_open:
        raise Over()
    kept = by is Side.MEMBER and booking.starts_at - now >= NO_UNDO_WITHIN
    done = seats.turn(
        booking,
        frm=OPEN,
        to=BookingState.CANCELLED,
        was=booking.state,
        cancelled_by=by,
        release_at=now + UNDO if kept else None,
        sequence=booking.sequence + 1,
    )
    line.drop_proposal(booking, now)
    if by is Side.PROVIDER and closes:
        withdraw(booking.slot, now)
    if done and not kept:
        line.free(booking.slot_id, now)
    if done:
        _tell_of(booking, by, now)
    return booking


def _tell_of(booking: Booking, by: Side, now: datetime) -> None:
    if by is Side.MEMBER:
        notices.cancelled_by_member(booking, now)
    else:
        notices.cancelled_by_business(booking, now)


def withdraw(slot: Slot, now: datetime) -> None:
    """The business cannot receive then: the time of one visitor goes to nobody else. One seat of many goes on."""
    if slot.offer.kind is Kind.APPOINTMENT:
        slot.withdrawn = slot.closed = True
        db.session.flush()
        line.dissolve([slot.id], now)


def may_undo(booking: Booking, now: datetime) -> bool:
    """True while the seat is kept. A release that is due counts as done, worker or not."""
    return booking.release_at is not None and now < booking.release_at


def undo(booking: Booking, now: datetime) -> Booking:
    """Take a cancellation back. Refused: `NoLongerKept`, `Overlap`, `FairShare` (a new booking came between)."""
    seats.lock_member(booking.member_id)
    fresh(booking)
    if booking.is_open:
        return booking
    slot = booking.slot
    if not may_undo(booking, now) or slot.closed:
        raise NoLongerKept(slot, rules.free_instead(slot, booking.member_id, now))
    rules.check(slot, booking.member_id, now=min(now, times.latest(slot)), instead_of=booking)
    seats.turn(
        booking,
        frm=(BookingState.CANCELLED,),
        to=booking.was or BookingState.CONFIRMED,
        was=None,
        cancelled_by=None,
        release_at=None,
        sequence=booking.sequence + 1,
    )
    notices.undone(booking, now)
    return booking


def move(booking: Booking, slot_id: int, now: datetime) -> Booking:
    """To another time of the same offer: the new seat taken and the old one freed, or nothing at all.

    Refused: `NotFound` (another offer's time), `Over`, and what `book` refuses.
    """
    seats.lock_member(booking.member_id)
    fresh(booking, slot_id)
    slot = rules.bookable(slot_id)
    if slot.offer_id != booking.offer_id:
        raise NotFound()
    if not booking.is_open or booking.starts_at <= now:
        raise Over()
    if slot.id == booking.slot_id:
        return booking
    line.drop_proposal(booking, now)
    line.settle(slot.id, now, own=booking.member_id)
    rules.check(slot, booking.member_id, now=now, instead_of=booking)
    if not line.take(slot.id, booking.member_id):
        raise rules.SlotTaken(slot, rules.free_instead(slot, booking.member_id, now))
    line.free(booking.slot_id, now)
    seats.turn(
        booking,
        frm=OPEN,
        to=BookingState.PENDING if slot.offer.ask_first else BookingState.CONFIRMED,
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        sequence=booking.sequence + 1,
    )
    notices.moved(booking, now)
    return booking


def free_all(member_id: int, now: datetime) -> None:
    """Give back every seat a member holds, before the member is erased."""
    line.leave_all(member_id, now)
    held = sa.select(Booking).where(Booking.member_id == member_id)
    ahead = held.where(Booking.state.in_(OPEN), Booking.ends_at > now)
    for booking in db.session.scalars(ahead).all():
        cancel(booking, Side.MEMBER, now)
    for slot_id in set(db.session.scalars(held.with_only_columns(Booking.slot_id))):
        line.settle(slot_id, now, own=member_id)
        line.hand_on(slot_id, now)


def fresh(booking: Booking, *others: int) -> None:
    """Hold its time, the one proposed instead and `others`, then read again what is decided on."""
    proposal = line.proposal_for(booking)
    proposed = [proposal.slot_id] if proposal else []
    seats.lock_slots(booking.slot_id, *proposed, *others)
    db.session.refresh(booking)
