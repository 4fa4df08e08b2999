"""When a notice is due it is spread: one delivery for each device and address that exists then.

Not when it was promised: most people allow push only after their first booking, and phones change.
Called by the worker alone, inside `writing()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import db
from app.notifications.kinds import KINDS
from app.notifications.models import (
    IS_WAITING,
    Channel,
    Delivery,
    DeliveryState,
    EmailAddress,
    Planned,
    PlannedState,
    Preference,
    PushSubscription,
)

AT_ONCE = 500


def fan_out(now: datetime) -> int:
    """Turn planned rows that are due into deliveries to the devices and addresses of this moment."""
    leaders = db.session.scalars(_leaders_due(now)).all()
    standing = [planned for planned in leaders if planned.expires_at > now]
    for planned in leaders:
        planned.state = PlannedState.FANNED
    _join_the_others([planned for planned in leaders if planned.together])
    rows = list(_deliveries(standing, now))
    if rows:
        db.session.execute(sa.insert(Delivery), rows)
    return len(leaders)


def _leaders_due(now: datetime) -> sa.Select[Planned]:
    """Of rows that go out together only the first is taken, so that two workers never split them."""
    first = aliased(Planned)
    earlier = sa.exists().where(
        first.together == Planned.together,
        first.state == PlannedState.WAITING,
        first.id < Planned.id,
    )
    return (
        sa.select(Planned)
        .join(Planned.notice)
        .options(sa.orm.contains_eager(Planned.notice))
        .where(IS_WAITING, Planned.due_at <= now, ~earlier)
        .order_by(Planned.due_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Planned)
    )


def _join_the_others(leaders: list[Planned]) -> None:
    for leader in leaders:
        db.session.execute(
            sa.update(Planned)
            .where(Planned.together == leader.together, Planned.state == PlannedState.WAITING)
            .where(Planned.id != leader.id)
            .values(state=PlannedState.JOINED, joined_id=leader.id)
        )


def _deliveries(standing: list[Planned], now: datetime) -> Iterable[dict[str, Any]]:
    people = {planned.notice.recipient for planned in standing}
    choices, devices, mailed = _choices(people), _devices(people), _mailed(people)
    for planned in standing:
        who, kind = planned.notice.recipient, planned.notice.kind
        if wants(choices, who, kind, Channel.PUSH):
            for device in devices.get(who, ()):
                yield delivery_row(planned, now, Channel.PUSH, device)
        if who in mailed and wants(choices, who, kind, Channel.EMAIL):
            yield delivery_row(planned, now, Channel.EMAIL)


def delivery_row(
    planned: Planned, now: datetime, channel: Channel, device: int | None = None
) -> dict[str, Any]:
    """One send, named so that it can exist only once."""
    where = f"sub:{device}" if device else "email"
    return {
        "dedupe": f"notice:{planned.notice_id}:{where}",
        "planned_id": planned.id,
        "channel": channel,
        "device_id": device,
        "state": DeliveryState.DUE,
        "due_at": now,
        "expires_at": planned.expires_at,
        "attempts": 0,
    }


Choices = dict[tuple[str, str, Channel], bool]


def _choices(people: set[str]) -> Choices:
    rows = db.session.scalars(sa.select(Preference).where(Preference.recipient.in_(people)))
    return {(row.recipient, row.kind, row.channel): row.on for row in rows}


def wants(choices: Choices, who: str, kind: str, channel: Channel) -> bool:
    """What the person chose, or else the default of the kind for people of this sort."""
    row = KINDS[kind].choices(who.partition(":")[0])
    default = row.push if channel is Channel.PUSH else row.email
    return choices.get((who, kind, channel), default)


def _devices(people: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    wish = sa.select(PushSubscription.recipient, PushSubscription.id)
    for who, device in db.session.execute(wish.where(PushSubscription.recipient.in_(people))):
        found.setdefault(who, []).append(device)
    return found


def _mailed(people: set[str]) -> set[str]:
    wish = sa.select(EmailAddress.recipient).where(EmailAddress.recipient.in_(people))
    wish = wish.where(EmailAddress.confirmed_on.is_not(None))
    return set(db.session.scalars(wish))
