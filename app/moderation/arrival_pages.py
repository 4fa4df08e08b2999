"""Arrivals: "40 people on Friday". Asked for by one moderator, opened by another, closed when all have come."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from marshmallow import ValidationError

from app.access import may
from app.accounts import arrival_rules
from app.accounts.fresh import needs_fresh_proof
from app.accounts.models import Moderator
from app.db import clock, db, writing
from app.i18n import language, long_date
from app.moderation.schemas import ArrivalForm
from app.offers.places import cities
from app.settings import settings

bp = Blueprint("arrivals", __name__, url_prefix="/arrivals")
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.get("")
@may("invite")
def ahead() -> str:
    """What is asked for and what is open; of cards the states of one's own alone."""
    return _page({}, {})


@bp.post("")
@may("invite")
def ask() -> ResponseReturnValue:
    """The first of two pairs of eyes."""
    try:
        form = ArrivalForm().load(request.form)
    except ValidationError as wrong:
        return _page(request.form, wrong.messages), 422
    with writing():
        arrival_rules.ask_for(form["people"], form["day"], form["city"] or None, _me(), now=clock())
    return redirect("/arrivals", 303)


@bp.post("/<arrival_id>/approval")
@may("invite")
@needs_fresh_proof
def approve(arrival_id: str) -> ResponseReturnValue:
    """The second. Refused: `OwnSecondEye`."""
    with writing():
        arrival_rules.approve(arrival_id, _me(), now=clock())
    return redirect("/arrivals", 303)


@bp.post("/<arrival_id>/cards")
@may("invite")
@needs_fresh_proof
def print_cards(arrival_id: str) -> ResponseReturnValue:
    """The cards still to be made, at most fifty, ten to a page. Refused: `AllCardsMade`."""
    with writing():
        cards = arrival_rules.make_cards(arrival_id, _me(), now=clock())
    page = render_template("accounts/sheet.html", cards=cards, base_url=settings().base_url)
    return page, NOT_KEPT


@bp.post("/<arrival_id>/closure")
@may("invite")
def close(arrival_id: str) -> ResponseReturnValue:
    """Unused cards stop working, and the others are tied to nothing any more."""
    with writing():
        arrival_rules.close(arrival_id, now=clock())
    return redirect("/arrivals", 303)


def _me() -> Moderator:
    return db.session.get_one(Moderator, cast(int, current_user.id))


def _towns() -> dict[str, str]:
    return {town.id: town.name(language()) for town in cities(settings().cities)}


def _page(typed: Any, errors: Any) -> str:
    now, me = clock(), _me()
    live = arrival_rules.live_arrivals(now)
    return render_template(
        "moderation/arrivals.html",
        arrivals=[
            (a, arrival_rules.own_states(a, me), arrival_rules.cards_to_make(a)) for a in live
        ],
        days=_days(now.date()),
        said=_said,
        towns=_towns(),
        typed=typed,
        errors=errors,
    )


def _said(day: date) -> str:
    """'Friday, 27 November'."""
    return long_date(datetime.combine(day, time(12), UTC), "UTC")


def _days(today: date) -> list[tuple[str, str]]:
    near = [today + timedelta(days=n) for n in range(arrival_rules.AHEAD_DAYS + 1)]
    return [(day.isoformat(), _said(day)) for day in near]
