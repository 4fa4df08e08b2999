"""What a business does: confirm, decline, came or did not come, close a day. No absence is ever punished."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.bookings import change_rules, line, notices, seats, times, word_rules
from app.bookings.models import OPEN, WENT, Booking, BookingState, Side
from app.bookings.times import ANSWER_BEFORE, answer_by
from app.db import db
from app.errors import NotFound
from app.offers.models import ClosedDay, Kind, Offer, Provider, Slot
from app.offers.slot_rules import conflicts

SHOWN_AFTER = timedelta(hours=72)
MARKED_BEFORE = timedelta(hours=12)


def of_provider(public_id: str, provider: Provider, now: datetime) -> Booking:
    """A booking this business may see: from the request to 72 hours after. Refused: `NotFound`."""
    booking = db.session.scalar(sa.select(Booking).where(Booking.public_id == public_id))
    if booking is None or booking.provider_id != provider.id or not visible(booking, now):
        raise NotFound()
    return booking


def visible(booking: Booking, now: datetime) -> bool:
    """Decided when read, so that a stopped worker still hides it."""
    return now < booking.ends_at + SHOWN_AFTER


def confirm(booking: Booking, now: datetime) -> Booking:
    """Say yes to a pending visit. Twice is once. Refused: `Over`."""
    change_rules.fresh(booking)
    if booking.state is BookingState.CONFIRMED:
        return booking
    if booking.state is not BookingState.PENDING or booking.ends_at <= now:
        raise change_rules.Over()
    if seats.turn(booking, frm=(BookingState.PENDING,), to=BookingState.CONFIRMED):
        notices.agreed(booking, now)
    return booking


def decline(booking: Booking, now: datetime) -> Booking:
    """Say no to a pending visit: the seat goes on at once. Refused: `Over`."""
    change_rules.fresh(booking)
    if booking.state is BookingState.DECLINED:
        return booking
    if booking.state is not BookingState.PENDING:
        raise change_rules.Over()
    was, no = (BookingState.PENDING,), BookingState.DECLINED
    if seats.turn(booking, frm=was, to=no, sequence=booking.sequence + 1):
        line.drop_proposal(booking, now)
        line.free(booking.slot_id, now)
        notices.declined(booking, now)
    return booking


def decline_unanswered(now: datetime) -> int:
    """Pending visits nobody answered fall back to declined an hour before. Returns how many."""
    wish = (
        sa.select(Booking)
        .where(Booking.state == BookingState.PENDING, Booking.starts_at <= now + ANSWER_BEFORE)
        .order_by(Booking.slot_id)
    )
    late = [b for b in db.session.scalars(wish) if now >= answer_by(b)]
    for booking in late:
        decline(booking, now)
    return len(late)


def attended(booking: Booking, now: datetime) -> Booking:
    """The visit was. A slip of the finger is put right by `no_show`, and back. Refused: `Over`."""
    return _mark(booking, BookingState.ATTENDED, now)


def no_show(booking: Booking, now: datetime) -> Booking:
    """The visit was not; nobody asks why. Refused: `Over`."""
    return _mark(booking, BookingState.NO_SHOW, now)


def _mark(booking: Booking, as_what: BookingState, now: datetime) -> Booking:
    change_rules.fresh(booking)
    early = now < booking.starts_at - MARKED_BEFORE
    if early or not visible(booking, now):
        raise change_rules.Over()
    was = booking.state
    if not seats.turn(booking, frm=(*OPEN, *WENT), to=as_what):
        raise change_rules.Over()
    word_rules.count_outcome(booking, was)
    return booking


def close_day(provider: Provider, day: date, now: datetime) -> list[Booking]:
    """Receive nobody on `day` (in each place's own zone): the rest of its times close, its visits are called off.

    Returns the visits called off, so that everybody is told and offered other times. Twice is once.
    """
    if db.session.get(ClosedDay, (provider.id, day)) is None:
        db.session.add(ClosedDay(provider_id=provider.id, day=day))
    slots = [s for s in _slots_around(provider, day, now) if _day_of(s) == day]
    ids = [s.id for s in slots]
    db.session.execute(sa.update(Slot).where(Slot.id.in_(ids)).values(closed=True))
    line.dissolve(ids, now)
    wish = sa.select(Booking).where(Booking.slot_id.in_(ids), Booking.state.in_(OPEN))
    return [
        change_rules.cancel(b, Side.PROVIDER, now)
        for b in db.session.scalars(wish.order_by(Booking.slot_id)).all()
    ]


def outside_hours(offer: Offer, now: datetime) -> list[Booking]:
    """Agreed visits that the hours no longer cover, by time; those the business decided to keep are not asked about."""
    ids = [slot.id for slot in conflicts(offer, now)]
    wish = sa.select(Booking).where(Booking.slot_id.in_(ids), Booking.state.in_(OPEN))
    return list(db.session.scalars(wish.order_by(Booking.starts_at, Booking.id)))


def keep_outside(booking: Booking) -> Booking:
    """It stays at its time, although the hours have changed."""
    change_rules.fresh(booking)
    booking.slot.kept = True
    return booking


def _slots_around(provider: Provider, day: date, now: datetime) -> list[Slot]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("UTC"))
    wish = (
        sa.select(Slot)
        .join(Offer)
        .where(Offer.provider_id == provider.id, Slot.ends_at > now)
        .where(Slot.starts_at > now - timedelta(days=1))
        .where(Slot.starts_at.between(noon - timedelta(days=2), noon + timedelta(days=2)))
    )
    wish = wish.order_by(Slot.id)
    return [s for s in db.session.scalars(wish) if s.starts_at > now or _still_open(s)]


def _still_open(slot: Slot) -> bool:
    # A visit under way is let be; a thing to pick up all day is not under way.
    return slot.seats_taken == 0 or slot.offer.kind is Kind.GIFT


def _day_of(slot: Slot) -> date:
    return times.day_in(slot.starts_at, times.zone_of(slot.offer))
