"""The inbox, the address a push leads to, and the two pages of choices."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.db import clock, writing
from app.i18n import _, clock_time, day_word, language
from app.notifications import preference_rules as choices
from app.notifications.inbox_rules import PAGE, find, inbox, read, unread
from app.notifications.kinds import KINDS, tell
from app.notifications.models import Notice
from app.notifications.rules import forget_email, set_email
from app.notifications.schemas import EmailSchema
from app.notifications.subscription_rules import devices_of

bp = Blueprint("notifications", __name__)
ZONE = "Europe/Warsaw"
Page = str | Response | tuple[str, int]


@bp.app_context_processor
def news_for_templates() -> dict[str, Any]:
    """`unread_news()` for the segment of "My bookings", `news_choices()` for the settings page."""
    return {"unread_news": _unread, "news_choices": _choices}


def _unread() -> int:
    return unread(current_user.recipient, now=clock())


def _choices() -> dict[str, Any]:
    who = current_user.recipient
    return {
        "rows": choices.choices(who),
        "has_email": choices.has_email(who),
        "summary": choices.has_summary(who) if current_user.is_provider else None,
    }


@bp.get("/notices")
@may("read own notices")
def news() -> str:
    """The inbox, newest first, by day."""
    now = clock()
    rows = inbox(current_user.recipient, now=now, after=request.args.get("after", ""))
    days = groupby((_shown(notice, now) for notice in rows), key=lambda shown: shown["day"])
    return render_template(
        "notifications/inbox.html",
        days=[(day, list(items)) for day, items in days],
        more=rows[-1].public_id if len(rows) == PAGE else "",
    )


def _shown(notice: Notice, now: datetime) -> dict[str, Any]:
    at, kind = notice.planned.due_at, KINDS[notice.kind]
    zone = str(notice.values.get("timezone", ZONE))
    told = tell(notice.kind, notice.values, now=now)
    return {
        "day": _day(at, zone, now),
        "time": clock_time(at, zone),
        "href": url_for("notifications.open_notice", notice_id=notice.public_id),
        "title": told.title,
        "text": told.text,
        "icon": kind.icon,
        "tone": kind.tone,
        "fresh": notice.read_at is None,
    }


def _day(at: datetime, zone: str, now: datetime) -> str:
    here = ZoneInfo(zone)
    if at.astimezone(here).date() == now.astimezone(here).date() - timedelta(days=1):
        return _("Yesterday")
    return day_word(at, zone, now)


@bp.get("/n/<notice_id>")
@may("read own notices")
def open_notice(notice_id: str) -> Response:
    """Where a push leads: it is read now, and the page it speaks of opens."""
    notice = find(current_user.recipient, notice_id, now=clock())
    if notice.read_at is None:
        with writing():
            read(find(current_user.recipient, notice_id, now=clock()), now=clock())
    return redirect(notice.link, 303)


@bp.get("/reminders")
@may("choose settings")
def reminders() -> str:
    """Shall we remind you? Three equal ways; the system asks only after the first one."""
    return _ask(done=request.args.get("done", ""))


@bp.post("/reminders")
@may("choose settings")
def choose_reminders() -> Page:
    """The way that was chosen; "on the phone" needs a device that has just let us in."""
    how, who = request.form.get("how", ""), current_user.recipient
    if how == "push" and not devices_of(who):
        return _ask(refused=True), 409
    if how == "email" and not choices.has_email(who):
        return redirect(url_for("notifications.reminders_email", next=_back()), 303)
    if how in {"push", "email", "inbox"}:
        with writing():
            _remind_by(how)
    return redirect(url_for("notifications.reminders", done=how, next=_back()), 303)


def _remind_by(how: str) -> None:
    for about in ("reminders", "changes"):
        choices.choose(current_user.recipient, about, push=how == "push", email=how == "email")


def _ask(**more: Any) -> str:
    return render_template("notifications/reminders.html", back=_back(), **more)


@bp.get("/reminders/email")
@may("choose settings")
def reminders_email() -> str:
    """Where shall we write?"""
    return render_template("notifications/email.html", back=_back(), errors={}, typed={})


@bp.post("/reminders/email")
@may("choose settings")
def choose_email() -> Page:
    """Keep the address, sealed, and write there."""
    try:
        given = EmailSchema().load(request.form)
    except ValidationError:
        errors = {"email": [_("This does not look like an e-mail address.")]}
        page = render_template(
            "notifications/email.html", back=_back(), errors=errors, typed=request.form
        )
        return page, 422
    with writing():
        set_email(current_user.recipient, given["email"], clock(), language())
        _remind_by("email")
    return redirect(url_for("notifications.reminders", done="email", next=_back()), 303)


@bp.get("/settings/notices")
@may("choose settings")
def preferences() -> str:
    """What you hear of, and where."""
    return render_template("notifications/preferences.html", saved="saved" in request.args)


@bp.post("/settings/notices")
@may("choose settings")
def choose_preferences() -> Response:
    """The whole page at once. A box that is not ticked means no."""
    who = current_user.recipient
    with writing():
        choices.choose_all(who, request.form.getlist("push"), request.form.getlist("email"))
        if current_user.is_provider:
            choices.choose_summary(who, on="summary" in request.form)
        elif "forget_email" in request.form:
            forget_email(who)
    return redirect(url_for("notifications.preferences", saved=1), 303)


def _back() -> str:
    """Where the person came from: a path of ours, or the inbox."""
    wished = request.values.get("next", "")
    if wished.startswith("/") and not wished.startswith("//") and "\\" not in wished:
        return wished
    return url_for("notifications.news")
