"""From when to when the hours hold, how far ahead one can book, and where a gift is handed over."""

from datetime import timedelta

from flask import Flask

from app.db import db, writing
from app.offers import schedule_rules as hours
from app.offers.manner_rules import set_manner
from app.offers.models import Kind, Offer
from app.offers.schedule_rules import Window
from app.offers.slot_rules import keep_slots, wanted_times
from tests.offers.desk import Desk
from tests.offers.stage import MONDAY, a_business, an_offer

WEEK = [Window(day, 600, 720) for day in range(7)]


def days_of(offer, now):
    return [t[0].date() for t in wanted_times(offer, now)]


def test_times_lie_between_the_first_and_the_last_day(context: Flask, clock) -> None:
    first, last = MONDAY + timedelta(days=3), MONDAY + timedelta(days=5)
    with writing():
        offer = an_offer(a_business(), WEEK)
        hours.set_validity(offer, first, last, today=MONDAY)
        assert {min(days_of(offer, clock.now)), max(days_of(offer, clock.now))} == {first, last}


def test_new_hours_keep_the_first_and_the_last_day(context: Flask) -> None:
    first, last = MONDAY + timedelta(days=3), MONDAY + timedelta(days=5)
    with writing():
        offer = an_offer(a_business(), WEEK)
        hours.set_validity(offer, first, last, today=MONDAY)
        hours.set_week(offer, [Window(3, 600, 660)], today=MONDAY)
        assert hours.validity(offer, MONDAY) == (first, last)
        hours.set_validity(offer, None, None, today=MONDAY)
        assert hours.validity(offer, MONDAY) == (None, None)


def test_a_last_day_gone_by_does_not_bind_new_hours(context: Flask) -> None:
    with writing():
        offer = an_offer(a_business(), WEEK)
        hours.set_validity(offer, None, MONDAY, today=MONDAY)
        later = MONDAY + timedelta(days=9)
        hours.set_week(offer, WEEK, today=later)
        assert hours.validity(offer, later) == (None, None)


def test_nobody_books_further_ahead_than_the_business_wishes(context: Flask, clock) -> None:
    with writing():
        offer = an_offer(a_business(), WEEK)
        set_manner(offer, ask_first=True, horizon_days=7, at_desk=True)
        keep_slots(offer, clock.now)
        assert max(days_of(offer, clock.now)) == MONDAY + timedelta(days=7)
        assert offer.ask_first
        assert not offer.at_desk  # a visit does not wait at a desk
        offer.kind = Kind.GIFT
        set_manner(offer, ask_first=False, horizon_days=28, at_desk=True)
        assert offer.at_desk


def test_a_business_says_so_on_its_pages(app: Flask, desk: Desk) -> None:
    at = desk.go("/my/offers", category="things").removesuffix("/words")
    desk.go(
        f"{at}/visit",
        minutes="30", seats="3", gap_minutes="", lead_minutes="60", horizon_days="14",
        at_desk="1", ask_first="1", kind="gift",
    )  # fmt: skip
    desk.go(f"{at}/hours", hours=["mon-10"])
    days = [MONDAY + timedelta(days=n) for n in (7, 21)]
    assert desk.go(f"{at}/validity", since=days[0].isoformat(), until=days[1].isoformat())

    with app.app_context():
        offer = db.session.query(Offer).one()
        assert (offer.at_desk, offer.ask_first, offer.horizon_days) == (True, True, 14)
        assert hours.validity(offer, MONDAY) == (days[0], days[1])
    page = desk.get(f"{at}/validity")
    assert f'value="{days[0]}" selected' in page
    wrong = desk.post(f"{at}/validity", since=days[1].isoformat(), until=days[0].isoformat())
    assert wrong.status_code == 422
