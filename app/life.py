"""How long each table lives (safety.md, "Life of data"). A table without a line here is a red build.

What is over is hidden when read, by the rooms themselves; `purge` only makes the file forget it too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.models import DailyKey, Failure, Invitation, Member, ProviderAccount, Session
from app.bookings.models import Booking
from app.db import db
from app.moderation.models import QueueClaim
from app.notifications.models import Notice, OriginPause, Planned, PushSubscription
from app.offers.models import ClosedDay, ScheduleException, Slot

Condition = sa.ColumnElement[bool]


class Life(NamedTuple):
    """How long a row lives, in words for the inventory, and the condition that says it is over."""

    words: str
    over: Callable[[datetime], Condition] | None = None


def _days(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _told_before(now: datetime) -> sa.Select[int]:
    return sa.select(Planned.notice_id).where(Planned.due_at < _days(now, 7))


# Children before their parents: purge deletes in this order.
LIVES: dict[str, Life] = {
    "delivery": Life("with its notice"),
    "planned": Life("with its notice"),
    "notice": Life("7 days after it was due", lambda now: Notice.id.in_(_told_before(now))),
    "push_subscription": Life(
        "30 days after the device was last seen; at once when its push service says it is gone",
        lambda now: PushSubscription.seen_on < _days(now, 30).date(),
    ),
    "origin_pause": Life("until it ends", lambda now: OriginPause.until < now),
    "preference": Life("with its recipient"),
    "email_address": Life("with its recipient, or until taken back"),
    "queue_claim": Life("20 minutes", lambda now: QueueClaim.until < now),
    "booking": Life("7 days after the visit", lambda now: Booking.ends_at < _days(now, 7)),
    "slot": Life("7 days after", lambda now: Slot.ends_at < _days(now, 8)),
    "schedule_exception": Life(
        "7 days after", lambda now: ScheduleException.day < _days(now, 8).date()
    ),
    "closed_day": Life("7 days after", lambda now: ClosedDay.day < _days(now, 8).date()),
    "session": Life(
        "120 days without a visit (members), 30 days (businesses), 8 hours (staff)",
        lambda now: sa.or_(
            Session.expires_on < now.date(), Session.began_at < now - timedelta(hours=8)
        ),
    ),
    "invitation": Life(
        "14 days unused, 14 days used",
        lambda now: sa.or_(
            sa.and_(Invitation.used_on.is_(None), Invitation.expires_on < now.date()),
            Invitation.used_on < _days(now, 14).date(),
        ),
    ),
    "failure": Life("20 minutes", lambda now: Failure.at < now - timedelta(minutes=20)),
    "daily_key": Life("1 day", lambda now: DailyKey.day < _days(now, 1).date()),
    "member": Life(
        "120 days without a visit", lambda now: Member.week_last_seen < _days(now, 127).date()
    ),
    "provider_account": Life(
        "while the business stays; 14 days where the address is never confirmed",
        lambda now: sa.and_(
            ProviderAccount.confirmed_at.is_(None), ProviderAccount.created_at < _days(now, 14)
        ),
    ),
    "moderator": Life("while the volunteer stays"),
    "provider": Life("while the business stays"),
    "location": Life("while the business stays"),
    "offer": Life("while the business stays"),
    "offer_text": Life("with its offer"),
    "offer_change": Life("until it is decided"),
    "schedule": Life("with its offer"),
    "imported_row": Life("while the installation stays; nothing about people"),
    "decision": Life("while the installation stays; it names staff only"),
}


def purge(now: datetime) -> int:
    """Delete everything whose life is over; the number of rows. Call it inside `writing()`."""
    gone = 0
    for name, life in LIVES.items():
        if life.over is not None:
            table = db.metadata.tables[name]
            gone += db.session.execute(sa.delete(table).where(life.over(now))).rowcount  # type: ignore[attr-defined]
    return gone
