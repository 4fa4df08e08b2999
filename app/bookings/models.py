"""Tables of the bookings room. Alias and code are drawn per booking, from nothing that belongs to a member."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, as_text, public_id
from app.offers.models import BigId, Kind, Offer, Provider, Slot


class BookingState(enum.StrEnum):
    """A booking's life. `pending` waits for the business; the last two are told after the visit."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


OPEN = (BookingState.PENDING, BookingState.CONFIRMED)
WENT = (BookingState.ATTENDED, BookingState.NO_SHOW)


class Side(enum.StrEnum):
    """Who cancelled."""

    MEMBER = "member"
    PROVIDER = "provider"


class Booking(Base):
    """A taken seat. `starts_at` and `ends_at` are copies, so that overlaps are decided in one table."""

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("member.id", ondelete="CASCADE"))
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id"), index=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offer.id"), index=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"))
    kind: Mapped[Kind] = mapped_column(as_text(Kind, 12))
    category: Mapped[int] = mapped_column(sa.SmallInteger)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[BookingState] = mapped_column(as_text(BookingState, 10))
    code: Mapped[str] = mapped_column(sa.String(6))
    alias: Mapped[str] = mapped_column(sa.String(60))
    made_on: Mapped[date]
    sequence: Mapped[int] = mapped_column(default=0)  # of its calendar entry (RFC 5545 SEQUENCE)
    cancelled_by: Mapped[Side | None] = mapped_column(as_text(Side, 10))
    # A cancelled seat is kept until `release_at`; null once it went back. `was` is what an undo restores.
    release_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    was: Mapped[BookingState | None] = mapped_column(as_text(BookingState, 10))
    # Booked by a volunteer, with the member's one-time code.
    by_volunteer: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    once: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary(32), unique=True
    )  # a retry finds this booking

    slot: Mapped[Slot] = relationship()
    offer: Mapped[Offer] = relationship()
    provider: Mapped[Provider] = relationship()

    @property
    def is_open(self) -> bool:
        """Ahead or under way: asked for or agreed, and nobody called it off."""
        return self.state in OPEN

    @property
    def code_in_two(self) -> str:
        """482 915: reads the same in every alphabet."""
        return f"{self.code[:3]} {self.code[3:]}"

    __table_args__ = (
        sa.Index("ix_booking_member_starts", "member_id", "starts_at"),
        sa.Index("ix_booking_provider_starts", "provider_id", "starts_at"),
        sa.Index("ix_booking_release", "release_at"),
        sa.CheckConstraint("ends_at > starts_at", name="lasts"),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_by IS NOT NULL)", name="cancelled_by"
        ),
    )


class WaitingPlace(Base):
    """Somebody waits for a full time, or has half an hour to take the seat that became free. Order of `id`.

    `hold_until` set means that a seat is counted as taken for them: it is theirs until then, nobody else's.
    """

    __tablename__ = "waiting_place"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    hold_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    slot: Mapped[Slot] = relationship()

    def held(self, now: datetime) -> bool:
        """A seat is kept for them at `now`; a hold that is over is over, worker or not."""
        return self.hold_until is not None and now < self.hold_until

    __table_args__ = (
        sa.UniqueConstraint("slot_id", "member_id"),
        sa.Index("ix_waiting_place_hold", "hold_until"),
        # Numbers only grow: whoever came later never takes the number of somebody who left.
        {"sqlite_autoincrement": True},
    )


class Proposal(Base):
    """The business would like to receive at another time. Nothing moves before the member says yes; the new
    time is kept for them (`seats_taken` counts it) until `until`."""

    __tablename__ = "proposal"

    booking_id: Mapped[int] = mapped_column(
        sa.ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    slot: Mapped[Slot] = relationship()
    booking: Mapped[Booking] = relationship()


class CalendarFeed(Base):
    """A secret address under which a business's own calendar reads its visits, by alias alone."""

    __tablename__ = "calendar_feed"

    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    made_on: Mapped[date]
