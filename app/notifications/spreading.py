"""When a notice is due it is spread: one delivery for each device and address that exists then.

Not when it was promised: most people allow push only after their first booking, and phones change.
Called by the worker alone, inside `writing()`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.db import UTCDateTime, db
from app.notifications.kinds import KINDS
from app.notifications.models import (
    IS_WAITING,
    Channel,
    Delivery,
    DeliveryState,
    EmailAddress,
    Notice,
    Planned,
    PlannedState,
    Preference,
    PushSubscription,
)

AT_ONCE = 200
TABLE = cast(sa.Table, Delivery.__table__)
UNSEEN = {"synchronize_session": False}  # no row of it is in the worker's hands
NOW, IDS = (
    sa.bindparam("now", type_=UTCDateTime),
    sa.bindparam("ids", expanding=True, type_=sa.BigInteger),
)
PEOPLE = sa.bindparam("people", expanding=True, type_=sa.String)

# Statements of every turn are put together once: that costs more than running them.
FIRST = aliased(Planned)
EARLIER = sa.exists().where(
    FIRST.together == Planned.together,
    FIRST.state == PlannedState.WAITING,
    FIRST.id < Planned.id,
)
# Of rows that go out together only the first is taken, so that two workers never split them.
LEADERS_DUE = (
    sa.select(
        *(Planned.id, Planned.notice_id, Planned.expires_at, Planned.together),
        *(Notice.recipient, Notice.kind),
    )
    .join(Planned.notice)
    .where(IS_WAITING, Planned.due_at <= NOW, ~EARLIER)
    .order_by(Planned.due_at)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True, of=Planned)
)
CHOSEN = sa.select(Preference.recipient, Preference.kind, Preference.channel, Preference.on).where(
    Preference.recipient.in_(PEOPLE)
)
DEVICES = sa.select(PushSubscription.recipient, PushSubscription.id).where(
    PushSubscription.recipient.in_(PEOPLE)
)
MAILED = sa.select(EmailAddress.recipient).where(
    EmailAddress.recipient.in_(PEOPLE), EmailAddress.confirmed_on.is_not(None)
)
FAN = sa.update(Planned).where(Planned.id.in_(IDS)).values(state=PlannedState.FANNED)


def fan_out(now: datetime) -> int:
    """Turn planned rows that are due into deliveries to the devices and addresses of this moment."""
    leaders = db.session.execute(LEADERS_DUE, {"now": now}).all()
    if not leaders:
        return 0
    ids = [planned.id for planned in leaders]
    db.session.execute(FAN, {"ids": ids}, execution_options=UNSEEN)
    _join_the_others([planned for planned in leaders if planned.together])
    rows = list(_deliveries([planned for planned in leaders if planned.expires_at > now], now))
    if rows:
        db.session.execute(sa.insert(TABLE), rows)
    return len(leaders)


def _join_the_others(leaders: list[sa.Row[*tuple[Any, ...]]]) -> None:
    for leader in leaders:
        db.session.execute(
            sa.update(Planned)
            .where(Planned.together == leader.together, Planned.state == PlannedState.WAITING)
            .where(Planned.id != leader.id)
            .values(state=PlannedState.JOINED, joined_id=leader.id),
            execution_options=UNSEEN,
        )


def _deliveries(
    standing: list[sa.Row[*tuple[Any, ...]]], now: datetime
) -> Iterable[dict[str, Any]]:
    people = list({planned.recipient for planned in standing})
    choices, devices, mailed = _choices(people), _devices(people), _mailed(people)
    for planned in standing:
        who, kind = planned.recipient, planned.kind
        if wants(choices, who, kind, Channel.PUSH):
            for device in devices.get(who, ()):
                yield delivery_row(planned, now, Channel.PUSH, device)
        if who in mailed and wants(choices, who, kind, Channel.EMAIL):
            yield delivery_row(planned, now, Channel.EMAIL)


def delivery_row(
    planned: Planned | sa.Row[*tuple[Any, ...]],
    now: datetime,
    channel: Channel,
    device: int | None = None,
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


def _choices(people: list[str]) -> Choices:
    rows = db.session.execute(CHOSEN, {"people": people})
    return {(who, kind, channel): on for who, kind, channel, on in rows}


def wants(choices: Choices, who: str, kind: str, channel: Channel) -> bool:
    """What the person chose, or else the default of the kind for people of this sort."""
    row = KINDS[kind].choices(who.partition(":")[0])
    default = row.push if channel is Channel.PUSH else row.email
    return choices.get((who, kind, channel), default)


def _devices(people: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for who, device in db.session.execute(DEVICES, {"people": people}):
        found.setdefault(who, []).append(device)
    return found


def _mailed(people: list[str]) -> set[str]:
    return set(db.session.scalars(MAILED, {"people": people}))
