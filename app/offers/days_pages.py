"""Single days: closed ones of the whole business, holidays suggested, other hours of one offer, places added."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.access import may
from app.db import clock, writing
from app.errors import BadInput
from app.i18n import language
from app.offers import closed_rules, schedule_rules, week
from app.offers.days import coming_days, day_said, today_at
from app.offers.form_schemas import DayForm, DaysForm, HoursOfDayForm, PlacesForm, ValidityForm
from app.offers.mine import blueprint, my_location, my_offer, my_offers, my_own_business, to
from app.offers.models import Offer
from app.offers.offer_rules import keep_times
from app.offers.schemas import read
from app.offers.slot_rules import HORIZON_DAYS, add_places, conflicts

bp = blueprint("my_days", "/my")
HOLIDAYS_AHEAD, CLOSING_AHEAD, A_YEAR_AHEAD = 120, 90, 365  # days


@bp.get("/closed-days")
@may("list offers")
def closed() -> str:
    """The days nobody is received, and the public holidays to come."""
    return _closed_page({})


def _closed_page(errors: dict[str, Any]) -> str:
    business, place = my_own_business(), my_location()
    today = today_at(place, clock())
    shut = closed_rules.closed_days(business.id, today)
    country = place.country if place else ""
    known = schedule_rules.public_holidays(country, today, HOLIDAYS_AHEAD, language())
    return render_template(
        "offers/my/closed.html",
        closed=[(day.isoformat(), day_said(day)) for day in shut],
        holidays=[(d.isoformat(), day_said(d), name) for d, name in known if d not in shut],
        days=coming_days(today, CLOSING_AHEAD),
        outside=[o for o in my_offers(business) if conflicts(o, clock())],
        offer_id=request.args.get("offer", type=int),
        errors=errors,
    )


@bp.post("/closed-days")
@may("list offers")
def close() -> ResponseReturnValue:
    """Close these days. Agreed visits stay, and are listed."""
    try:
        days = read(DaysForm, request.form)["day"]
    except BadInput as why:
        return _closed_page(why.more["errors"]), 422
    with writing():
        closed_rules.close(my_own_business(), days, now=clock())
    return to("my_days.closed", offer=request.args.get("offer"))


@bp.post("/closed-days/removal")
@may("list offers")
def reopen() -> ResponseReturnValue:
    """Receive people on this day after all."""
    days = read(DaysForm, request.form)["day"]
    with writing():
        closed_rules.reopen(my_own_business(), days, now=clock())
    return to("my_days.closed", offer=request.args.get("offer"))


@bp.get("/offers/<int:offer_id>/days")
@may("list offers")
def days(offer_id: int) -> str:
    """Days on which this offer differs from its week."""
    return _days_page(my_offer(offer_id), {}, {})


def _days_page(offer: Offer, typed: Any, errors: dict[str, Any]) -> str:
    return render_template(
        "offers/my/days.html",
        offer=offer,
        odd=week.odd_days(offer, today_at(offer.location, clock())),
        days=coming_days(today_at(offer.location, clock()), CLOSING_AHEAD),
        typed=typed,
        errors=errors,
        week=week,
        day_said=day_said,
    )


@bp.post("/offers/<int:offer_id>/days")
@may("list offers")
def differ(offer_id: int) -> ResponseReturnValue:
    """Other hours on one day, or none."""
    closing = request.form.get("closed") == "1"
    try:
        form = read(DayForm if closing else HoursOfDayForm, request.form)
    except BadInput as why:
        return _days_page(my_offer(offer_id), request.form, why.more["errors"]), 422
    spans = [] if closing else [(form["opens"], form["closes"])]
    with writing():
        offer = my_offer(offer_id)
        schedule_rules.differ(offer, form["day"], spans)
        keep_times(offer, clock())
    return to("my_days.days", offer_id=offer_id)


@bp.post("/offers/<int:offer_id>/days/removal")
@may("list offers")
def as_usual(offer_id: int) -> ResponseReturnValue:
    """The usual hours again."""
    day = read(DayForm, request.form)["day"]
    with writing():
        offer = my_offer(offer_id)
        schedule_rules.as_usual(offer, day)
        keep_times(offer, clock())
    return to("my_days.days", offer_id=offer_id)


@bp.get("/offers/<int:offer_id>/validity")
@may("list offers")
def validity(offer_id: int) -> str:
    """From when to when the week holds."""
    offer = my_offer(offer_id)
    since, until = schedule_rules.validity(offer, today_at(offer.location, clock()))
    said = {
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    return _validity_page(offer, said, {})


def _validity_page(offer: Offer, typed: Any, errors: dict[str, Any]) -> str:
    days = coming_days(today_at(offer.location, clock()), A_YEAR_AHEAD)
    return render_template(
        "offers/my/validity.html", offer=offer, days=days, typed=typed, errors=errors, week=week
    )


@bp.post("/offers/<int:offer_id>/validity")
@may("list offers")
def set_validity(offer_id: int) -> ResponseReturnValue:
    """Times outside of it close; booked ones stay and are listed."""
    try:
        form = read(ValidityForm, request.form)
    except BadInput as why:
        return _validity_page(my_offer(offer_id), request.form, why.more["errors"]), 422
    with writing():
        offer = my_offer(offer_id)
        schedule_rules.set_validity(offer, **form, today=today_at(offer.location, clock()))
        keep_times(offer, clock())
    return to("my_hours.hours", offer_id=offer_id)


@bp.get("/offers/<int:offer_id>/places")
@may("list offers")
def places(offer_id: int) -> str:
    """A few more places on a day: the day, then how many."""
    return _places_page(my_offer(offer_id), {})


def _places_page(offer: Offer, errors: dict[str, Any]) -> str:
    today = today_at(offer.location, clock())
    return render_template(
        "offers/my/places.html",
        offer=offer,
        days=coming_days(today, HORIZON_DAYS),
        chosen=request.values.get("day", ""),
        errors=errors,
    )


@bp.post("/offers/<int:offer_id>/places")
@may("list offers")
def add(offer_id: int) -> ResponseReturnValue:
    """They begin where the day ends until now; the offer's page shows them."""
    try:
        form = read(PlacesForm, request.form)
        with writing():
            offer = my_offer(offer_id)
            add_places(offer, form["day"], form["number"], now=clock())
    except BadInput as why:
        return _places_page(my_offer(offer_id), why.more["errors"]), 422
    return to("my_offers.offer", offer_id=offer_id, added=form["number"])
