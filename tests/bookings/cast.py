"""The people and places of the bookings tests. Monday 23 November 2026, ten in the morning in Warsaw."""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Member, ProviderAccount
from app.bookings.models import Booking, BookingState, Proposal, WaitingPlace
from app.db import db, writing
from app.offers.models import Category, Kind, Location, Offer, OfferText, Provider, Slot, State

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def new_member(language: str = "en") -> Member:
    """Somebody with a card, nobody in particular."""
    member = Member(
        alias="Lipa Recka",
        language=language,
        city="warsaw",
        month_created=date(2026, 11, 1),
        week_last_seen=date(2026, 11, 23),
    )
    with writing() as session:
        session.add(member)
    return member


def new_provider(name: str = "Studio Lipa", language: str = "pl") -> Provider:
    """An approved business with one place in Warsaw."""
    account = ProviderAccount(
        email_lookup=name.encode().ljust(32)[:32],
        email_sealed=b"",
        password_hash="-",
        language=language,
        confirmed_at=NOW - 30 * DAY,
        created_at=NOW - 30 * DAY,
    )
    provider = Provider(
        name=name, about="hair", state=State.APPROVED, account=account, created_at=NOW - 30 * DAY
    )
    provider.locations = [
        Location(
            address="ul. Lipowa 7",
            city="Warszawa",
            country="PL",
            lat=52.2341,
            lon=20.9812,
            timezone="Europe/Warsaw",
        )
    ]
    with writing() as session:
        session.add(provider)
    return provider


def new_offer(
    provider: Provider, title: str = "Haircut", category: int = Category.HAIR, **also
) -> Offer:
    """A published offer, 45 minutes, two hours' notice."""
    given = {"kind": Kind.APPOINTMENT, "state": State.APPROVED, "created_at": NOW, "minutes": 45}
    offer = Offer(
        provider=provider,
        location=provider.locations[0],
        category=int(category),
        published_at=NOW,
        meets="Hanna",
        languages=5,
        facts=17,
        **(given | also),
    )
    offer.texts = [OfferText(language="en", position=0, title=title, description="A calm hour.")]
    with writing() as session:
        session.add(offer)
    return offer


def new_slot(offer: Offer, starts: datetime, minutes: int | None = None, seats: int = 1) -> Slot:
    """A time of this offer."""
    lasts = timedelta(minutes=offer.minutes if minutes is None else minutes)
    slot = Slot(offer=offer, starts_at=starts, ends_at=starts + lasts, seats=seats, seats_taken=0)
    with writing() as session:
        session.add(slot)
    return slot


def seats_held(slot: Slot) -> int:
    """How many bookings and people in line hold a seat of this time, counted from them."""
    holds = sa.or_(
        Booking.state.not_in((BookingState.CANCELLED, BookingState.DECLINED)),
        Booking.release_at.is_not(None),
    )
    wish = sa.select(sa.func.count()).where(Booking.slot_id == slot.id, holds)
    waits = sa.select(sa.func.count()).where(
        WaitingPlace.slot_id == slot.id, WaitingPlace.hold_until.is_not(None)
    )
    proposed = sa.select(sa.func.count()).where(Proposal.slot_id == slot.id)
    return sum(db.session.scalar(count) or 0 for count in (wish, waits, proposed))


def taken(slot: Slot) -> int:
    """What the time itself says it has given away."""
    return db.session.scalar(sa.select(Slot.seats_taken).where(Slot.id == slot.id)) or 0
