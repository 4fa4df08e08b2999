"""The outbox: what is due is lent to a worker, sent, and settled.

Called by the worker alone, inside `writing()`. A lease that is not settled ends by itself, and
the send is repeated: a second copy is kinder than a lost one, and its topic replaces the first.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.db import UTCDateTime, db
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
from app.notifications.spreading import IDS, NOW, UNSEEN, delivery_row

LEASE = timedelta(seconds=30)
LOST = {DeliveryState.GONE, DeliveryState.FAILED}
STILL_GOOD = (DeliveryState.DUE, DeliveryState.LEASED, DeliveryState.SENT)
WORKER, UNTIL = sa.bindparam("worker", type_=sa.String), sa.bindparam("until", type_=UTCDateTime)

# Statements of every turn, put together once (see spreading.py).
END_OLD_LEASES = (
    sa.update(Delivery)
    .where(IS_LEASED, Delivery.lease_until <= NOW)
    .values(state=DeliveryState.DUE, lease_by=None)
)
QUIET = sa.select(OriginPause.origin).where(OriginPause.until > NOW)
PAUSED = sa.select(PushSubscription.id).where(
    PushSubscription.origin.in_(sa.bindparam("quiet", expanding=True))
)
LEND = (
    sa.update(Delivery)
    .where(
        Delivery.id.in_(
            sa.select(Delivery.id)
            .where(IS_DUE, Delivery.due_at <= NOW)
            .where(sa.or_(Delivery.device_id.is_(None), Delivery.device_id.not_in(PAUSED)))
            .order_by(Delivery.due_at)
            .limit(sa.bindparam("most", type_=sa.Integer))
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .values(
        state=DeliveryState.LEASED,
        lease_by=WORKER,
        lease_until=UNTIL,
        attempts=Delivery.attempts + 1,
    )
    .returning(Delivery.id)
)
SETTLE = (
    sa.update(Delivery)
    .where(Delivery.id.in_(IDS), Delivery.lease_by == WORKER)
    .values(
        state=sa.bindparam("as"),
        last_status=sa.bindparam("because"),
        due_at=sa.bindparam("again"),
        settled_at=NOW,
        attempts=Delivery.attempts - sa.bindparam("untried", type_=sa.Integer),
        lease_by=None,
        lease_until=None,
    )
)


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
    db.session.execute(END_OLD_LEASES, {"now": now}, execution_options=UNSEEN)
    quiet = list(db.session.scalars(QUIET, {"now": now}))
    if quiet:
        _give_up(now)
    lend = {"worker": worker, "now": now, "until": now + LEASE, "most": limit, "quiet": quiet}
    return list(db.session.scalars(LEND, lend, execution_options=UNSEEN))


def _give_up(now: datetime) -> None:
    """What is over before its push service may be called again goes by mail now, while that still helps."""
    doomed = (
        sa.select(Delivery.id)
        .join(PushSubscription, PushSubscription.id == Delivery.device_id)
        .join(OriginPause, OriginPause.origin == PushSubscription.origin)
        .where(IS_DUE, OriginPause.until > now, OriginPause.until >= Delivery.expires_at)
    )
    ids = list(db.session.scalars(doomed))
    if ids:
        change = sa.update(Delivery).where(Delivery.id.in_(ids))
        ended = {"state": DeliveryState.FAILED, "last_status": "quiet", "settled_at": now}
        db.session.execute(change.values(**ended), execution_options=UNSEEN)
        _carry_on_by_mail(ids, now)


def settle(worker: str, verdicts: list[Verdict], now: datetime) -> None:
    """Write down what became of each send, where the lease is still this worker's."""
    groups = defaultdict[tuple[object, ...], list[Verdict]](list)
    for v in verdicts:
        again = v.due_at if v.state is DeliveryState.DUE else None
        groups[v.state, v.status, v.tried, again].append(v)
    for alike in groups.values():
        _settle_alike(worker, alike, now)
    count((str(v.state), v.status) for v in verdicts if v.tried)
    for origin, until in {v.pause for v in verdicts if v.pause}:
        _pause(origin, until)
    _forget_devices([v.delivery_id for v in verdicts if v.state is DeliveryState.GONE])
    lost = [v.delivery_id for v in verdicts if v.state in LOST]
    if lost:
        _carry_on_by_mail(lost, now)


def _settle_alike(worker: str, alike: list[Verdict], now: datetime) -> None:
    """In one statement what ended alike: nearly always that is everything, sent."""
    ids, one = [verdict.delivery_id for verdict in alike], alike[0]
    ended = {
        "as": one.state,
        "because": one.status,
        "again": one.due_at,
        "untried": int(not one.tried),
    }
    db.session.execute(
        SETTLE, {"ids": ids, "worker": worker, "now": now, **ended}, execution_options=UNSEEN
    )


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
