"""Notices and devices for programs and for our own scripts."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from flask_smorest import Blueprint
from flask_wtf.csrf import generate_csrf

from app.access import is_known, may
from app.db import clock, writing
from app.i18n import language
from app.notifications.endpoints import may_call
from app.notifications.inbox_rules import PAGE, Item, find, inbox
from app.notifications.schemas import (
    DeviceSchema,
    DevicesSchema,
    EndpointSchema,
    NoticeSchema,
    NoticesSchema,
    PageSchema,
    RenewalSchema,
    SubscriptionSchema,
)
from app.notifications.subscription_rules import (
    Address,
    Owner,
    devices_of,
    renew,
    subscribe,
    unsubscribe,
)
from app.notifications.vapid import public_key
from app.seal import digest
from app.settings import settings

api_bp = Blueprint(
    "notifications_api", __name__, url_prefix="/api/v1", description="News, and devices to tell"
)


@api_bp.get("/notices")
@may("read own notices")
@api_bp.arguments(PageSchema, location="query")
@api_bp.response(200, NoticesSchema)
@api_bp.doc(operationId="listNotices")
def list_notices(asked: dict[str, str]) -> dict[str, Any]:
    """One's own news of the last seven days, newest first."""
    rows = inbox(current_user.recipient, now=clock(), after=asked["cursor"])
    more = rows[-1].first.public_id if len(rows) == PAGE else None
    return {"items": [as_json(item) for item in rows], "next": more}


@api_bp.get("/notices/<notice_id>")
@may("read own notices")
@api_bp.response(200, NoticeSchema)
@api_bp.doc(operationId="readNotice")
def one_notice(notice_id: str) -> dict[str, Any]:
    """One notice; the service worker asks for it where a device may show details."""
    return as_json(find(current_user.recipient, notice_id, now=clock()))


@api_bp.get("/push-subscriptions")
@may("read own notices")
@api_bp.response(200, DevicesSchema)
@api_bp.doc(operationId="listPushSubscriptions")
def list_devices() -> dict[str, Any]:
    """One's own devices, and what a browser needs to add itself."""
    return {
        "items": devices_of(current_user.recipient),
        "next": None,
        "application_server_key": public_key(settings().vapid_private_key),
        "csrf_token": generate_csrf(),
    }


@api_bp.post("/push-subscriptions")
@may("read own notices")
@api_bp.arguments(SubscriptionSchema)
@api_bp.response(201, DeviceSchema)
@api_bp.doc(operationId="addPushSubscription")
def add_device(body: dict[str, Any]) -> Any:
    """Let this device be told. The same endpoint again changes nothing but its keys and its owner."""
    address, details = _address(body), body["details"]
    with writing():
        return subscribe(_owner(), address, may_call=_may_call, details=details, now=clock())


@api_bp.delete("/push-subscriptions")
@may("read own notices")
@api_bp.arguments(EndpointSchema)
@api_bp.response(204)
@api_bp.doc(operationId="removePushSubscription")
def remove_device(body: dict[str, str]) -> None:
    """This device is told nothing any more."""
    with writing():
        unsubscribe(current_user.recipient, body["endpoint"])


@api_bp.post("/push-subscriptions/renewal")
@may("renew push")
@api_bp.arguments(RenewalSchema)
@api_bp.response(201, DeviceSchema)
@api_bp.doc(operationId="renewPushSubscription")
def renew_device(body: dict[str, Any]) -> Any:
    """A browser changed its own address. It carries no token: the old address is its proof, or its sign-in."""
    address = _address(body["subscription"])
    with writing():
        if not body["old"] and is_known(current_user):
            return subscribe(_owner(), address, may_call=_may_call, now=clock())
        return renew(body["old"], address, may_call=_may_call, now=clock())


def as_json(item: Item) -> dict[str, Any]:
    """An item of the inbox in the language now being spoken."""
    told = item.told(clock())
    return {
        "id": item.first.public_id,
        "kind": item.first.kind,
        "title": told.title,
        "text": told.text,
        "link": item.link,
        "at": item.due_at,
        "read": not item.fresh,
    }


def _owner() -> Owner:
    return Owner(current_user.recipient, language(), digest(current_user.get_id()))


def _address(body: dict[str, Any]) -> Address:
    return Address(body["endpoint"], body["keys"]["p256dh"], body["keys"]["auth"])


def _may_call(endpoint: str) -> bool:
    return may_call(endpoint, settings().push_hosts, loopback=not settings().production)
