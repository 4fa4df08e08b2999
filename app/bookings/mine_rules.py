"""What a member still sees of own bookings: seven days back, then nothing, even where no worker runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.bookings.change_rules import KEPT
from app.bookings.models import OPEN, Booking, BookingState
from app.db import db
from app.notifications.models import EmailAddress, PushSubscription


@dataclass(frozen=True)
class Held:
    """Ahead (or under way), cancelled a moment ago, and over: the newest first."""

    ahead: list[Booking]
    undoable: list[Booking]
    were: list[Booking]


def all_of_member(member_id: int, now: datetime) -> list[Booking]:
    """A member's bookings by time, in whatever state."""
    wish = sa.select(Booking).where(Booking.member_id == member_id, Booking.ends_at > now - KEPT)
    return list(db.session.scalars(wish.order_by(Booking.starts_at, Booking.id)))


def of_member(member_id: int, now: datetime) -> Held:
    """A member's bookings by what can be done with them."""
    rows = all_of_member(member_id, now)
    gone = (BookingState.CANCELLED, BookingState.DECLINED)
    return Held(
        ahead=[b for b in rows if b.state in OPEN and b.ends_at > now],
        undoable=[b for b in rows if b.release_at is not None and b.release_at > now],
        were=[b for b in reversed(rows) if b.ends_at <= now and b.state not in gone],
    )


def is_reached(recipient: str) -> bool:
    """Whether news leave the app at all for this person: then nobody needs to be asked about reminders."""
    by_mail = sa.and_(EmailAddress.recipient == recipient, EmailAddress.confirmed_on.is_not(None))
    ways = (PushSubscription.recipient == recipient, by_mail)
    return any(db.session.scalar(sa.select(sa.exists().where(way))) for way in ways)
