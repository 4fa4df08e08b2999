"""The outbox: what is due is lent to a worker, sent, and settled.

Called by the worker alone, inside `writing()`. A lease that is not settled ends by itself, and
the send is repeated: a second copy is kinder than a lost one, and its topic replaces the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from app.db import db
from app.notifications.counting import count
from app.notifications.models import (
    IS_DUE,
    IS_LEASED,
    IS_WAITING,
    Channel,
    Delivery,
    DeliveryState,
    EmailAddress,
    Notice,
    OriginPause,
    Planned,
    PlannedState,
    Preference,
    PushSubscription,
)
from app.notifications.spreading import delivery_row

LEASE = timedelta(seconds=30)
LOST = {DeliveryState.GONE, DeliveryState.FAILED}
STILL_GOOD = (DeliveryState.DUE, DeliveryState.LEASED, DeliveryState.SENT)


@dataclass(frozen=True)
class Verdict:
    """What became of one try: the new state, why, when to try again, and what to remember."""

    delivery_id: int
    state: DeliveryState
    status: str
    due_at: datetime
    tried: bool = True
    pause: tuple[str, datetime] | None = None
    refused_by: str = ""


def has_work(now: datetime) -> bool:
    """A quick look that takes no lock: is anything due, or a lease over?"""
    lying = [
        sa.select(Planned.id).where(IS_WAITING, Planned.due_at <= now),
        sa.select(Delivery.id).where(IS_DUE, Delivery.due_at <= now),
        sa.select(Delivery.id).where(IS_LEASED, Delivery.lease_until <= now),
    ]
    return any(db.session.execute(wish.limit(1)).first() for wish in lying)


def claim(worker: str, now: datetime, limit: int) -> list[int]:
    """Lend at most `limit` due deliveries to this worker, for `LEASE`; their ids."""
    _end_old_leases(now)
    wish = sa.select(Delivery.id).where(IS_DUE, Delivery.due_at <= now)
    quiet = _quiet_origins(now)
    if quiet:
        paused = sa.select(PushSubscription.id).where(PushSubscription.origin.in_(quiet))
        wish = wish.where(sa.or_(Delivery.device_id.is_(None), Delivery.device_id.not_in(paused)))
    picked = wish.order_by(Delivery.due_at).limit(limit).with_for_update(skip_locked=True)
    lend = (
        sa.update(Delivery)
        .where(Delivery.id.in_(picked.scalar_subquery()))
        .values(
            state=DeliveryState.LEASED,
            lease_by=worker,
            lease_until=now + LEASE,
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(lend))


def _quiet_origins(now: datetime) -> list[str]:
    return list(db.session.scalars(sa.select(OriginPause.origin).where(OriginPause.until > now)))


def _end_old_leases(now: datetime) -> None:
    over = sa.update(Delivery).where(IS_LEASED, Delivery.lease_until <= now)
    db.session.execute(over.values(state=DeliveryState.DUE, lease_by=None))


def settle(worker: str, verdicts: list[Verdict], now: datetime) -> None:
    """Write down what became of each send, where the lease is still this worker's."""
    table = cast(sa.Table, Delivery.__table__)
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("the_id"), table.c.lease_by == worker)
        .values(
            state=sa.bindparam("state"),
            last_status=sa.bindparam("status"),
            due_at=sa.bindparam("due"),
            settled_at=now,
            attempts=table.c.attempts - sa.bindparam("untried"),
            lease_by=None,
            lease_until=None,
        )
    )
    db.session.connection().execute(change, [_as_row(verdict) for verdict in verdicts])
    count((str(v.state), v.status) for v in verdicts if v.tried)
    for origin, until in {v.pause for v in verdicts if v.pause}:
        _pause(origin, until)
    _forget_devices([v.delivery_id for v in verdicts if v.state is DeliveryState.GONE])
    lost = [v.delivery_id for v in verdicts if v.state in LOST]
    if lost:
        _carry_on_by_mail(lost, now)


def _as_row(verdict: Verdict) -> dict[str, object]:
    return {
        "the_id": verdict.delivery_id,
        "state": verdict.state,
        "status": verdict.status,
        "due": verdict.due_at,
        "untried": int(not verdict.tried),
    }


def _pause(origin: str, until: datetime) -> None:
    kept = db.session.get(OriginPause, origin)
    if kept is None:
        db.session.add(OriginPause(origin=origin, until=until))
    else:
        kept.until = max(kept.until, until)


def _forget_devices(deliveries: list[int]) -> None:
    """Their push service does not know them any more: one request, and never again."""
    if deliveries:
        gone = sa.select(Delivery.device_id).where(Delivery.id.in_(deliveries))
        db.session.execute(sa.delete(PushSubscription).where(PushSubscription.id.in_(gone)))


def _carry_on_by_mail(deliveries: list[int], now: datetime) -> None:
    """Where no push of a notice arrived and none is under way, a letter goes, if there is an address."""
    another = sa.exists().where(
        Delivery.planned_id == Planned.id,
        sa.or_(Delivery.state.in_(STILL_GOOD), Delivery.channel == Channel.EMAIL),
    )
    unwanted = sa.exists().where(
        Preference.recipient == Notice.recipient,
        Preference.kind == Notice.kind,
        Preference.channel == Channel.EMAIL,
        Preference.on.is_(False),
    )
    lost = sa.select(Delivery.planned_id).where(Delivery.id.in_(deliveries))
    wish = (
        sa.select(Planned)
        .join(Planned.notice)
        .join(EmailAddress, EmailAddress.recipient == Notice.recipient)
        .where(Planned.id.in_(lost), Planned.state == PlannedState.FANNED)
        .where(Planned.expires_at > now, ~another, ~unwanted)
        .where(EmailAddress.confirmed_on.is_not(None))
    )
    for planned in db.session.scalars(wish).all():
        db.session.add(Delivery(**delivery_row(planned, now, Channel.EMAIL)))
