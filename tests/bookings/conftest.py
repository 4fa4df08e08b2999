"""The cast on its stage: two members, a hairdresser, her times."""

from datetime import timedelta

import pytest

from app.accounts.models import Member
from app.accounts.session_rules import open_session
from app.bookings import rules
from app.db import clock as clock_now
from app.db import db, writing
from tests.bookings.browsing import Browser, a_stage
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


@pytest.fixture
def enter(app):
    """`enter(lambda: nina)`: a browser in which this person is signed in. Not together with `context`."""

    def come_in(holder):
        browser = app.test_client()
        with app.app_context(), writing():
            given = open_session(holder(), now=clock_now(), second_factor=True)
        with browser.session_transaction() as kept:
            kept["_user_id"] = given.session
        browser.set_cookie("here", given.here)
        return Browser(browser)

    return come_in


@pytest.fixture
def stage(app, clock):
    """See `a_stage`; the clock stands at `NOW`."""
    clock.set(NOW)
    with app.app_context():
        return a_stage()


@pytest.fixture
def online(enter, stage):
    """`online("nina")`: the browser of somebody on the stage."""
    return lambda name: enter(lambda: db.session.get(Member, getattr(stage, name)))
