"""A business's calendar feed: aliases alone, one secret address, revocable."""

import re

import icalendar
import pytest

from app.accounts.models import ProviderAccount
from app.bookings.models import Booking, CalendarFeed
from app.db import db
from tests.bookings.browsing import book


@pytest.fixture
def studio(enter, stage):
    return enter(lambda: db.session.get(ProviderAccount, stage.account))


def address_on(answer):
    assert answer.status_code == 201
    return re.search(r"http://localhost(/calendar/[\w-]+\.ics)", answer.text)[1]


def test_the_feed_tells_times_and_aliases_and_nothing_else(app, studio, online, stage):
    ticket = book(online("nina"), stage).location
    address = address_on(studio.post("/today/calendar"))

    got = app.test_client().get(address)

    assert (got.status_code, got.mimetype) == (200, "text/calendar")
    assert "no-store" in got.headers["Cache-Control"]
    event = icalendar.Calendar.from_ical(got.data).walk("VEVENT")[0]
    with app.app_context():
        booking = db.session.query(Booking).one()
        assert str(event["summary"]) == booking.alias
        assert event.decoded("dtstart") == booking.starts_at
        for secret in (booking.code, "Haircut", "Lipowa", "Studio", "LOCATION", "DESCRIPTION"):
            assert secret not in got.text
    assert ticket.split("/")[-1] in str(event["uid"])


def test_the_address_is_told_once_and_kept_as_a_hash(app, studio):
    address = address_on(studio.post("/today/calendar"))

    assert address not in studio.get("/today/calendar").text
    with app.app_context():
        kept = db.session.query(CalendarFeed).one()
        assert address.encode() not in kept.token_hash


def test_taken_back_or_made_anew_the_old_address_is_dead_at_once(app, studio):
    street = app.test_client()
    first = address_on(studio.post("/today/calendar"))
    second = address_on(studio.post("/today/calendar"))
    assert street.get(first).status_code == 404
    assert street.get(second).status_code == 200

    assert studio.post("/today/calendar/revocation").status_code == 303
    assert street.get(second).status_code == street.get("/calendar/x.ics").status_code == 404
