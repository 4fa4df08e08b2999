"""Step 4: the week and its breaks. Times follow at once; booked ones stay."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.access import may
from app.db import clock, writing
from app.errors import BadInput, Refusal
from app.offers import schedule_rules, week
from app.offers.closed_rules import closed_days
from app.offers.days import day_said, days_in_short, today_at
from app.offers.form_schemas import SpanForm, WeekForm
from app.offers.mine import blueprint, my_offer, to
from app.offers.models import Offer, State
from app.offers.offer_rules import keep_times
from app.offers.schedule_rules import NoHours, breaks_of, week_of
from app.offers.schemas import read
from app.offers.week import Cells, cells_of, windows_of
from app.offers.words_pages import after

bp = blueprint("my_hours", "/my/offers/<int:offer_id>")
GO = {
    "breaks": "my_hours.breaks",
    "days": "my_days.days",
    "closed": "my_days.closed",
    "validity": "my_days.validity",
}


@bp.get("/hours")
@may("list offers")
def hours(offer_id: int) -> str:
    """The week as it is kept."""
    offer = my_offer(offer_id)
    return _week_page(offer, cells_of(week_of(offer)))


def _week_page(offer: Offer, cells: Cells, refusal: Refusal | None = None) -> str:
    today = today_at(offer.location, clock())
    sketch = week.sketch(offer, cells, today)
    return render_template(
        "offers/my/hours.html",
        offer=offer,
        sketch=sketch,
        week=week,
        cells=cells,
        breaks=week.breaks_said(sketch),
        every="every" in request.args,
        closed=days_in_short(closed_days(offer.provider_id, today)),
        valid=[day and day_said(day) for day in schedule_rules.validity(offer, today)],
        errors={"hours": [refusal.sentence]} if refusal else {},
        unsaved=cells != cells_of(week_of(offer)) and not refusal,
    )


@bp.post("/hours")
@may("list offers")
def set_hours(offer_id: int) -> ResponseReturnValue:
    """The ticked hours, kept. A preset adds its own; over published hours it is only shown first."""
    form = read(WeekForm, request.form)
    offer, pressed = my_offer(offer_id), form["preset"]
    cells = week.with_preset(set(form["hours"]), pressed)
    if pressed and offer.state is not State.DRAFT:
        return _week_page(offer, cells)
    try:
        _keep(offer_id, cells, unfinished=bool(pressed))
    except NoHours as refusal:
        return _week_page(my_offer(offer_id), cells, refusal), 422
    if pressed:
        return to("my_hours.hours", offer_id=offer_id, **request.args)
    if form["go"] in GO:
        return _go(form["go"], offer_id)
    return after(my_offer(offer_id), "my_offers.offer")


def _go(where: str, offer_id: int) -> ResponseReturnValue:
    name = "offer" if where == "closed" else "offer_id"
    return to(GO[where], **{name: offer_id})


@bp.post("/hours/sum")
@may("list offers")
def say(offer_id: int) -> str:
    """The ticked hours in words, nothing kept: the page's script asks while somebody ticks."""
    offer, cells = my_offer(offer_id), set(read(WeekForm, request.form)["hours"])
    sketch = week.sketch(offer, cells, today_at(offer.location, clock()))
    return render_template("offers/my/_said.html", sketch=sketch, week=week)


def _keep(offer_id: int, cells: Cells, *, unfinished: bool) -> None:
    with writing():
        offer = my_offer(offer_id)
        put = schedule_rules.sketch if unfinished else schedule_rules.set_week
        put(offer, windows_of(cells, offer), today=today_at(offer.location, clock()))
        keep_times(offer, clock())


@bp.get("/breaks")
@may("list offers")
def breaks(offer_id: int) -> str:
    """The breaks there are, and one more."""
    return _breaks_page(my_offer(offer_id), {}, {})


def _breaks_page(offer: Offer, typed: Any, errors: dict[str, Any]) -> str:
    return render_template(
        "offers/my/breaks.html",
        offer=offer,
        breaks=week.breaks_by_span(offer),
        week=week,
        typed=typed,
        errors=errors,
    )


@bp.post("/breaks")
@may("list offers")
def add_break(offer_id: int) -> ResponseReturnValue:
    """A break on every day of the week."""
    try:
        span = read(SpanForm, request.form)
        with writing():
            offer = my_offer(offer_id)
            today = today_at(offer.location, clock())
            schedule_rules.add_break(offer, (span["opens"], span["closes"]), today=today)
            keep_times(offer, clock())
    except BadInput as why:
        return _breaks_page(my_offer(offer_id), request.form, why.more["errors"]), 422
    except NoHours as why:
        errors = {"opens": [why.sentence]}
        return _breaks_page(my_offer(offer_id), request.form, errors), 422
    return to("my_hours.breaks", offer_id=offer_id)


@bp.post("/breaks/removal")
@may("list offers")
def fill_break(offer_id: int) -> ResponseReturnValue:
    """Open a break again, on all days that have it."""
    span = read(SpanForm, request.form)
    with writing():
        offer = my_offer(offer_id)
        today = today_at(offer.location, clock())
        for gap in breaks_of(offer):
            if (gap.opens, gap.closes) == (span["opens"], span["closes"]):
                schedule_rules.fill_break(offer, gap, today=today)
        keep_times(offer, clock())
    return to("my_hours.breaks", offer_id=offer_id)
