"""All visits ahead are called off at once: of an offer that was taken down, of a business that was suspended."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings import change_rules, consent_rules, line, seats
from app.bookings.models import OPEN, Booking, Side
from app.db import db
from app.offers.models import Offer, Provider, Slot


def hold_times(of: Offer | Provider, now: datetime) -> list[int]:
    """Lock every time ahead, before anything is decided: whoever books meanwhile waits, and then finds it hidden."""
    mine = Slot.offer_id == of.id if isinstance(of, Offer) else Offer.provider_id == of.id
    wish = sa.select(Slot.id).join(Offer).where(mine, Slot.ends_at > now)
    ids = list(db.session.scalars(wish))
    seats.lock_slots(*ids)
    return ids


def call_off(slot_ids: list[int], now: datetime) -> int:
    """Everybody who was coming or waiting is told and offered other times; how many visits.

    The times themselves stay: should the offer come back, they can be booked again.
    """
    line.dissolve(slot_ids, now)
    wish = sa.select(Booking).where(Booking.slot_id.in_(slot_ids), Booking.state.in_(OPEN))
    ahead = db.session.scalars(wish.where(Booking.ends_at > now).order_by(Booking.slot_id)).all()
    for booking in ahead:
        change_rules.cancel(booking, Side.PROVIDER, now, closes=False)
    return len(ahead)


def stop(member: Member, subject: str, now: datetime) -> None:
    """No booking any more: the seats go on, the businesses are told as of any cancellation."""
    seats.lock_member(member.id)
    member.stopped_on, member.stopped_for = now.date(), subject
    consent_rules.take_back(member)
    change_rules.free_all(member.id, now)


def let_book(member: Member) -> None:
    """Booking is open again."""
    member.stopped_on = member.stopped_for = None
