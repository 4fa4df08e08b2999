"""The pages of choices: shall we remind you, and what you hear of, where."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.db import writing
from app.i18n import _
from app.notifications import preference_rules as choices
from app.notifications.rules import forget_email
from app.notifications.subscription_rules import device_of, devices_of, show_details
from app.seal import digest

bp = Blueprint("choices", __name__)
Page = str | Response | tuple[str, int]


@bp.app_context_processor
def choices_for_templates() -> dict[str, Any]:
    """`news_choices()` for the settings page."""
    return {"news_choices": _choices}


def _choices() -> dict[str, Any]:
    who, device = current_user.recipient, device_of(this_session())
    shown = choices.choices(who)
    return {
        "rows": [_ticks(row.about.name, row.about.label, row, [None]) for row in shown],
        "each": [
            (
                row.about.label,
                [_ticks(one.kind.name, one.kind.called, one, []) for one in row.kinds],
            )
            for row in shown
        ],
        "has_email": choices.has_email(who),
        "waits_for_yes": choices.waits_for_yes(who),
        "summary": choices.has_summary(who) if current_user.is_provider else None,
        "details": device.details if device else None,
    }


def _ticks(name: str, label: Any, one: choices.One | choices.Choice, before: list[Any]) -> Any:
    """A row of `ui.matrix`: what it is called, and its boxes as they are spoken."""
    push = "push", name, one.push, _("%(what)s: phone", what=label)
    email = "email", name, one.email, _("%(what)s: e-mail", what=label)
    return label, [*before, push, email]


def this_session() -> bytes:
    """By which the device in hand is known: it let us in during this sign-in."""
    return digest(current_user.get_id())


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
        return redirect(url_for("emails.ask", next=back()), 303)
    if how in {"push", "email", "inbox"}:
        with writing():
            choices.remind_by(who, how)
    return redirect(url_for("choices.reminders", done=how, next=back()), 303)


def _ask(**more: Any) -> str:
    return render_template("notifications/reminders.html", back=back(), **more)


@bp.get("/install")
@may("read about us")
def install() -> str:
    """How Pobach comes to the home screen where that is what push needs (iOS 16.4 and later)."""
    return render_template("notifications/install.html")


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
        write = choices.choose_each if "each" in request.form else choices.choose_all
        write(who, request.form.getlist("push"), request.form.getlist("email"))
        show_details(this_session(), on="details" in request.form)
        if current_user.is_provider:
            choices.choose_summary(who, on="summary" in request.form)
        elif "forget_email" in request.form:
            forget_email(who)
    return redirect(url_for("choices.preferences", saved=1), 303)


def back() -> str:
    """Where the person came from: a path of ours, or the inbox."""
    wished = request.values.get("next", "")
    if wished.startswith("/") and not wished.startswith("//") and "\\" not in wished:
        return wished
    return url_for("notifications.news")
