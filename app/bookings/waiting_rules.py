"""Waiting for a time that is full: into the line, out of it, and where one stands."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import line, rules, seats, times
from app.bookings.models import WaitingPlace
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.offers.models import Slot

MOST = 5


class StillFree(Refusal):
    """Nobody needs to wait for a time that can be booked."""

    type = "still-free"
    sentence = _l("This time is free: you can book it now.")


class EnoughLines(Refusal):
    """In line for five times already."""

    type = "enough-lines"
    sentence = _l("You already wait for five times.")
    what_now = _l("Leave one of the lines first; you find them under My bookings.")


def join(slot_id: int, member: Member, *, now: datetime) -> WaitingPlace:
    """To the end of the line for a full time; twice is once. The rules of a booking are asked at once, so that
    nobody waits for what they could not take.

    Refused: `NotFound`, `StillFree`, `EnoughLines`, and what `book` refuses.
    """
    seats.lock_booker(member.id)
    seats.lock_slots(slot_id)
    slot = rules.bookable(slot_id)
    line.settle(slot_id, now)
    place = line.find(slot_id, member.id)
    if place is not None:
        return place
    rules.check(slot, member.id, now=now, instead_of=rules.exchanged(slot, member.id, now))
    if slot.closed:
        raise rules.SlotTaken(slot, rules.free_instead(slot, member.id, now))
    if slot.seats_taken < slot.seats:
        raise StillFree()
    if len(of_member(member.id, now)) >= MOST:
        raise EnoughLines()
    place = WaitingPlace(slot=slot, member_id=member.id)
    db.session.add(place)
    db.session.flush()
    return place


def leave(slot_id: int, member: Member, *, now: datetime) -> None:
    """Out of the line, with one tap and no question; twice is once."""
    seats.lock_member(member.id)
    seats.lock_slots(slot_id)
    place = line.find(slot_id, member.id)
    if place is not None:
        line.leave(place, now)


def of_member(member_id: int, now: datetime) -> list[WaitingPlace]:
    """Where a member stands in line, by time; what is over does not count, even where no worker runs."""
    wish = sa.select(WaitingPlace).join(Slot).where(WaitingPlace.member_id == member_id)
    rows = db.session.scalars(wish.order_by(Slot.starts_at))
    return [place for place in rows if _stands(place, now)]


def _stands(place: WaitingPlace, now: datetime) -> bool:
    waits = place.hold_until is None or place.held(now)
    return waits and now < times.latest(place.slot) and not place.slot.closed
