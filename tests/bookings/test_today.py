"""A business's day on its phone."""

import re

import pytest

from app.accounts.models import ProviderAccount
from app.bookings.models import Booking
from app.db import db
from tests.bookings.browsing import book, ticket_of
from tests.bookings.cast import DAY, HOUR, NOW

TOMORROW = "/today?day=2026-11-24"


@pytest.fixture
def studio(enter, stage):
    return enter(lambda: db.session.get(ProviderAccount, stage.account))


@pytest.fixture
def ticket(online, stage):
    return ticket_of(book(online("nina"), stage))


@pytest.fixture
def code(app, ticket):
    with app.app_context():
        return db.session.query(Booking).one().code


def in_two(code):
    return f"{code[:3]}\u00a0{code[3:]}"


def visit_of(page):
    return re.search(r'href="(/today/[\w-]{22})"', page)[1]


def test_the_day_shows_visits_by_code_and_free_times(studio, code):
    page = studio.get(TOMORROW, headers={"Accept-Language": "en"}).text

    assert in_two(code) in page
    assert page.count("Free time") + page.count("Wolny termin") <= 1
    assert "17:15" in page


def test_a_code_typed_in_any_groups_finds_its_visit(studio, code):
    for typed in (code, f"{code[:3]} {code[3:]}", f"{code[:2]}-{code[2:]}"):
        page = studio.get("/today", query_string={"code": typed}).text
        assert 'class="card visit on"' in page

    missing = studio.get("/today?code=000000").text
    assert "data-focus" in missing
    assert 'value="000000"' in missing


def test_came_or_did_not_come(app, studio, ticket, clock):
    visit = visit_of(studio.get(TOMORROW).text)
    clock.set(NOW + DAY + 7 * HOUR)

    assert studio.post(visit + "/outcome", {"outcome": "not"}).location == TOMORROW
    assert studio.post(visit + "/outcome", {"outcome": "came"}).status_code == 303
    with app.app_context():
        assert db.session.query(Booking).one().state == "attended"


def test_codes_disappear_three_days_after(studio, code, clock):
    visit = visit_of(studio.get(TOMORROW).text)
    clock.set(NOW + DAY + 7 * HOUR + 73 * HOUR)

    assert in_two(code) not in studio.get(TOMORROW).text
    assert studio.get(visit).status_code == 404
    assert 'class="card visit on"' not in studio.get("/today", query_string={"code": code}).text


def test_close_a_day_in_two_taps_and_everybody_is_told(studio, online, ticket, stage):
    question = studio.get("/closed-days/2026-11-24")
    assert question.status_code == 200
    assert studio.post("/closed-days/2026-11-24").location == TOMORROW

    page = online("nina").get(ticket).text
    assert "This time does not work out" in page
    assert "Would another time be better?" in page
    assert 'type="radio"' in online("lev").get(f"/offers/{stage.offer}?days=28").text


def test_call_one_visit_off(app, studio, online, ticket):
    visit = visit_of(studio.get(TOMORROW).text)
    assert studio.get(visit + "/cancellation").status_code == 200
    assert studio.post(visit + "/cancellation").status_code == 303

    assert "This time does not work out" in online("nina").get(ticket).text


def test_another_business_sees_nothing_of_it(enter, app, studio, ticket, code, stage):
    with app.app_context():
        other = (
            db.session.query(ProviderAccount).filter(ProviderAccount.id != stage.account).first()
        )
    stranger = enter(lambda: db.session.get(ProviderAccount, other.id))
    visit = visit_of(studio.get(TOMORROW).text)

    assert in_two(code) not in stranger.get(TOMORROW).text
    assert stranger.get(visit).status_code == 404
    for deed, data in (
        ("outcome", {"outcome": "came"}),
        ("answer", {"answer": "yes"}),
        ("cancellation", {}),
    ):
        assert stranger.post(f"{visit}/{deed}", data).status_code == 404


@pytest.mark.parametrize(
    "day", ["yesterday", "2026-13-45", "0000-00-00", "9999-12-31", "0001-01-01"]
)
def test_odd_days_are_no_fault(studio, day):
    assert studio.get(f"/today?day={day}").status_code in (200, 404)
    assert studio.get(f"/closed-days/{day}").status_code in (200, 404)


def test_members_do_not_come_here(online, stage):
    assert online("nina").get("/today").status_code == 403
