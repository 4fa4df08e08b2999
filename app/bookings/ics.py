"""A visit as a calendar entry (RFC 5545). Calendars are copied to their makers, so it says next to nothing."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from app.bookings.models import BookingState
from app.bookings.shown import Visit
from app.bookings.way import address_of

HOST = "pobach.invalid"  # RFC 2606: a UID needs a host, and ours is nobody's business
ALARM = timedelta(hours=2)


def entry(visit: Visit, summary: str, *, with_place: bool = False) -> bytes:
    """`summary` and the time in UTC, an alarm two hours before. The same UID for ever, a higher SEQUENCE after
    every change, CANCELLED after a cancellation. Place, business and code only `with_place`.
    """
    booking, event = visit.booking, _event(visit, summary)
    if with_place:
        event.add("location", f"{booking.provider.name}, {address_of(booking.offer)}")
        event.add("description", f"{visit.offer.text.title}. {visit.code}")
    if booking.is_open:
        event.add_component(_alarm(summary))
    calendar = _calendar("PUBLISH" if booking.is_open else "CANCEL")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(visits: list[Visit]) -> bytes:
    """A business's visits: the alias and the time, nothing else; calendars copy to their makers what they read."""
    calendar = _calendar("PUBLISH")
    for visit in visits:
        calendar.add_component(_event(visit, visit.alias))
    return bytes(calendar.to_ical())


def _event(visit: Visit, summary: str) -> Event:
    booking, event = visit.booking, Event()
    event.add("uid", f"{booking.public_id}@{HOST}")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", visit.now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", summary)
    event.add("status", _status(booking.state))
    event.add("class", "PRIVATE")
    return event


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Pobach//Visit//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _status(state: BookingState) -> str:
    if state in (BookingState.CANCELLED, BookingState.DECLINED):
        return "CANCELLED"
    return "TENTATIVE" if state is BookingState.PENDING else "CONFIRMED"


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -ALARM)
    return alarm
