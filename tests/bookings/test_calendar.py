"""A visit in somebody's own calendar: next to nothing, and it follows its visit."""

import pytest
from icalendar import Calendar

from tests.bookings.browsing import book, ticket_of
from tests.bookings.cast import DAY, HOUR, MINUTE, NOW


@pytest.fixture
def nina(online):
    return online("nina")


def test_the_calendar_learns_next_to_nothing(nina, stage):
    ticket = ticket_of(book(nina, stage))
    answer = nina.get(ticket + ".ics")
    event = Calendar.from_ical(answer.text).walk("VEVENT")[0]

    assert answer.mimetype == "text/calendar"
    assert (str(event["SUMMARY"]), str(event["STATUS"]), event["SEQUENCE"]) == (
        "Visit",
        "CONFIRMED",
        0,
    )
    assert event.decoded("DTSTART") == NOW + DAY + 6 * HOUR + 30 * MINUTE
    assert event.walk("VALARM")
    assert "Lip" not in answer.text
    assert "LOCATION" not in answer.text
    with_place = nina.get(ticket + ".ics?place=1").text
    assert "Studio Lipa" in with_place


def test_a_calendar_entry_follows_its_visit(nina, stage):
    ticket = ticket_of(book(nina, stage))

    def event():
        return Calendar.from_ical(nina.get(ticket + ".ics").text).walk("VEVENT")[0]

    first = event()
    nina.post(ticket + "/move", {"slot": stage.slots[1]})
    moved = event()
    nina.post(ticket + "/cancellation")
    cancelled = event()

    assert first["UID"] == moved["UID"] == cancelled["UID"]
    assert [e["SEQUENCE"] for e in (first, moved, cancelled)] == [0, 1, 2]
    assert str(cancelled["STATUS"]) == "CANCELLED"
    assert not cancelled.walk("VALARM")
