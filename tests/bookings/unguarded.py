"""The app with its guards taken away: what the contended tests must be able to see going wrong."""

import sqlalchemy as sa

from app import create_app
from app.bookings import rules, seats, times
from app.db import db
from app.offers.models import Slot


def take_without_asking(slot_id: int) -> bool:
    """Look whether a seat was free when the page was made, and take it whatever came between."""
    wish = sa.update(Slot).where(Slot.id == slot_id, Slot.seats_taken < Slot.seats)
    db.session.execute(wish.values(seats_taken=Slot.seats_taken + 1))
    return True


seats.take = take_without_asking
rules.check = lambda *_, **__: None
times.overlaps = lambda *_: False
app = create_app()
