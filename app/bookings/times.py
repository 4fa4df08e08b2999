"""Free times: the next ones of an offer, by day for a page, and the nearest of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.bookings.models import OPEN, Booking, Proposal, WaitingPlace
from app.db import db
from app.offers.models import Kind, Location, Offer, Provider, Slot, State

ANSWER_BEFORE = timedelta(hours=1)


@dataclass(frozen=True)
class Day:
    """A day that has free times, in the zone of the place."""

    day: date
    slots: tuple[Slot, ...]


def _released() -> sa.ScalarSelect[int]:
    """Kept seats whose time is over count as free, even where no worker runs."""
    return _count(Booking.slot_id == Slot.id, Booking.release_at <= sa.bindparam("now"))


def _count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    wish = sa.select(sa.func.count()).where(*conditions)
    return wish.correlate(Slot).scalar_subquery()


def _unanswered() -> sa.ScalarSelect[int]:
    """Seats of proposals that are over."""
    return _count(Proposal.slot_id == Slot.id, Proposal.until <= sa.bindparam("now"))


def _spoken_for() -> sa.ScalarSelect[int]:
    """Seats that go to people who wait, less the holds that are over."""
    over = sa.case(
        (WaitingPlace.hold_until.is_(None), 1),
        (WaitingPlace.hold_until <= sa.bindparam("now"), -1),
        else_=0,
    )
    return (
        sa.select(sa.func.coalesce(sa.func.sum(over), 0))
        .where(WaitingPlace.slot_id == Slot.id)
        .correlate(Slot)
        .scalar_subquery()
    )


_FREE = (
    Slot.closed.is_(False),
    Slot.seats_taken - _released() - _unanswered() + _spoken_for() < Slot.seats,
)
_OF_OFFER = (
    sa.select(Slot)
    .where(Slot.offer_id == sa.bindparam("offer"), Slot.ends_at > sa.bindparam("now"))
    .where(
        sa.or_(Slot.starts_at >= sa.bindparam("earliest"), sa.bindparam("gift", type_=sa.Boolean))
    )
    .where(*_FREE)
    .order_by(Slot.starts_at)
    .limit(sa.bindparam("most"))
)


def next_free(offer: Offer, after: datetime, n: int, *, now: datetime) -> list[Slot]:
    """The next `n` times of `offer` that can be booked at `now`, from `after` on; exact, never a guess.

    Its lead time counts, except for gifts, which are picked up all day.
    """
    gift = offer.kind is Kind.GIFT and after <= now
    earliest = max(after, now + timedelta(minutes=offer.lead_minutes))
    given = {"offer": offer.id, "now": now, "earliest": earliest, "most": n, "gift": gift}
    return list(db.session.scalars(_OF_OFFER, given))


def latest(slot: Slot) -> datetime:
    """Until when a time can be booked: its lead time before; a gift while it can be picked up."""
    if slot.offer.kind is Kind.GIFT:
        return slot.ends_at
    return slot.starts_at - timedelta(minutes=slot.offer.lead_minutes)


def answer_by(booking: Booking) -> datetime:
    """An hour before the visit; where people may book at shorter notice, half of that notice."""
    notice = timedelta(minutes=booking.offer.lead_minutes)
    return booking.starts_at - min(ANSWER_BEFORE, notice / 2)


def is_published(offer: Offer) -> bool:
    """Approved, by an approved business."""
    return offer.state is State.APPROVED and offer.provider.state is State.APPROVED


def may_be_booked(offer: Offer) -> bool:
    """Published, and more than information."""
    return is_published(offer) and not offer.information_only


def full(offer: Offer, n: int, *, now: datetime) -> list[Slot]:
    """The next `n` times of `offer` that nobody new can have, though the hours still have them."""
    last = now + (
        timedelta(0) if offer.kind is Kind.GIFT else timedelta(minutes=offer.lead_minutes)
    )
    wish = (
        sa.select(Slot)
        .where(Slot.offer_id == offer.id, Slot.closed.is_(False), sa.not_(_FREE[1]))
        .where((Slot.ends_at if offer.kind is Kind.GIFT else Slot.starts_at) >= last)
        .order_by(Slot.starts_at)
        .limit(n)
    )
    return list(db.session.scalars(wish, {"now": now}))


def overlaps(slot: Slot, booking: Booking) -> bool:
    """True where one person cannot be at both. A gift is picked up at any hour of its day and blocks nothing."""
    return (
        booking.kind is not Kind.GIFT
        and booking.starts_at < slot.ends_at
        and slot.starts_at < booking.ends_at
    )


def open_bookings(member_id: int, now: datetime) -> list[Booking]:
    """What a member has ahead or under way, by time."""
    return list(
        db.session.scalars(
            sa.select(Booking)
            .where(Booking.member_id == member_id, Booking.state.in_(OPEN), Booking.ends_at > now)
            .order_by(Booking.starts_at)
        )
    )


def by_day(slots: list[Slot], zone: str) -> list[Day]:
    """Times put under their days."""
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(day_in(slot.starts_at, zone), []).append(slot)
    return [Day(day, tuple(times)) for day, times in days.items()]


def day_in(moment: datetime, zone: str) -> date:
    """The day a moment falls on in this zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def zone_of(offer: Offer) -> str:
    """The zone the place lives in; an offer without a place speaks UTC."""
    return offer.location.timezone if offer.location is not None else "UTC"


def same_kind(
    offer: Offer, after: datetime, n: int, *, now: datetime, not_on: date | None = None
) -> list[Slot]:
    """The nearest `n` times of the same category in the same city, this offer's own among them.

    `not_on` leaves out a day of this offer's own business: it has just closed it.
    """
    zone, city = zone_of(offer), offer.location.city if offer.location is not None else None
    found = soonest(offer.category, n * 12 + 24, now=now, after=after, city=city)

    def fits(slot: Slot) -> bool:
        closed = slot.offer.provider_id == offer.provider_id
        return not (closed and day_in(slot.starts_at, zone) == not_on)

    return [slot for slot in found if fits(slot)][:n]


def soonest(
    category: int, n: int, *, now: datetime, after: datetime | None = None, city: str | None = None
) -> list[Slot]:
    """The next times of any offer of one kind of help, heeding each one's lead time; in one city, or in all."""
    wish = (
        sa.select(Slot)
        .join(Offer, Slot.offer_id == Offer.id)
        .join(Provider, Offer.provider_id == Provider.id)
        .outerjoin(Location, Offer.location_id == Location.id)
        .where(Offer.category == int(category), Offer.state == State.APPROVED)
        .where(Provider.state == State.APPROVED, Offer.information_only.is_(False))
        .where(Slot.starts_at >= max(after or now, now), *_FREE)
        .order_by(Slot.starts_at, Slot.id)
        .limit(n)
        .options(joinedload(Slot.offer))
    )
    if city is not None:
        wish = wish.where(Location.city == city)
    found = db.session.scalars(wish, {"now": now}).all()
    return [s for s in found if s.starts_at >= now + timedelta(minutes=s.offer.lead_minutes)]


def as_data(slot: Slot) -> dict[str, Any]:
    """A time in the shape of interchange.md: ids are opaque strings, times RFC 3339 in UTC."""
    return {
        "id": str(slot.id),
        "offer": str(slot.offer_id),
        "starts_at": rfc3339(slot.starts_at),
        "ends_at": rfc3339(slot.ends_at),
        "seats_left": max(0, slot.seats - slot.seats_taken),
    }


def rfc3339(moment: datetime) -> str:
    """2026-11-24T09:15:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
