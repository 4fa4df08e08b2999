"""Devices: how one lets us reach it, changes its address, and falls silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from app.db import db, public_id
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.notifications.models import PushSubscription
from app.notifications.vapid import origin_of
from app.notifications.webpush import BadDevice, check_device
from app.seal import lookup

DEVICES = 10


class EndpointRefused(Refusal):
    """The server is asked to call an address that is no push service of the list (T13)."""

    status = 422
    type = "endpoint-refused"
    sentence = _l("This browser's push service is not one we can use.")
    what_now = _l("Everything stays in the inbox; e-mail works too.")


class KeysRefused(Refusal):
    """Not a P-256 point and a 16-byte secret."""

    status = 422
    type = "keys-refused"
    sentence = _l("This browser handed over keys we cannot use.")
    what_now = EndpointRefused.what_now


@dataclass(frozen=True)
class Address:
    """What a browser hands over: its endpoint and two keys, as text."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Owner:
    """Whose device it is, how to speak on it, and the sign-in it belongs to."""

    recipient: str
    language: str
    session_hash: bytes | None = None


def subscribe(
    owner: Owner,
    address: Address,
    *,
    may_call: Callable[[str], bool],
    now: datetime,
    details: bool | None = None,
) -> PushSubscription:
    """This device is reached at this address from now on. The same address twice is one row.

    Whoever holds the phone now owns the row: an address is only known to its own browser. At most
    `DEVICES` a person, the one longest unseen goes. Raises `EndpointRefused`, `KeysRefused`.
    """
    _check(address, may_call)
    kept = _find(address.endpoint)
    if kept is None:
        kept = PushSubscription(
            public_id=public_id(), endpoint_hash=_hash(address.endpoint), made_on=now.date()
        )
        db.session.add(kept)
    _write(kept, address, now)
    kept.recipient, kept.language = owner.recipient, owner.language
    kept.session_hash = owner.session_hash
    kept.details = bool(kept.details) if details is None else details
    db.session.flush()
    _drop_the_oldest(owner.recipient)
    return kept


def renew(
    old_endpoint: str, address: Address, *, may_call: Callable[[str], bool], now: datetime
) -> PushSubscription:
    """The browser changed its address by itself; the old one, a secret of that browser, is the proof.

    Raises `NotFound` for an unknown old address, `EndpointRefused`, `KeysRefused`.
    """
    _check(address, may_call)
    kept = _find(old_endpoint)
    if kept is None:
        raise NotFound()
    twin = _find(address.endpoint)
    if twin is not None and twin is not kept:
        db.session.delete(twin)
        db.session.flush()
    _write(kept, address, now)
    kept.endpoint_hash = _hash(address.endpoint)
    return kept


def unsubscribe(recipient: str, endpoint: str) -> None:
    """This device hears nothing any more. Silent when it is unknown or somebody else's."""
    mine = PushSubscription.recipient == recipient
    db.session.execute(
        sa.delete(PushSubscription).where(mine, PushSubscription.endpoint_hash == _hash(endpoint))
    )


def silence_session(session_hash: bytes) -> None:
    """The sign-in ended: the device it belonged to hears nothing any more."""
    db.session.execute(
        sa.delete(PushSubscription).where(PushSubscription.session_hash == session_hash)
    )


def device_of(session_hash: bytes) -> PushSubscription | None:
    """The device that let us in during this sign-in."""
    mine = sa.select(PushSubscription).where(PushSubscription.session_hash == session_hash)
    return db.session.scalars(mine.order_by(PushSubscription.id.desc()).limit(1)).first()


def show_details(session_hash: bytes, *, on: bool) -> None:
    """Whether this device may show the words of a notice on its screen, fetched by itself."""
    mine = sa.update(PushSubscription).where(PushSubscription.session_hash == session_hash)
    db.session.execute(mine.values(details=on))


def devices_of(recipient: str) -> list[PushSubscription]:
    """The devices that let us reach this person, oldest first."""
    mine = sa.select(PushSubscription).where(PushSubscription.recipient == recipient)
    return list(db.session.scalars(mine.order_by(PushSubscription.id)))


def _check(address: Address, may_call: Callable[[str], bool]) -> None:
    if not may_call(address.endpoint):
        raise EndpointRefused()
    try:
        check_device(address.p256dh, address.auth)
    except BadDevice as why:
        raise KeysRefused() from why


def _write(kept: PushSubscription, address: Address, now: datetime) -> None:
    kept.address_text = json.dumps(asdict(address))
    kept.origin, kept.seen_on = origin_of(address.endpoint), now.date()


def _find(endpoint: str) -> PushSubscription | None:
    wish = sa.select(PushSubscription).where(PushSubscription.endpoint_hash == _hash(endpoint))
    return db.session.scalars(wish).one_or_none()


def _hash(endpoint: str) -> bytes:
    return lookup("endpoint", endpoint)


def _drop_the_oldest(recipient: str) -> None:
    newest = (
        sa.select(PushSubscription.id)
        .where(PushSubscription.recipient == recipient)
        .order_by(PushSubscription.seen_on.desc(), PushSubscription.id.desc())
        .limit(DEVICES)
    )
    db.session.execute(
        sa.delete(PushSubscription)
        .where(PushSubscription.recipient == recipient)
        .where(PushSubscription.id.not_in(newest.scalar_subquery()))
    )
