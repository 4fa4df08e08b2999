"""Tables of the offers room. Times are UTC; hours of a week are wall-clock minutes in the location's zone."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import ProviderAccount
from app.db import Base, UTCDateTime, as_text, public_id
from app.offers.indexes import published, still_free
from app.offers.words import Category, Fact, Kind, State, Tongue

__all__ = ["Category", "Fact", "Kind", "State", "Tongue"]

# SQLite numbers rows by itself only for INTEGER; PostgreSQL gets a real BIGINT.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Provider(Base):
    """A business, practice or neighbour who gives. Invisible until approved."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("provider_account.id"), unique=True
    )
    name: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[State] = mapped_column(as_text(State, 10), default=State.PENDING)
    public: Mapped[bool] = mapped_column(default=False)  # opted in to be seen by the world
    source_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The reviewer's words to the business, until it sends its entry again.
    review_note: Mapped[str] = mapped_column(sa.String(1200), default="", server_default="")

    account: Mapped[ProviderAccount | None] = relationship()
    locations: Mapped[list[Location]] = relationship(
        back_populates="provider", order_by="Location.id"
    )


class Location(Base):
    """Where. Without a pin (`lat`, `lon` null) nothing here can be found nearby."""

    __tablename__ = "location"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str] = mapped_column(sa.String(200))
    city: Mapped[str] = mapped_column(sa.String(80))
    postal_code: Mapped[str] = mapped_column(sa.String(20), default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    entrance: Mapped[str] = mapped_column(sa.String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(sa.String(40))
    step_free: Mapped[bool] = mapped_column(default=False)
    source_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)

    provider: Mapped[Provider] = relationship(back_populates="locations")


class Offer(Base):
    """What is given, as published. A change to a published one waits as an `OfferChange` meanwhile."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("location.id"), index=True)
    kind: Mapped[Kind] = mapped_column(as_text(Kind, 12), default=Kind.APPOINTMENT)
    category: Mapped[int] = mapped_column(sa.SmallInteger)
    price_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(sa.String(3), default="PLN")
    minutes: Mapped[int] = mapped_column(default=45)
    gap_minutes: Mapped[int] = mapped_column(default=0)
    lead_minutes: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(sa.SmallInteger, default=28, server_default="28")
    seats: Mapped[int] = mapped_column(default=1)
    # A gift that is brought to the desk of the hotel, instead of being picked up at the place.
    at_desk: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    ask_first: Mapped[bool] = mapped_column(default=False)
    information_only: Mapped[bool] = mapped_column(default=False)
    meets: Mapped[str] = mapped_column(
        sa.String(80), default=""
    )  # who will meet you, as they wish to be called
    languages: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    facts: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    state: Mapped[State] = mapped_column(as_text(State, 10), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    source_id: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The reviewer's words to the business, until it sends the offer again.
    review_note: Mapped[str] = mapped_column(sa.String(1200), default="")
    slots_kept_on: Mapped[date | None]  # the day its times were last written ahead
    # "Is all this still true?": the day of the last yes, how often asked since, and when last.
    true_on: Mapped[date | None]
    asked: Mapped[int] = mapped_column(sa.SmallInteger, default=0, server_default="0")
    asked_on: Mapped[date | None]

    # For the nearby page alone, kept by nearby.locate() and mark_days(); see booking.md.
    h: Mapped[int | None] = mapped_column(sa.BigInteger)
    ex: Mapped[int | None] = mapped_column(sa.BigInteger)
    ey: Mapped[int | None] = mapped_column(sa.BigInteger)
    ez: Mapped[int | None] = mapped_column(sa.BigInteger)
    days: Mapped[int] = mapped_column(sa.BigInteger, default=0)

    provider: Mapped[Provider] = relationship()
    location: Mapped[Location | None] = relationship()
    texts: Mapped[list[OfferText]] = relationship(
        back_populates="offer", cascade="all, delete-orphan", order_by="OfferText.position"
    )
    change: Mapped[OfferChange | None] = relationship(cascade="all, delete-orphan")
    schedule: Mapped[list[Schedule]] = relationship(
        cascade="all, delete-orphan", order_by="(Schedule.byday, Schedule.opens)"
    )
    exceptions: Mapped[list[ScheduleException]] = relationship(
        cascade="all, delete-orphan", order_by="(ScheduleException.day, ScheduleException.opens)"
    )

    # What the nearby page asks for stands in the index itself: no row is read to reject another.
    __table_args__ = (
        published("ix_offer_near", "h", "category"),
        published("ix_offer_category_near", "category", "h"),
    )


class OfferText(Base):
    """An offer's words in one language; position 0 is the language the business wrote first."""

    __tablename__ = "offer_text"

    offer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(sa.String(2), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(1000), default="")

    offer: Mapped[Offer] = relationship(back_populates="texts")


class OfferChange(Base):
    """What the business wants a published offer to become: waits for review, the published one stays up."""

    __tablename__ = "offer_change"

    offer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True
    )
    wanted: Mapped[dict[str, object]] = mapped_column(sa.JSON)
    submitted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(
        sa.String(1200), default=""
    )  # asked to fix: the reviewer's words


class Schedule(Base):
    """One window of a week: RFC 5545 FREQ=WEEKLY;BYDAY, wall-clock minutes of the day in the location's zone."""

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id", ondelete="CASCADE"), index=True)
    byday: Mapped[int] = mapped_column(sa.SmallInteger)  # 0 is Monday, as in datetime.weekday()
    opens: Mapped[int] = mapped_column(sa.SmallInteger)
    closes: Mapped[int] = mapped_column(sa.SmallInteger)
    dtstart: Mapped[date]
    until: Mapped[date | None]

    __table_args__ = (
        sa.CheckConstraint("byday BETWEEN 0 AND 6", name="byday"),
        sa.CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="window"),
    )


class ScheduleException(Base):
    """One day that differs from the week: without hours the week's windows are off (RFC 5545 EXDATE),
    with hours there is one more window (RDATE). Both together are other hours on that day."""

    __tablename__ = "schedule_exception"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id", ondelete="CASCADE"))
    day: Mapped[date]
    opens: Mapped[int | None] = mapped_column(sa.SmallInteger)
    closes: Mapped[int | None] = mapped_column(sa.SmallInteger)

    __table_args__ = (
        sa.Index("ix_schedule_exception_offer_day", "offer_id", "day"),
        sa.CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both"),
        sa.CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="window"),
    )


class ClosedDay(Base):
    """A day on which a business receives nobody."""

    __tablename__ = "closed_day"

    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)


class Slot(Base):
    """A bookable time. The database itself never lets it hold more than its seats.

    `closed`: the schedule no longer has this time. Nobody new can book it; who has a seat keeps it."""

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seats: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    seats_taken: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    closed: Mapped[bool] = mapped_column(default=False)
    # The business said that it cannot receive then: whatever the hours are, nobody new can book it.
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Booked outside of the hours, and the business said that it stays: not asked about again.
    kept: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    offer: Mapped[Offer] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("offer_id", "starts_at"),
        still_free("ix_slot_free", "starts_at", "offer_id"),
        sa.CheckConstraint("seats_taken >= 0 AND seats_taken <= seats", name="seats"),
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
    )
