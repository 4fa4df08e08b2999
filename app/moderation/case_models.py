"""Tables of what people tell the moderators of each other, and of decisions they object to."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, as_text, public_id, random_key
from app.offers.models import BigId, Offer, Provider
from app.seal import Sealed


class Reason(enum.StrEnum):
    """What a member tells of an offer."""

    PAPERS = "papers"
    MONEY = "money"
    UNTRUE = "untrue"
    NOBODY = "nobody"
    UNSAFE = "unsafe"
    OTHER = "other"


class VisitReason(enum.StrEnum):
    """What a business tells of a visit."""

    THREAT = "threat"
    HARM = "harm"
    ASKED = "asked"
    OTHER = "other"


class Report(Base):
    """A member tells of an offer. Who told is shown to nobody; own words are sealed; erased with the member.

    `trusted`: counts towards hiding. `been`: the business itself says that this member was there.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    offer_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("offer.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[Reason] = mapped_column(as_text(Reason, 10))
    words_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    words = Sealed("words_sealed")
    trusted: Mapped[bool]
    been: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ruled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    upheld: Mapped[bool | None]

    offer: Mapped[Offer] = relationship()

    __table_args__ = (sa.UniqueConstraint("offer_id", "member_id"),)


class VisitReport(Base):
    """A business tells of a visit, which it knows by its code. The member behind it is shown to nobody.

    `visit` is a sealed copy of what the business saw of it, so that the booking itself can be forgotten in time.
    """

    __tablename__ = "visit_report"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    booking_id: Mapped[int | None] = mapped_column(
        BigId, sa.ForeignKey("booking.id", ondelete="SET NULL"), unique=True
    )
    member_id: Mapped[int] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True
    )
    visit_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    visit = Sealed("visit_sealed")
    reason: Mapped[VisitReason] = mapped_column(as_text(VisitReason, 10))
    words_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    words = Sealed("words_sealed")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ruled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped: Mapped[bool | None]
    # Why it was ruled so, in a moderator's words; here, as the log is kept for ever.
    why_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    why = Sealed("why_sealed")

    provider: Mapped[Provider] = relationship()


class Appeal(Base):
    """An objection to a decision, or words about an offer that is hidden before anybody has decided.

    By a business (`provider_id`) or a member (`member_id`), once for each decision.
    """

    __tablename__ = "appeal"

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    subject: Mapped[str] = mapped_column(sa.String(40), index=True)
    member_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    provider_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("provider.id", ondelete="CASCADE"), index=True
    )
    decision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("decision.id"), unique=True)
    words_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    words = Sealed("words_sealed")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ruled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    granted: Mapped[bool | None]
    # Of a member's objection only; what businesses are told is in the log.
    why_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    why = Sealed("why_sealed")
