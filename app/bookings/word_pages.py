"""Ready phrases about a visit on both phones, a thank-you after it, and the business's counts by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import change_rules, phrases, word_rules
from app.bookings import today_rules as today
from app.bookings.models import Booking, Side
from app.bookings.schemas import ThanksForm, WordForm, load
from app.bookings.shown import visit
from app.bookings.today_pages import seen
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import clock_time, language

bp = Blueprint("words", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/bookings/<booking_id>/words")
@may("see own bookings")
def of_member(booking_id: str) -> str:
    """What was said, and what can be said with one tap."""
    return _page(_own(booking_id), Side.MEMBER)


@bp.post("/bookings/<booking_id>/words")
@may("book")
def say_as_member(booking_id: str) -> Page:
    """One tap, and the business is told."""
    return _say(lambda: _own(booking_id), Side.MEMBER)


@bp.get("/today/<booking_id>/words")
@may("see today")
def of_business(booking_id: str) -> str:
    """The same for the business."""
    return _page(seen(booking_id), Side.PROVIDER)


@bp.post("/today/<booking_id>/words")
@may("see today")
def say_as_business(booking_id: str) -> Page:
    """One tap, and the member is told; a door code is typed."""
    return _say(lambda: seen(booking_id), Side.PROVIDER)


def _say(booking: Any, side: Side) -> Page:
    try:
        form = load(WordForm(), request.form)
    except BadInput as refusal:
        return _page(booking(), side, refusal.more["errors"]), refusal.status
    with writing():
        word_rules.say(booking(), side, form["word"], form["door"], now=clock())
    return redirect(request.path, 303)


def _page(booking: Booking, side: Side, errors: dict[str, Any] | None = None) -> str:
    return render_template(
        "bookings/words.html",
        visit=visit(booking, clock()),
        side=side.value,
        ready={k: v for k, v in phrases.PHRASES[side].items() if k not in phrases.CARRIES},
        open=word_rules.may_speak(booking, clock()),
        typed=request.form,
        errors=errors or {},
    )


@bp.get("/bookings/<booking_id>/thanks")
@may("see own bookings")
def thanks(booking_id: str) -> str:
    """Ready-made, or a few own words."""
    return _thanks(_own(booking_id), {})


def _thanks(booking: Booking, errors: dict[str, Any]) -> str:
    return render_template(
        "bookings/thanks.html",
        visit=visit(booking, clock()),
        ready=phrases.THANKS,
        may=word_rules.may_thank(booking, clock()),
        given=word_rules.thanks_of(booking),
        typed=request.form,
        errors=errors,
    )


@bp.post("/bookings/<booking_id>/thanks")
@may("book")
def thank(booking_id: str) -> Page:
    """Nobody expects it; it warms."""
    try:
        form = load(ThanksForm(), request.form)
    except BadInput as refusal:
        return _thanks(_own(booking_id), refusal.more["errors"]), refusal.status
    with writing():
        word_rules.thank(_own(booking_id), form["ready"], form["words"], now=clock())
    return redirect(request.path, 303)


@bp.get("/today/months")
@may("see today")
def months() -> str:
    """What the business gave, month by month: numbers, and nobody in them."""
    business = today.business_of(current_user)
    rows = word_rules.counts(business.id) if business else []
    return render_template("bookings/months.html", rows=rows, month_word=month_word)


def month_word(month: date) -> str:
    """November 2026."""
    said = format_date(month, "LLLL y", locale=language())
    return said[:1].upper() + said[1:]


@bp.app_context_processor
def words() -> dict[str, Any]:
    """For the pages of a visit: `words_of(booking)`, `may_thank(booking)`, `may_speak(booking)`."""
    return {
        "words_of": words_of,
        "may_thank": lambda booking: word_rules.may_thank(booking, clock()),
        "may_speak": lambda booking: word_rules.may_speak(booking, clock()),
    }


def words_of(booking: Booking, zone: str) -> list[tuple[str, str, str]]:
    """(side, sentence, hour) of all that was said."""
    return [
        (w.side.value, phrases.say(w.side, w.said or ""), clock_time(w.said_at, zone))
        for w in word_rules.said(booking)
    ]


def _own(booking_id: str) -> Booking:
    return change_rules.own(booking_id, current_user, now=clock())
