"""The same life, and businesses that change their hours: no agreed visit moves, whatever they do."""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.bookings import times
from app.bookings.models import OPEN, Booking
from app.db import db, writing
from app.offers.models import Schedule, Slot
from app.offers.schedule_rules import Window, sketch
from app.offers.slot_rules import keep_slots
from tests.bookings.machine import Life

DAYS = 2


class LifeWithHours(Life):
    """Hours change under people's feet; what they agreed on stays where it was."""

    def __init__(self) -> None:
        with writing() as session:
            session.execute(sa.delete(Schedule))
        super().__init__()

    @rule(
        which=st.integers(0, 4),
        opens=st.sampled_from([0, 480, 600, 720]),
        hours=st.sampled_from([0, 2, 6]),
    )
    def change_hours(self, which: int, opens: int, hours: int) -> None:
        before = self.agreed()
        self.do(lambda: self.set_hours(which, opens, hours))
        assert self.agreed() == before
        self.slots = list(db.session.scalars(sa.select(Slot).order_by(Slot.id).limit(60)))

    def set_hours(self, which: int, opens: int, hours: int) -> None:
        offer, today = self.cast.offers[which], times.day_in(self.now, "Europe/Warsaw")
        days = [(today + timedelta(days=n)).weekday() for n in range(DAYS)] if hours else []
        week = [Window(day, opens, opens + 60 * hours) for day in days]
        sketch(offer, week, today=today, until=today + timedelta(days=DAYS - 1))
        keep_slots(offer, self.now)

    def agreed(self) -> list[tuple]:
        wish = sa.select(Booking.id, Booking.slot_id, Booking.starts_at, Booking.ends_at)
        rows = db.session.execute(wish.where(Booking.state.in_(OPEN)).order_by(Booking.id))
        return [tuple(row) for row in rows]
