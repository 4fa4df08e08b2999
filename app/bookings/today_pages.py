"""A business's day: visits by alias and code, came or did not come, yes or no, closing the day."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import change_rules, day_rules, times
from app.bookings import today_rules as today
from app.bookings.models import Booking, Side
from app.bookings.schemas import AnswerForm, OutcomeForm, load
from app.bookings.shown import day_link, shown, visit
from app.db import clock, writing
from app.errors import NotFound
from app.offers.models import Provider

bp = Blueprint("today", __name__)


@bp.get("/today")
@may("see today")
def of_day() -> str:
    """The day, by time; `?code=` finds a visit, `?day=` another day."""
    business, now = today.business_of(current_user), clock()
    if business is None:
        return render_template("bookings/today_empty.html")
    code = request.args.get("code", "")[:40]
    found = today.find(business, code, now) if code else None
    return _day_page(
        business, found, code=code, errors={"code": True} if code and not found else {}
    )


def _day_page(business: Provider, found: Booking | None, **also: object) -> str:
    now, zone = clock(), today.zone_of(business)
    day = today.day_asked(business, request.args.get("day", "")[:10], now)
    day = times.day_in(found.starts_at, zone) if found else day
    return render_template(
        "bookings/today.html",
        **_day_words(day, zone),
        entries=today.entries(business, day, now),
        asking=[visit(b, now) for b in today.asking(business, now)],
        closed=today.closed(business, day),
        offers=[shown(offer) for offer in today.bookable_offers(business)],
        found=found,
        shown=shown,
        seen=lambda booking: visit(booking, now),
        zone=zone,
        **also,
    )


def _day_words(day: date, zone: str) -> dict[str, object]:
    now = clock()
    here = times.day_in(now, zone)
    near = {
        name: day_link(day + timedelta(days=n), zone, now)
        for name, n in (("next", 1), ("before", -1))
    }
    return {"day": day, "said": day_link(day, zone, now), "is_past": day < here, **near}


@bp.get("/today/<booking_id>")
@may("see today")
def one(booking_id: str) -> str:
    """One visit, and what can be done about it."""
    found = seen(booking_id)
    return render_template(
        "bookings/visit.html", visit=visit(found, clock()), entry=today.entry_of(found, clock())
    )


@bp.post("/today/<booking_id>/outcome")
@may("see today")
def outcome(booking_id: str) -> Response:
    """The visit was, or was not; nobody asks why."""
    came = load(OutcomeForm(), request.form)["outcome"] == "came"
    with writing():
        mark = day_rules.attended if came else day_rules.no_show
        found = mark(seen(booking_id), clock())
    return _back_to(found)


@bp.post("/today/<booking_id>/answer")
@may("see today")
def answer(booking_id: str) -> Response:
    """Yes or no to somebody who asked for a time."""
    yes = load(AnswerForm(), request.form)["answer"] == "yes"
    with writing():
        reply = day_rules.confirm if yes else day_rules.decline
        found = reply(seen(booking_id), clock())
    return _back_to(found)


@bp.get("/today/<booking_id>/cancellation")
@may("see today")
def confirm_cancellation(booking_id: str) -> str:
    """One question before a visit is called off."""
    return render_template("bookings/call_off.html", visit=visit(seen(booking_id), clock()))


@bp.post("/today/<booking_id>/cancellation")
@may("see today")
def cancel(booking_id: str) -> Response:
    """Call one visit off; its member is told and offered other times."""
    with writing():
        found = change_rules.cancel(seen(booking_id), Side.PROVIDER, clock())
    return _back_to(found)


@bp.get("/closed-days/<day>")
@may("see today")
def confirm_closing(day: str) -> str:
    """One question before a day is closed."""
    business, now = _business(), clock()
    asked = today.day_asked(business, day, now)
    return render_template(
        "bookings/close_day.html",
        day=asked,
        said=day_link(asked, today.zone_of(business), now),
        called_off=[e for e in today.entries(business, asked, now) if e.is_ahead],
    )


@bp.post("/closed-days/<day>")
@may("see today")
def close(day: str) -> Response:
    """Receive nobody on that day; everybody who was coming is told and offered other times."""
    with writing():
        business = _business()
        asked = today.day_asked(business, day, clock())
        day_rules.close_day(business, asked, clock())
    return redirect(url_for(".of_day", day=asked.isoformat()), 303)


def _business() -> Provider:
    business = today.business_of(current_user)
    if business is None:
        raise NotFound()
    return business


def seen(booking_id: str) -> Booking:
    return day_rules.of_provider(booking_id, _business(), clock())


def _back_to(found: Booking) -> Response:
    day = times.day_in(found.starts_at, today.zone_of(found.provider))
    return redirect(url_for(".of_day", day=day.isoformat()), 303)
