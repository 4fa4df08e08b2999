"""What a claimed delivery needs to leave: an opened address and a message, free of the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.notifications.kinds import KINDS
from app.notifications.mail import Letter, news_letter
from app.notifications.models import (
    Channel,
    Delivery,
    DeliveryState,
    EmailAddress,
    Notice,
    Planned,
    PlannedState,
    PushSubscription,
)
from app.notifications.outbox import Verdict
from app.notifications.payload import generic_title, push_headers, push_message, topic
from app.notifications.spreading import IDS
from app.seal import SealBroken, keyring, place

# Of each table only what is needed: whole rows of five would cost more than sealing the message.
ADDRESSED = sa.and_(
    EmailAddress.recipient == Notice.recipient,
    EmailAddress.confirmed_on.is_not(None),
    Delivery.channel == Channel.EMAIL,
)
CLAIMED = (
    sa.select(
        *(Delivery.id, Delivery.attempts, Delivery.expires_at),
        *(Delivery.planned_id, Planned.state.label("planned_state")),
        *(Notice.public_id, Notice.kind, Notice.subject),
        PushSubscription.public_id.label("device"),
        *(PushSubscription.address_sealed, PushSubscription.language, PushSubscription.details),
        EmailAddress,
    )
    .select_from(Delivery)
    .join(Planned, Planned.id == Delivery.planned_id)
    .join(Notice, Notice.id == Planned.notice_id)
    .outerjoin(PushSubscription, PushSubscription.id == Delivery.device_id)
    .outerjoin(EmailAddress, ADDRESSED)
    .where(Delivery.id.in_(IDS))
)


@dataclass(frozen=True)
class Device:
    """Where a push goes: the endpoint and the phone's two keys, as the browser gave them."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass
class Parcel:
    """One send. Either a message for a device or a letter.

    The sender seals the message ahead: then `request` is what it will be sent as and `origin` where, or
    `why_not` says why it will not.
    """

    delivery_id: int
    attempts: int
    expires_at: datetime
    device: Device | None = None
    message: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    letter: Letter | None = None
    origin: str = ""
    request: bytes = b""
    why_not: str = ""


def pack(deliveries: list[int], base_url: str, now: datetime) -> tuple[list[Parcel], list[Verdict]]:
    """Parcels for what may still go, and verdicts for what may not: called off, expired, nowhere to go."""
    parcels, verdicts = [], []
    for owed in db.session.execute(CLAIMED, {"ids": deliveries}):
        reason = _reason_against(owed, now)
        try:
            if not reason:
                parcels.append((_push if owed.device else _mail)(owed, base_url, now))
        except SealBroken:
            reason = "seal broken"
        if reason:
            verdicts.append(Verdict(owed.id, DeliveryState.FAILED, reason, now))
    return parcels, verdicts


def _reason_against(owed: sa.Row[*tuple[Any, ...]], now: datetime) -> str:
    if owed.expires_at <= now:
        return "expired"
    if owed.planned_state is PlannedState.CALLED_OFF and not _others_stand(owed.planned_id):
        return "called off"
    return "" if owed.device or owed.EmailAddress else "nowhere to go"


def _others_stand(planned_id: int) -> bool:
    """Another visit of the same day, reminded of by the same push, still holds."""
    joined = sa.select(Planned.id).where(
        Planned.joined_id == planned_id, Planned.state == PlannedState.JOINED
    )
    return db.session.execute(joined.limit(1)).first() is not None


def _push(owed: sa.Row[*tuple[Any, ...]], base_url: str, now: datetime) -> Parcel:
    address = keyring().open(
        owed.address_sealed, place(PushSubscription, "address_sealed", owed.device)
    )
    tag, title = topic(owed.device, owed.subject), generic_title(owed.language)
    navigate = f"{base_url}/n/{owed.public_id}"
    headers = push_headers(owed.expires_at, now, tag, urgent=KINDS[owed.kind].urgent)
    return Parcel(
        owed.id,
        owed.attempts,
        owed.expires_at,
        device=Device(**json.loads(address)),
        message=push_message(title, owed.language, navigate, tag, details=owed.details),
        headers=tuple(headers.items()),
    )


def _mail(owed: sa.Row[*tuple[Any, ...]], base_url: str, now: datetime) -> Parcel:
    mailbox: EmailAddress = owed.EmailAddress
    letter = news_letter(
        mailbox.address or "",
        KINDS[owed.kind].mail,
        mailbox.language,
        f"{base_url}/n/{owed.public_id}",
    )
    return Parcel(owed.id, owed.attempts, owed.expires_at, letter=letter)
