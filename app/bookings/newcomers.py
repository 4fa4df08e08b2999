"""The newcomers' half (booking.md, "fair share"): while an arrival is open, half of each offer's free seats of the
coming seven days, rounded up, are for whoever has just come; a day before its start a time is open to all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.accounts.arrival_rules import open_since
from app.accounts.models import Member
from app.bookings.models import OPEN, Booking, WaitingPlace
from app.db import db
from app.offers.models import Offer, Slot
from app.offers.places import Place, nearest_city
from app.settings import settings

OPEN_TO_ALL = timedelta(hours=24)
KEPT_FOR = timedelta(days=7)
Span = tuple[datetime, datetime]


def kept_from(
    offer: Offer, member_id: int, now: datetime, moving: Booking | None = None
) -> Span | None:
    """Between which moments this member may book nothing of this offer now; None where they may.

    Others than newcomers may take half of what was free since the arrival was opened, rounded down: what
    they have taken since counts. A visit being moved does not.
    """
    opened = open_since(_city_of(offer), now)
    if opened is None or _is_newcomer(member_id, now.date()):
        return None
    span = now + OPEN_TO_ALL, now + KEPT_FOR
    taken = _taken_by_others(offer, span, opened, now.date(), moving)
    return span if taken >= (_free(offer, span) + taken) // 2 else None


def is_kept(slot: Slot, span: Span | None) -> bool:
    """This time lies in the span kept for newcomers."""
    return span is not None and span[0] < slot.starts_at < span[1]


def is_promised(slot: Slot, member_id: int, now: datetime) -> bool:
    """A seat of it is held for this member already: whoever stood in line keeps it."""
    wish = sa.select(WaitingPlace.id).where(
        WaitingPlace.slot_id == slot.id,
        WaitingPlace.member_id == member_id,
        WaitingPlace.hold_until > now,
    )
    return db.session.scalar(wish) is not None


def _is_newcomer(member_id: int, today: date) -> bool:
    until = db.session.scalar(sa.select(Member.new_until).where(Member.id == member_id))
    return until is not None and until >= today


def _free(offer: Offer, span: Span) -> int:
    wish = sa.select(sa.func.sum(Slot.seats - Slot.seats_taken)).where(
        Slot.offer_id == offer.id,
        Slot.closed.is_(False),
        Slot.starts_at > span[0],
        Slot.starts_at < span[1],
    )
    return db.session.scalar(wish) or 0


def _taken_by_others(
    offer: Offer, span: Span, opened: date, today: date, moving: Booking | None
) -> int:
    wish = (
        sa.select(sa.func.count())
        .select_from(Booking)
        .join(Member, Booking.member_id == Member.id)
        .where(Booking.offer_id == offer.id, Booking.state.in_(OPEN), Booking.made_on >= opened)
        .where(Booking.starts_at > span[0], Booking.starts_at < span[1])
        .where(sa.or_(Member.new_until.is_(None), Member.new_until < today))
    )
    if moving is not None:
        wish = wish.where(Booking.id != moving.id)
    return db.session.scalar(wish) or 0


def _city_of(offer: Offer) -> str:
    """The listed city closest to it; "" for an offer without a point."""
    place = offer.location
    if place is None or place.lat is None or place.lon is None:
        return ""
    rounded = Place(round(place.lat, 2), round(place.lon, 2))
    return nearest_city(rounded, settings().cities).id
