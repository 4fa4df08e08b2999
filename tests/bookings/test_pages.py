"""The member's pages: an offer with its times, booking, the ticket, cancelling, moving, the calendar."""

import re
from datetime import UTC, datetime

import pytest

from app.bookings.models import Booking
from app.db import db
from tests.bookings.browsing import book, ticket_of


@pytest.fixture
def nina(online):
    return online("nina")


@pytest.fixture
def lev(online):
    return online("lev")


def test_an_offer_shows_its_facts_and_the_first_days_with_times(nina, stage):
    page = nina.get(f"/offers/{stage.offer}")

    assert page.status_code == 200
    for word in ("Haircut", "Studio Lipa", "Free, 45 minutes", "ul. Lipowa 7", "Hanna", "Tomorrow"):
        assert word in page.text
    assert page.text.count('type="radio"') == 3
    assert "checked" not in page.text


def test_book_then_see_the_ticket(nina, stage):
    page = nina.get(ticket_of(book(nina, stage)))

    assert "You are booked" in page.text
    assert "Tomorrow, 16:30" in page.text
    assert re.search(r"\d{3}\u00a0\d{3}", page.text)
    assert "<svg" in page.text
    assert 'href="geo:52.2341,20.9812?q=52.2341,20.9812"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Keep-Until"] == str(
        int(datetime(2026, 11, 25, 16, 15, tzinfo=UTC).timestamp())
    )


def test_a_double_tap_is_one_booking(app, nina, stage):
    page = nina.get(f"/offers/{stage.offer}").text
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    data = {"slot": stage.slots[0], "once": once}
    answers = [nina.post(f"/offers/{stage.offer}/bookings", data) for _ in range(2)]

    assert ticket_of(answers[0]) == ticket_of(answers[1])
    with app.app_context():
        assert db.session.query(Booking).count() == 1


def test_one_tap_on_a_time_books_it(nina, stage):
    answer = nina.post(f"/slots/{stage.slots[0]}/booking", {"once": "x"})

    assert "Tomorrow, 16:30" in nina.get(ticket_of(answer)).text


def test_a_taken_time_answers_with_the_others(nina, lev, stage):
    page = nina.get(f"/offers/{stage.offer}").text
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    book(lev, stage)

    answer = nina.post(f"/offers/{stage.offer}/bookings", {"slot": stage.slots[0], "once": once})

    assert answer.status_code == 409
    assert "<title>Error: This time has just been taken" in answer.text
    assert "Tomorrow, 16:30 is no longer free" in answer.text
    assert "taken</span>" in answer.text
    assert answer.text.count('type="radio"') == 2


def test_without_a_choice_the_page_asks_for_one(nina, stage):
    answer = nina.post(f"/offers/{stage.offer}/bookings", {"once": "x"})

    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'href="#slot"' in answer.text
    assert "Please choose a time" in answer.text


@pytest.mark.parametrize("slot", ["x", "-1", "0", "9" * 30, "41; DROP TABLE"])
def test_odd_choices_are_asked_again(nina, stage, slot):
    assert nina.post(f"/offers/{stage.offer}/bookings", {"slot": slot}).status_code == 422


def test_times_during_another_visit_are_not_offered(nina, stage):
    nina.post(f"/slots/{stage.tooth}/booking")

    assert nina.get(f"/offers/{stage.offer}").text.count('type="radio"') == 1


def test_cancel_in_two_taps_and_take_it_back(nina, stage):
    ticket = ticket_of(book(nina, stage))

    question = nina.get(ticket + "/cancellation")
    assert "Cancel this booking?" in question.text
    ticket_of(nina.post(ticket + "/cancellation"))
    page = nina.get(ticket).text
    assert "The booking is cancelled" in page
    assert "The time stays yours until 10:10" in page
    assert page.count("Studio Lipa</span>") == 2

    assert ticket_of(nina.post(ticket + "/return")) == ticket
    assert "You are booked" in nina.get(ticket).text


def test_too_late_to_take_back_says_so_and_shows_times(nina, stage, clock):
    ticket = ticket_of(book(nina, stage))
    nina.post(ticket + "/cancellation")
    clock.turn(minutes=10)

    assert "Take it back" not in nina.get(ticket).text
    answer = nina.post(ticket + "/return")
    assert answer.status_code == 409
    assert "not kept for you any more" in answer.text


def test_move_to_another_time(nina, stage):
    ticket = ticket_of(book(nina, stage))
    page = nina.get(ticket + "/move").text
    assert page.count('type="radio"') == 2

    ticket_of(nina.post(ticket + "/move", {"slot": stage.slots[1]}))

    assert "Tomorrow, 17:15" in nina.get(ticket).text


def test_a_move_to_a_taken_time_keeps_the_booking(nina, lev, stage):
    ticket = ticket_of(book(nina, stage))
    book(lev, stage, slot=1)

    answer = nina.post(ticket + "/move", {"slot": stage.slots[1]})

    assert answer.status_code == 409
    assert "Your booking stays as it was." in answer.text
    assert "Tomorrow, 16:30" in nina.get(ticket).text


def test_my_bookings_show_what_lies_ahead_and_what_was(nina, stage, clock):
    book(nina, stage)
    assert "Tomorrow, 16:30" in nina.get("/bookings").text

    clock.turn(days=2)
    page = nina.get("/bookings").text
    assert "Nothing ahead yet" in page
    assert "Once more" in page

    clock.turn(days=7)
    assert "Once more" not in nina.get("/bookings").text


def test_somebody_elses_ticket_answers_as_none_does(nina, lev, stage):
    ticket = ticket_of(book(nina, stage))

    for path in (ticket, ticket + "/move", ticket + "/cancellation", ticket + ".ics"):
        assert lev.get(path).status_code == 404
    for path in (ticket + "/move", ticket + "/cancellation", ticket + "/return"):
        assert lev.post(path, {"slot": stage.slots[1]}).status_code == 404
    assert lev.get("/bookings/unknown").status_code == 404


def test_whoever_has_no_card_sees_only_what_is_public(app, client, stage):
    assert client.get(f"/offers/{stage.offer}").status_code == 401
    assert client.get("/offers/999999").status_code == 401
    assert client.post(f"/slots/{stage.slots[0]}/booking").status_code in (400, 401)


@pytest.mark.parametrize("number", ["999999", "9" * 30])
def test_an_unknown_offer_is_not_there(nina, number):
    assert nina.get(f"/offers/{number}").status_code == 404


def test_an_iphone_gets_its_own_maps(nina, stage):
    ticket = ticket_of(book(nina, stage))
    page = nina.get(ticket, headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4)"})

    assert 'href="maps:?q=52.2341%2C20.9812"' in page.text
