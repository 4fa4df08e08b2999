"""How it goes with the outbox, in numbers: for the operator, and for Prometheus. Nothing here speaks of one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.db import db
from app.notifications.models import (
    IS_DUE,
    IS_LEASED,
    IS_WAITING,
    Delivery,
    DeliveryCount,
    DeliveryState,
    OriginPause,
    Planned,
)


@dataclass(frozen=True)
class Status:
    """What waits and what became of the rest in the last seven days."""

    planned: int
    waiting: int
    under_way: int
    sent: int
    failed: dict[str, int]
    oldest: timedelta | None
    quiet: dict[str, datetime]


def status(now: datetime) -> Status:
    """`planned` notices are not due yet; `waiting` sends are; `oldest` is how late the oldest of them is."""
    return Status(
        planned=_count(sa.select(Planned.id).where(IS_WAITING, Planned.due_at > now)),
        waiting=_count(_waiting(now)) + _count(sa.select(Delivery.id).where(IS_DUE)),
        under_way=_count(sa.select(Delivery.id).where(IS_LEASED)),
        sent=_count(sa.select(Delivery.id).where(Delivery.state == DeliveryState.SENT)),
        failed=_failed(),
        oldest=_oldest(now),
        quiet=_quiet(now),
    )


def _quiet(now: datetime) -> dict[str, datetime]:
    rows = db.session.scalars(sa.select(OriginPause).where(OriginPause.until > now))
    return {row.origin: row.until for row in rows}


def _waiting(now: datetime) -> sa.Select[int]:
    return sa.select(Planned.id).where(IS_WAITING, Planned.due_at <= now)


def _failed() -> dict[str, int]:
    lost = Delivery.state.in_((DeliveryState.FAILED, DeliveryState.GONE))
    wish = sa.select(Delivery.last_status, sa.func.count()).where(lost)
    rows = db.session.execute(wish.group_by(Delivery.last_status).order_by(sa.func.count().desc()))
    return {reason or "?": number for reason, number in rows}


def _oldest(now: datetime) -> timedelta | None:
    firsts = (
        db.session.scalar(sa.select(sa.func.min(Planned.due_at)).where(IS_WAITING)),
        db.session.scalar(sa.select(sa.func.min(Delivery.due_at)).where(IS_DUE)),
    )
    late = [now - first for first in firsts if first and first <= now]
    return max(late, default=None)


def _count(wish: sa.Select[int]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(wish.subquery())) or 0


def count(ended: Iterable[tuple[str, str]]) -> None:
    """Add to the numbers: (outcome, reason) of tries, in the transaction that settles them."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[_dialect()].insert
    # In one order always: two workers that add to the same numbers never wait for each other in a circle.
    for (outcome, reason), number in sorted(Counter(ended).items()):
        row = insert(DeliveryCount).values(outcome=outcome, reason=reason, number=number)
        added = {"number": DeliveryCount.number + row.excluded.number}
        db.session.execute(
            row.on_conflict_do_update(index_elements=["outcome", "reason"], set_=added)
        )


def _dialect() -> str:
    return db.session.get_bind().dialect.name
