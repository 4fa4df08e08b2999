"""Tables of the notifications room: what a person is told, when it is due, and where it was sent."""

from __future__ import annotations

import enum
import json
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, as_text, public_id
from app.seal import Sealed

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Values = dict[str, str | int]


class PlannedState(enum.StrEnum):
    """`joined`: another row of the same day speaks for this one."""

    WAITING = "waiting"
    FANNED = "fanned"
    JOINED = "joined"
    CALLED_OFF = "called_off"


class DeliveryState(enum.StrEnum):
    """One send to one device. `gone`: the device's push service no longer knows it."""

    DUE = "due"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    GONE = "gone"


class Channel(enum.StrEnum):
    """Where news may go besides the inbox, which always has it."""

    PUSH = "push"
    EMAIL = "email"
    SUMMARY = "summary"  # not a place but a time: once, in the morning


class Notice(Base):
    """An inbox item, the truth. Its values hold what its text needs and nothing else, sealed."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    recipient: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(2))
    kind: Mapped[str] = mapped_column(sa.String(24))
    subject: Mapped[str] = mapped_column(sa.String(60), index=True)
    link: Mapped[str] = mapped_column(sa.String(200))
    values_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    values_text = Sealed("values_sealed")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    planned: Mapped[Planned] = relationship(back_populates="notice")

    __table_args__ = (sa.Index("ix_notice_recipient_made", "recipient", "made_at"),)

    @property
    def values(self) -> Values:
        """What its text is filled with."""
        return cast(Values, json.loads(self.values_text or "{}"))

    @values.setter
    def values(self, values: Values) -> None:
        self.values_text = json.dumps(values, ensure_ascii=False)


class Planned(Base):
    """When a notice is due. Fanned out then, to the devices and addresses that exist then."""

    __tablename__ = "planned"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    notice_id: Mapped[int] = mapped_column(
        sa.ForeignKey("notice.id", ondelete="CASCADE"), unique=True
    )
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[PlannedState] = mapped_column(
        as_text(PlannedState, 10), default=PlannedState.WAITING
    )
    # Rows of one person with the same word here go out as one.
    together: Mapped[str | None] = mapped_column(sa.String(80), index=True)
    joined_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("planned.id", ondelete="SET NULL"), index=True
    )

    notice: Mapped[Notice] = relationship(back_populates="planned")

    __table_args__ = (
        sa.Index(
            "ix_planned_waiting",
            "due_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )


class PushSubscription(Base):
    """A device that lets us reach it. Its address is sealed; logs carry the hash alone."""

    __tablename__ = "push_subscription"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    recipient: Mapped[str] = mapped_column(sa.String(40), index=True)
    endpoint_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    # Endpoint, p256dh and auth as one JSON text: one seal to open for each message.
    address_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    address_text = Sealed("address_sealed")
    language: Mapped[str] = mapped_column(sa.String(2))
    details: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(sa.String(200), server_default="", index=True)
    # Which sign-in it belongs to: ending that one from afar silences this device too.
    session_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), index=True)
    made_on: Mapped[date]
    seen_on: Mapped[date] = mapped_column(index=True)


class Delivery(Base):
    """One send to one device or address."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dedupe: Mapped[str] = mapped_column(sa.String(60), unique=True)  # notice:41:sub:9
    planned_id: Mapped[int] = mapped_column(
        sa.ForeignKey("planned.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[Channel] = mapped_column(as_text(Channel, 8))
    device_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("push_subscription.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[DeliveryState] = mapped_column(
        as_text(DeliveryState, 8), default=DeliveryState.DUE
    )
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_by: Mapped[str | None] = mapped_column(sa.String(22))
    attempts: Mapped[int] = mapped_column(default=0)
    last_status: Mapped[str | None] = mapped_column(sa.String(24))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        sa.Index(
            "ix_delivery_due",
            "due_at",
            sqlite_where=sa.text("state = 'due'"),
            postgresql_where=sa.text("state = 'due'"),
        ),
        sa.Index(
            "ix_delivery_leased",
            "lease_until",
            sqlite_where=sa.text("state = 'leased'"),
            postgresql_where=sa.text("state = 'leased'"),
        ),
    )


class DeliveryCount(Base):
    """How many tries ended how, ever since the beginning: rows of deliveries are forgotten, their number is not."""

    __tablename__ = "delivery_count"

    outcome: Mapped[str] = mapped_column(sa.String(8), primary_key=True)  # "due": tried again later
    reason: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class OriginPause(Base):
    """A push service that asked for quiet: nobody, on any machine, calls it before `until`."""

    __tablename__ = "origin_pause"

    origin: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class Preference(Base):
    """A choice somebody made; where there is no row, the kind's own default holds."""

    __tablename__ = "preference"

    recipient: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    channel: Mapped[Channel] = mapped_column(as_text(Channel, 8), primary_key=True)
    on: Mapped[bool]


class EmailAddress(Base):
    """Where mail to one recipient goes, once its reader has said yes. Sealed; a member has one only by choosing it."""

    __tablename__ = "email_address"

    recipient: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    address_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    address = Sealed("address_sealed")
    language: Mapped[str] = mapped_column(sa.String(2))
    set_on: Mapped[date]
    confirmed_on: Mapped[date | None]
    letters: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # asking for a yes, that day


# Written as words in the statement, so that the indexes of these rows alone are used.
IS_WAITING = Planned.state == sa.literal_column("'waiting'")
IS_DUE = Delivery.state == sa.literal_column("'due'")
IS_LEASED = Delivery.state == sa.literal_column("'leased'")
