"""Businesses that are asked first: asked, reminded, answered for by the clock."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import ProviderAccount
from app.bookings import change_rules, day_rules
from app.bookings.models import Booking, BookingState, Side
from app.db import db, writing
from app.notifications.models import Notice, Planned, PlannedState
from app.offers.models import Category, Offer
from tests.bookings.browsing import book as book_page
from tests.bookings.cast import DAY, HOUR, NOW, new_offer, new_slot


@pytest.fixture
def do(now):
    def deed(rule, *what, at=None):
        with writing():
            return rule(*what, at or now)

    return deed


@pytest.fixture
def asked(book, nina, studio):
    talk = new_offer(studio, "Talk", Category.DOCTOR, ask_first=True)
    return book(nina, new_slot(talk, NOW + 2 * DAY))


def planned(kind):
    stands = Planned.state != PlannedState.CALLED_OFF
    wish = sa.select(Planned.due_at).join(Planned.notice).where(Notice.kind == kind, stands)
    return list(db.session.scalars(wish))


def test_the_business_is_asked_at_once_and_reminded_halfway(asked):
    assert planned("booking_pending") == [NOW]
    assert planned("booking_waits") == [NOW + (2 * DAY - HOUR) / 2]


def test_nobody_is_reminded_at_night(book, nina, studio):
    talk = new_offer(studio, "Talk", Category.DOCTOR, ask_first=True)
    book(nina, new_slot(talk, NOW + 29 * HOUR))  # halfway is midnight in Warsaw

    assert planned("booking_waits") == [NOW.replace(day=24, hour=7)]


@pytest.mark.parametrize("answer", [day_rules.confirm, day_rules.decline])
def test_after_an_answer_nobody_is_asked_any_more(do, asked, answer):
    do(answer, asked)

    assert planned("booking_waits") == planned("booking_pending") == []


def test_a_question_taken_back_and_asked_again_is_reminded_of(do, asked):
    do(change_rules.cancel, asked, Side.MEMBER)
    assert planned("booking_waits") == []

    do(change_rules.undo, asked)
    assert len(planned("booking_waits")) == 1


def test_silence_is_a_no_with_three_other_times(online, stage, app, clock):
    with app.app_context(), writing():
        db.session.get_one(Offer, stage.offer).ask_first = True
    nina = online("nina")
    ticket = book_page(nina, stage).location
    assert "Waiting for an answer" in nina.get(ticket).text
    clock.set(NOW + DAY + 5 * HOUR + timedelta(minutes=30))
    with app.app_context(), writing():
        day_rules.decline_unanswered(clock.now)

    page = nina.get(ticket).text
    assert "This time does not work out" in page
    assert page.count(f"/offers/{stage.offer}?days=28") >= 1  # every time that is left


def test_the_business_answers_on_today_whatever_the_day(enter, online, stage, app):
    with app.app_context(), writing():
        db.session.get_one(Offer, stage.offer).ask_first = True
    book_page(online("nina"), stage)
    studio = enter(lambda: db.session.get(ProviderAccount, stage.account))

    page = studio.get("/today?lang=en").text
    assert "Waiting for your answer" in page
    with app.app_context():
        asked = db.session.query(Booking).one().public_id
    assert studio.post(f"/today/{asked}/answer", {"answer": "yes"}).status_code == 303
    with app.app_context():
        assert db.session.query(Booking).one().state is BookingState.CONFIRMED
    assert "Waiting for your answer" not in studio.get("/today?lang=en").text
