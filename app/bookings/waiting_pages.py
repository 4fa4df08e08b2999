"""Waiting for a full time: choose it, stand in line, let it go. A seat that is held is booked like any other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import rules, times, waiting_rules
from app.bookings.models import WaitingPlace
from app.bookings.offer_pages import readable, refused_page
from app.bookings.schemas import ChoiceForm, load
from app.bookings.shown import shown, shown_days
from app.bookings.waited import Waited, waited
from app.db import clock, writing
from app.errors import BadInput
from app.offers.models import Offer

bp = Blueprint("waiting", __name__)
Page = str | Response | tuple[str, int]
DAYS = 14


@bp.get("/offers/<int:offer_id>/waiting")
@may("book")
def choose(offer_id: int) -> str:
    """The times that are full: which one to wait for?"""
    return _choice(readable(offer_id), {})


def _choice(found: Offer, errors: dict[str, Any]) -> str:
    now, zone = clock(), times.zone_of(found)
    days, _more = shown_days(times.full(found, rules.ALL, now=now), zone, now, DAYS)
    return render_template(
        "bookings/wait.html", shown=shown(found), days=days, more_days=0, errors=errors
    )


@bp.post("/offers/<int:offer_id>/waiting")
@may("book")
def join_chosen(offer_id: int) -> Page:
    """Into the line for the chosen time."""
    found = readable(offer_id)
    try:
        chosen = load(ChoiceForm(), request.form)
    except BadInput as refusal:
        return _choice(found, refusal.more["errors"]), refusal.status
    return _join(chosen["slot"])


@bp.post("/slots/<int:slot_id>/waiting-place")
@may("book")
def join(slot_id: int) -> Page:
    """Into the line for this time, with one tap."""
    return _join(slot_id)


def _join(slot_id: int) -> Page:
    try:
        with writing():
            waiting_rules.join(slot_id, current_user, now=clock())
    except rules.NotBooked as refusal:
        return refused_page(refusal), refusal.status
    return redirect(url_for("bookings.mine") + "#waiting", 303)


@bp.post("/slots/<int:slot_id>/waiting-place/departure")
@may("book")
def leave(slot_id: int) -> Response:
    """Out of the line, with one tap."""
    with writing():
        waiting_rules.leave(slot_id, current_user, now=clock())
    return redirect(url_for("bookings.mine") + "#waiting", 303)


@bp.app_context_processor
def lines() -> dict[str, Any]:
    """For the pages that show it: `lines_of_reader()`, `lines_of_reader(offer)`."""
    return {"lines_of_reader": lines_of_reader}


def lines_of_reader(offer: Offer | None = None) -> list[Waited]:
    """Where the reader stands in line (for this offer), seats that are held first."""
    if not current_user.is_member:
        return []
    now = clock()
    places = waiting_rules.of_member(current_user.id, now)
    mine = [p for p in places if offer is None or p.slot.offer_id == offer.id]
    return [_said(p) for p in sorted(mine, key=lambda p: p.hold_until is None)]


def _said(place: WaitingPlace) -> Waited:
    now = clock()
    instead = rules.exchanged(place.slot, place.member_id, now)
    return waited(place, instead, now)
