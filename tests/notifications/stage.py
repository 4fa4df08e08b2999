"""Phones, promises and a worker for the tests of this room."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import http_ece
import sqlalchemy as sa
import uvloop
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from app.db import Base, clock, db, public_id, writing
from app.notifications import postman
from app.notifications.models import Delivery, Planned
from app.notifications.rules import Recipient, notify
from app.notifications.subscription_rules import Address, Owner, subscribe
from app.notifications.webpush import unpadded
from tests.push_service import Message, PushService

NINA = Recipient("member:1")
LEV = Recipient("member:2")
SALON = Recipient("provider:1")
VISIT: dict[str, str | int] = {
    "title": "Haircut",
    "starts_at": datetime(2026, 11, 26, 15, 30, tzinfo=UTC).isoformat(),
    "timezone": "Europe/Warsaw",
    "place": "Studio Lipa",
    "code": "481206",
}


class Phone:
    """The receiving side: the keys a browser makes when it subscribes."""

    def __init__(self, endpoint: str = "https://fcm.googleapis.com/fcm/send/a") -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = self.private.public_key()
        self.point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.secret = os.urandom(16)

    @property
    def address(self) -> Address:
        return Address(self.endpoint, unpadded(self.point), unpadded(self.secret))

    def subscription(self) -> dict[str, Any]:
        keys = {"p256dh": unpadded(self.point), "auth": unpadded(self.secret)}
        return {"endpoint": self.endpoint, "keys": keys}

    def read(self, body: bytes) -> bytes:
        return http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.secret, version="aes128gcm"
        )


def let_in(phone: Phone, who: Recipient = NINA, language: str = "be") -> None:
    """This phone may be reached from now on. Inside `writing()`."""
    owner = Owner(who.key, language)
    subscribe(owner, phone.address, may_call=lambda _: True, now=clock())


def promise(who: Recipient = NINA, kind: str = "booking_confirmed", **more: Any) -> None:
    """Somebody is to be told. Inside `writing()`."""
    subject = more.pop("subject", f"booking:{public_id()}")
    more = {"link": "/bookings/a", "values": VISIT, "now": clock(), **more}
    notify(who, kind, subject=subject, **more)


def work(app: Flask, until: Callable[[], bool], seconds: float = 15) -> None:
    """Let a worker's postman run in this process until something is true; then stop it as SIGTERM does."""

    async def story() -> None:
        stopping = asyncio.Event()
        running = asyncio.create_task(postman.deliver(app, stopping))
        ends = time.monotonic() + seconds
        while not await asyncio.to_thread(_asked, app, until):
            assert time.monotonic() < ends, "the worker did not get there"
            assert not running.done(), running.result()
            await asyncio.sleep(0.02)
        stopping.set()
        await running

    uvloop.run(story())


def _asked(app: Flask, until: Callable[[], bool]) -> bool:
    with app.app_context():
        return until()


def all_settled() -> bool:
    """Nothing is due, nothing lent."""
    waiting = sa.select(Planned.id).where(Planned.state == "waiting", Planned.due_at <= clock())
    owed = sa.select(Delivery.id).where(Delivery.state.in_(["due", "leased"]))
    return not db.session.execute(waiting).first() and not db.session.execute(owed).first()


def sends() -> list[tuple[str, str | None]]:
    """State and last word of every delivery, in the order they were made."""
    rows = db.session.execute(sa.select(Delivery.state, Delivery.last_status).order_by(Delivery.id))
    return [(str(state), status) for state, status in rows]


def tell_all(app: Flask, phones: list[Phone], who: Recipient = NINA, **more: Any) -> None:
    """Phones let us in, then one notice is promised."""
    with app.app_context(), writing():
        for phone in phones:
            let_in(phone, who)
        promise(who, **more)


def phone_at(service: PushService, name: str) -> Phone:
    """A phone whose push service is the one on loopback."""
    return Phone(f"{service.url}/to/{name}")


def requests_to(service: PushService, name: str) -> list[Message]:
    """What the service was asked for this phone."""
    return [message for message in service.messages if message.path == f"/to/{name}"]


def count(app: Flask, table: type[Base]) -> int:
    """How many rows there are."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def what_became(app: Flask) -> list[tuple[str, str | None]]:
    """`sends()`, from outside."""
    with app.app_context():
        return sends()
