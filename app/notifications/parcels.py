"""What a claimed delivery needs to leave: an opened address and a message, free of the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

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
from app.seal import SealBroken


@dataclass(frozen=True)
class Device:
    """Where a push goes: the endpoint and the phone's two keys, as the browser gave them."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Parcel:
    """One send. Either a message for a device or a letter."""

    delivery_id: int
    attempts: int
    expires_at: datetime
    device: Device | None = None
    message: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    letter: Letter | None = None


def pack(deliveries: list[int], base_url: str, now: datetime) -> tuple[list[Parcel], list[Verdict]]:
    """Parcels for what may still go, and verdicts for what may not: called off, expired, nowhere to go."""
    parcels, verdicts = [], []
    for delivery, planned, notice, device, mailbox in db.session.execute(_claimed(deliveries)):
        reason = _reason_against(delivery, planned, device, mailbox, now)
        try:
            if not reason and device:
                parcels.append(_push(delivery, notice, device, base_url, now))
            elif not reason:
                parcels.append(_mail(delivery, notice, mailbox, base_url))
        except SealBroken:
            reason = "seal broken"
        if reason:
            verdicts.append(Verdict(delivery.id, DeliveryState.FAILED, reason, now))
    return parcels, verdicts


def _claimed(
    deliveries: list[int],
) -> sa.Select[Delivery, Planned, Notice, PushSubscription, EmailAddress]:
    mailbox = sa.and_(
        EmailAddress.recipient == Notice.recipient,
        EmailAddress.confirmed_on.is_not(None),
        Delivery.channel == Channel.EMAIL,
    )
    return (
        sa.select(Delivery, Planned, Notice, PushSubscription, EmailAddress)
        .join(Planned, Planned.id == Delivery.planned_id)
        .join(Notice, Notice.id == Planned.notice_id)
        .outerjoin(PushSubscription, PushSubscription.id == Delivery.device_id)
        .outerjoin(EmailAddress, mailbox)
        .where(Delivery.id.in_(deliveries))
        .execution_options(populate_existing=True)
    )


def _reason_against(
    delivery: Delivery,
    planned: Planned,
    device: PushSubscription | None,
    mailbox: EmailAddress | None,
    now: datetime,
) -> str:
    if delivery.expires_at <= now:
        return "expired"
    if not _stands(planned):
        return "called off"
    return "" if device or mailbox else "nowhere to go"


def _stands(planned: Planned) -> bool:
    """Not called off; or another visit of the same day, reminded of by the same push, still holds."""
    if planned.state is not PlannedState.CALLED_OFF:
        return True
    joined = aliased(Planned)
    others = sa.select(joined.id).where(
        joined.joined_id == planned.id, joined.state == PlannedState.JOINED
    )
    return db.session.execute(others.limit(1)).first() is not None


def _push(
    delivery: Delivery, notice: Notice, device: PushSubscription, base_url: str, now: datetime
) -> Parcel:
    tag = topic(device.public_id, notice.subject)
    title = generic_title(device.language)
    navigate = f"{base_url}/n/{notice.public_id}"
    headers = push_headers(delivery.expires_at, now, tag, urgent=KINDS[notice.kind].urgent)
    return Parcel(
        delivery.id,
        delivery.attempts,
        delivery.expires_at,
        device=Device(**json.loads(device.address_text or "{}")),
        message=push_message(title, device.language, navigate, tag, details=device.details),
        headers=tuple(headers.items()),
    )


def _mail(delivery: Delivery, notice: Notice, mailbox: EmailAddress, base_url: str) -> Parcel:
    letter = news_letter(
        mailbox.address or "",
        KINDS[notice.kind].mail,
        mailbox.language,
        f"{base_url}/n/{notice.public_id}",
    )
    return Parcel(delivery.id, delivery.attempts, delivery.expires_at, letter=letter)
