"""How a place in line is said on a page: an hour of the clock, never a countdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.bookings.models import Booking, WaitingPlace
from app.bookings.shown import Shown, Visit, shown, span, visit
from app.i18n import clock_time, day_word


@dataclass(frozen=True)
class Waited:
    """A time somebody waits for; `instead` is their visit that it would replace."""

    place: WaitingPlace
    offer: Shown
    instead: Visit | None
    now: datetime

    @property
    def when(self) -> str:
        """'Tomorrow, 16:30'."""
        day = day_word(self.place.slot.starts_at, self.offer.zone, self.now)
        return f"{day}, {span(self.place.slot, self.offer.zone)}"

    @property
    def kept_until(self) -> str:
        """'16:40' while a seat is held; else nothing."""
        until = self.place.hold_until
        return clock_time(until, self.offer.zone) if until is not None else ""


def waited(place: WaitingPlace, instead: Booking | None, now: datetime) -> Waited:
    """The place in the language now being spoken."""
    return Waited(place, shown(place.slot.offer), visit(instead, now) if instead else None, now)
