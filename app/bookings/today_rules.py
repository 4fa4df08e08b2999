"""What a business sees of a day: visits by alias and code, from the request to 72 hours after, and free times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import ProviderAccount
from app.bookings import day_rules, times
from app.bookings.models import OPEN, WENT, Booking, BookingState
from app.db import db
from app.errors import NotFound
from app.offers.models import ClosedDay, Offer, Provider, Slot, State

SOON = timedelta(minutes=15)
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Entry:
    """A line of the day: a visit, or free places (`free` of them) at a time."""

    slot: Slot
    booking: Booking | None
    free: int
    now: datetime

    @property
    def can_be_marked(self) -> bool:
        """Came or did not come: from twelve hours before on."""
        booking = self.booking
        return (
            booking is not None
            and booking.state is BookingState.CONFIRMED
            and self.now >= booking.starts_at - day_rules.MARKED_BEFORE
        )

    @property
    def is_due(self) -> bool:
        """Now, or over and not yet marked: its button stands out."""
        return self.can_be_marked and self.now >= self.slot.starts_at - SOON

    @property
    def is_ahead(self) -> bool:
        """A visit that has not begun: closing the day would call it off."""
        return self.booking is not None and self.booking.is_open and self.slot.starts_at > self.now

    @property
    def waits_for_answer(self) -> bool:
        """Somebody asked, and nobody answered yet."""
        return self.booking is not None and self.booking.state is BookingState.PENDING


def business_of(account: ProviderAccount) -> Provider | None:
    """The business this account speaks for, if it has introduced itself."""
    return db.session.scalar(sa.select(Provider).where(Provider.account_id == account.id))


def zone_of(business: Provider) -> str:
    """The zone its day is counted in: that of its newest place."""
    return business.locations[-1].timezone if business.locations else "UTC"


def entries(business: Provider, day: date, now: datetime) -> list[Entry]:
    """The day by time: every visit that may still be seen, and free times that are still ahead."""
    slots = _slots_of(business, day)
    visits = _visits_of([s.id for s in slots], now)
    told: list[Entry] = []
    for slot in slots:
        here = [b for b in visits if b.slot_id == slot.id]
        told += [Entry(slot, b, 0, now) for b in here]
        free = slot.seats - slot.seats_taken
        if free > 0 and not slot.closed and slot.starts_at > now:
            told.append(Entry(slot, None, free, now))
    return told


def asking(business: Provider, now: datetime) -> list[Booking]:
    """Everybody who waits for a yes or no, whatever the day, by time."""
    wish = sa.select(Booking).where(
        Booking.provider_id == business.id, Booking.state == BookingState.PENDING
    )
    return list(db.session.scalars(wish.where(Booking.starts_at > now).order_by(Booking.starts_at)))


def bookable_offers(business: Provider) -> list[Offer]:
    """The offers that take visits now, for the places a business adds to a day."""
    wish = sa.select(Offer).where(Offer.provider_id == business.id, Offer.state == State.APPROVED)
    return list(
        db.session.scalars(wish.where(Offer.information_only.is_(False)).order_by(Offer.id))
    )


def entry_of(booking: Booking, now: datetime) -> Entry:
    """One visit as a line of its day."""
    return Entry(booking.slot, booking, 0, now)


def find(business: Provider, code: str, now: datetime) -> Booking | None:
    """The visit with this code, typed in whatever groups; None if there is none of this business now."""
    digits = "".join(sign for sign in code if sign.isdigit())
    wish = sa.select(Booking).where(Booking.provider_id == business.id, Booking.code == digits)
    found = db.session.scalar(wish.where(Booking.state.in_((*OPEN, *WENT))))
    return found if found is not None and day_rules.visible(found, now) else None


def of_business(business: Provider, now: datetime) -> list[Booking]:
    """Every visit the business may still see, by time."""
    wish = sa.select(Booking).where(
        Booking.provider_id == business.id,
        Booking.ends_at > now - day_rules.SHOWN_AFTER,
        Booking.state.in_((*OPEN, *WENT)),
    )
    return list(db.session.scalars(wish.order_by(Booking.starts_at, Booking.code)))


def closed(business: Provider, day: date) -> bool:
    """The business receives nobody on that day."""
    return db.session.get(ClosedDay, (business.id, day)) is not None


def day_asked(business: Provider, asked: str, now: datetime) -> date:
    """`2026-11-24`, or today where the business is. Refused: `NotFound` for what is no date, or too far away."""
    today = times.day_in(now, zone_of(business))
    try:
        day = date.fromisoformat(asked) if asked else today
    except ValueError:
        raise NotFound() from None
    if abs(day - today) > A_YEAR:
        raise NotFound()
    return day


def _slots_of(business: Provider, day: date) -> list[Slot]:
    zone = ZoneInfo(zone_of(business))
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    wish = (
        sa.select(Slot)
        .join(Offer)
        .where(Offer.provider_id == business.id, Slot.starts_at >= midnight)
        .where(Slot.starts_at < (midnight + timedelta(days=1)))
        .order_by(Slot.starts_at, Slot.id)
        .options(joinedload(Slot.offer))
    )
    return list(db.session.scalars(wish))


def _visits_of(slot_ids: list[int], now: datetime) -> list[Booking]:
    wish = sa.select(Booking).where(Booking.slot_id.in_(slot_ids))
    wish = wish.where(Booking.state.in_((*OPEN, *WENT))).order_by(Booking.starts_at, Booking.code)
    return [b for b in db.session.scalars(wish) if day_rules.visible(b, now)]
