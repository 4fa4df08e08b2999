"""The inbox, and the page of one notice, to which a push leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.db import clock, writing
from app.i18n import _, clock_time, day_word
from app.notifications.inbox_rules import PAGE, Item, find, inbox, read, read_all, unread
from app.notifications.kinds import KINDS, tell

bp = Blueprint("notifications", __name__)
ZONE = "Europe/Warsaw"


@bp.app_context_processor
def news_for_templates() -> dict[str, Any]:
    """`unread_news()` for the segment of "My bookings"."""
    return {"unread_news": _unread}


def _unread() -> int:
    return unread(current_user.recipient, now=clock())


@bp.get("/inbox")
@may("read own notices")
def news() -> str:
    """The inbox, newest first, by day."""
    now = clock()
    rows = inbox(current_user.recipient, now=now, after=request.args.get("after", ""))
    days = groupby((_shown(item, now) for item in rows), key=lambda shown: shown["day"])
    return render_template(
        "notifications/inbox.html",
        days=[(day, list(items)) for day, items in days],
        more=rows[-1].first.public_id if len(rows) == PAGE else "",
    )


@bp.post("/inbox/readings")
@may("read own notices")
def read_everything() -> Response:
    """Nothing is new any more."""
    with writing():
        read_all(current_user.recipient, now=clock())
    return redirect(url_for("notifications.news"), 303)


@bp.get("/n/<notice_id>")
@may("read own notices")
def notice(notice_id: str) -> str:
    """Where a push leads: what it is about, and the way on. Looking writes nothing down; the page's own form does."""
    now = clock()
    item = find(current_user.recipient, notice_id, now=now)
    parts = [(one, tell(one.kind, one.values, now=now).text) for one in item.notices]
    return render_template("notifications/notice.html", title=item.told(now).title, parts=parts)


@bp.post("/n/<notice_id>")
@may("read own notices")
def read_notice(notice_id: str) -> Response:
    """It has been read, and the page it speaks of opens."""
    with writing():
        item = find(current_user.recipient, notice_id, now=clock())
        read(item, now=clock())
        link = next(one.link for one in item.notices if one.public_id == notice_id)
    return redirect(link, 303)


def _shown(item: Item, now: datetime) -> dict[str, Any]:
    kind, told = KINDS[item.first.kind], item.told(now)
    zone = str(item.first.values.get("timezone", ZONE))
    return {
        "day": _day(item.due_at, zone, now),
        "time": clock_time(item.due_at, zone),
        "href": url_for("notifications.notice", notice_id=item.first.public_id),
        "title": told.title,
        "text": told.text,
        "icon": kind.icon,
        "tone": kind.tone,
        "fresh": item.fresh,
    }


def _day(at: datetime, zone: str, now: datetime) -> str:
    here = ZoneInfo(zone)
    if at.astimezone(here).date() == now.astimezone(here).date() - timedelta(days=1):
        return _("Yesterday")
    return day_word(at, zone, now)
