"""Tables around a visit: ready phrases, a thank-you, a code of consent, and counts by month."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models import Booking, Side
from app.db import Base, UTCDateTime, as_text, public_id
from app.offers.models import BigId
from app.seal import Sealed


class BookingWord(Base):
    """A ready phrase said about a visit, by either side. Sealed; gone with the booking."""

    __tablename__ = "booking_word"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    booking_id: Mapped[int] = mapped_column(
        sa.ForeignKey("booking.id", ondelete="CASCADE"), index=True
    )
    side: Mapped[Side] = mapped_column(as_text(Side, 10))
    said_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    said = Sealed("said_sealed")  # "door|1234": which phrase, and what it carries
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ThanksState(enum.StrEnum):
    """A ready-made one is passed on at once; own words wait for a reader."""

    WAITING = "waiting"
    PASSED_ON = "passed_on"
    HELD_BACK = "held_back"


class Thanks(Base):
    """One thank-you for a visit, ready-made or in own words. Sealed; gone with the booking."""

    __tablename__ = "thanks"

    booking_id: Mapped[int] = mapped_column(
        sa.ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    ready: Mapped[str] = mapped_column(sa.String(12), default="")  # which ready-made one; or empty
    words_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    words = Sealed("words_sealed")
    state: Mapped[ThanksState] = mapped_column(as_text(ThanksState, 10), index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    booking: Mapped[Booking] = relationship()


class ConsentCode(Base):
    """A member lets a volunteer book once for them. Short-lived, single use, only its keyed hash is kept."""

    __tablename__ = "consent_code"

    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class VisitCount(Base):
    """What a business gave in a month. Numbers only: nothing here speaks of a person or a day."""

    __tablename__ = "visit_count"

    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    came: Mapped[int] = mapped_column(default=0)
    did_not_come: Mapped[int] = mapped_column(default=0)
    thanks: Mapped[int] = mapped_column(default=0)
