"""A business's visits in its own calendar: one secret address, revocable, aliases and nothing else."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.bookings.models import OPEN, WENT, Booking, CalendarFeed
from app.db import db
from app.errors import NotFound
from app.offers.models import Provider
from app.seal import digest

SHOWN_SINCE = timedelta(hours=72)


def make(business: Provider, *, now: datetime) -> str:
    """A new address's secret (160 bits), told once; the one before stops working."""
    token = secrets.token_urlsafe(20)
    revoke(business)
    row = CalendarFeed(provider_id=business.id, token_hash=digest(token), made_on=now.date())
    db.session.add(row)
    return token


def revoke(business: Provider) -> None:
    """The address answers as if it had never been."""
    gone = sa.delete(CalendarFeed).where(CalendarFeed.provider_id == business.id)
    db.session.execute(gone)


def of_business(business: Provider) -> CalendarFeed | None:
    """The address there is, if any: since when, not where."""
    return db.session.get(CalendarFeed, business.id)


def business_of(token: str) -> Provider:
    """Whose visits this address shows. Refused: `NotFound`."""
    wish = sa.select(CalendarFeed.provider_id).where(CalendarFeed.token_hash == digest(token))
    found = db.session.scalar(wish)
    if found is None:
        raise NotFound()
    return db.session.get_one(Provider, found)


def visits(business: Provider, *, now: datetime) -> list[Booking]:
    """Visits ahead and of the last three days, by time."""
    wish = sa.select(Booking).where(
        Booking.provider_id == business.id,
        Booking.ends_at > now - SHOWN_SINCE,
        Booking.state.in_((*OPEN, *WENT)),
    )
    return list(db.session.scalars(wish.order_by(Booking.starts_at)))
