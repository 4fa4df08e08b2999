"""The cast on its stage: two members, a hairdresser, her times."""

from datetime import timedelta

import pytest

from app.bookings import rules
from app.db import writing
from tests.bookings.cast import DAY, HOUR, NOW, new_member, new_offer, new_provider, new_slot


@pytest.fixture
def now(clock):
    """Monday, ten in the morning in Warsaw; the app's clock says the same."""
    return clock.set(NOW)


@pytest.fixture
def nina(context):
    return new_member()


@pytest.fixture
def lev(context):
    return new_member()


@pytest.fixture
def studio(context):
    return new_provider()


@pytest.fixture
def haircut(studio):
    return new_offer(studio)


@pytest.fixture
def tomorrow(haircut):
    """The haircut's only seat tomorrow at 16:30."""
    return new_slot(haircut, NOW + DAY + 6 * HOUR + timedelta(minutes=30))


@pytest.fixture
def book(now):
    """`book(nina, tomorrow)`: a tap on Book."""

    def tap(member, slot, once=None, at=None):
        with writing():
            return rules.book(slot.id, member, once=once or f"{member.id}-{slot.id}", now=at or now)

    return tap
