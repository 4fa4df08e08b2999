"""Who waits for a time. Strictly first come: a seat that becomes free is held for half an hour for the first
in line, then for the next. A hold is a real seat (`seats_taken` counts it), so nobody can slip in between.

Called inside `writing()`, by every deed that touches a time: a stopped worker blocks nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.bookings import notices, seats, times
from app.bookings.models import Booking, Proposal, WaitingPlace
from app.db import db
from app.offers.models import Slot

HOLD = timedelta(minutes=30)
LONGEST_LEAD = timedelta(days=7)
_SLOT = sa.bindparam("slot", type_=sa.BigInteger)
_TOUCHED = sa.select(
    sa.exists().where(Booking.slot_id == _SLOT, Booking.release_at.is_not(None))
    | sa.exists().where(Proposal.slot_id == _SLOT)
    | sa.exists().where(WaitingPlace.slot_id == _SLOT)
)
"""Whether anything is kept, proposed or waited for at this time. Mostly nothing is: one look spares six."""


def settle(slot_id: int, now: datetime, *, own: int | None = None) -> int:
    """Give on what time has freed here: kept seats that are due, holds that are over. Returns how many.

    `own` is a member who wants this time again: what is kept there for them after a cancellation goes back
    last, so that it is theirs to take.
    """
    seats.lock_slots(slot_id)
    if not db.session.scalar(_TOUCHED, {"slot": slot_id}):
        return 0
    freed = seats.release_due(now, slot_id=slot_id) + _end_proposals(slot_id, now)
    over = sa.select(WaitingPlace).where(WaitingPlace.slot_id == slot_id)
    for place in db.session.scalars(over.where(WaitingPlace.hold_until <= now)).all():
        _end(place)
        freed += 1
    hand_on(slot_id, now)
    if own is not None:
        seats.release_due(now, slot_id=slot_id, own=own)
    return freed


def _end_proposals(slot_id: int, now: datetime) -> int:
    """Proposals nobody answered in time: their seats are free again."""
    wish = sa.select(Proposal).where(Proposal.slot_id == slot_id, Proposal.until <= now)
    over = db.session.scalars(wish).all()
    for proposal in over:
        seats.give_back(slot_id)
        notices.proposal_over(proposal.booking)
        db.session.delete(proposal)
        db.session.flush()
    return len(over)


def proposal_for(booking: Booking) -> Proposal | None:
    """What its business proposed, answered or not yet over; the row itself, read anew."""
    return db.session.get(Proposal, booking.id, populate_existing=True)


def drop_proposal(booking: Booking, now: datetime) -> bool:
    """The proposal is off the table and its seat goes on. False: there was none."""
    proposal = proposal_for(booking)
    if proposal is None:
        return False
    notices.proposal_over(booking)
    db.session.delete(proposal)
    db.session.flush()
    free(proposal.slot_id, now)
    return True


def hand_on(slot_id: int, now: datetime) -> None:
    """Hold every free seat of this time for whoever is first in line, until it is too late to book it."""
    waiting = _waiting(slot_id)
    if not waiting:
        return
    slot = db.session.get_one(Slot, slot_id, populate_existing=True)
    until = min(now + HOLD, times.latest(slot))
    if until <= now or not times.may_be_booked(slot.offer):
        return
    for place in waiting:
        if not seats.take(slot_id):
            return
        place.hold_until = until
        db.session.flush()
        notices.place_freed(place, now)


def free(slot_id: int, now: datetime) -> None:
    """One seat less, and on to the first in line."""
    seats.lock_slots(slot_id)
    seats.give_back(slot_id)
    hand_on(slot_id, now)


def take(slot_id: int, member_id: int) -> bool:
    """The seat held for this member, or a free one; then they wait no more. False: there is none."""
    place = find(slot_id, member_id)
    if place is None:
        return seats.take(slot_id)
    if place.hold_until is not None:
        seats.give_back(slot_id)
    _forget(place)
    return seats.take(slot_id)


def find(slot_id: int, member_id: int) -> WaitingPlace | None:
    """Where this member stands in line for this time, if at all."""
    wish = sa.select(WaitingPlace).where(WaitingPlace.slot_id == slot_id)
    return db.session.scalar(wish.where(WaitingPlace.member_id == member_id))


def leave(place: WaitingPlace, now: datetime) -> None:
    """Out of the line; a seat that was held goes to the next."""
    slot_id = place.slot_id
    _end(place)
    hand_on(slot_id, now)


def leave_all(member_id: int, now: datetime) -> None:
    """Out of every line."""
    wish = sa.select(WaitingPlace).where(WaitingPlace.member_id == member_id)
    for place in db.session.scalars(wish.order_by(WaitingPlace.slot_id)).all():
        seats.lock_slots(place.slot_id)
        leave(place, now)


def dissolve(slot_ids: Iterable[int], now: datetime) -> int:
    """These times will not be: whoever waited hears of it, and nothing is proposed there. Returns how many."""
    slot_ids = list(slot_ids)
    proposed = sa.select(Proposal).where(Proposal.slot_id.in_(slot_ids))
    for proposal in db.session.scalars(proposed.order_by(Proposal.slot_id)).all():
        drop_proposal(proposal.booking, now)
    wish = sa.select(WaitingPlace).where(WaitingPlace.slot_id.in_(slot_ids))
    waited = db.session.scalars(wish.order_by(WaitingPlace.slot_id)).all()
    for place in waited:
        seats.lock_slots(place.slot_id)
        _end(place)
        notices.waited_in_vain(place, now)
    return len(waited)


def keep(now: datetime) -> int:
    """What the worker does about all of it; how many rows."""
    due = sa.select(Booking.slot_id).where(Booking.release_at <= now)
    over = sa.select(WaitingPlace.slot_id).where(WaitingPlace.hold_until <= now)
    unanswered = sa.select(Proposal.slot_id).where(Proposal.until <= now)
    waited = sa.select(WaitingPlace.slot_id).where(WaitingPlace.hold_until.is_(None))
    room = waited.join(Slot).where(Slot.seats_taken < Slot.seats, Slot.closed.is_(False))
    closed = sa.select(WaitingPlace.slot_id).join(Slot).where(Slot.closed)
    touched = {slot for wish in (due, over, unanswered, room) for slot in db.session.scalars(wish)}
    gone, late = set(db.session.scalars(closed)), _too_late(now)
    # All at once and in one order: nobody waits for the worker in a ring.
    seats.lock_slots(*touched, *gone, *(place.slot_id for place in late))
    for place in late:
        _end(place)
    done = sum(settle(slot_id, now) for slot_id in sorted(touched))
    return done + dissolve(gone, now) + len(late)


def _too_late(now: datetime) -> list[WaitingPlace]:
    """Lines for times that nobody can book any more: they end without a word."""
    wish = sa.select(WaitingPlace).join(Slot).where(Slot.starts_at <= now + LONGEST_LEAD)
    return [place for place in db.session.scalars(wish) if times.latest(place.slot) <= now]


def _waiting(slot_id: int) -> list[WaitingPlace]:
    wish = sa.select(WaitingPlace).where(
        WaitingPlace.slot_id == slot_id, WaitingPlace.hold_until.is_(None)
    )
    return list(db.session.scalars(wish.order_by(WaitingPlace.id)))


def _end(place: WaitingPlace) -> None:
    if place.hold_until is not None:
        seats.give_back(place.slot_id)
    _forget(place)


def _forget(place: WaitingPlace) -> None:
    notices.no_place(place)
    db.session.delete(place)
    db.session.flush()
