"""The cast on its stage, inside the app for rules, in browsers for pages."""

import pytest

from app.accounts.models import Moderator
from app.accounts.session_rules import open_session
from app.db import clock as clock_now
from app.db import db, writing
from tests.bookings.browsing import Browser
from tests.moderation.cast import NOW, new_business, new_moderator


@pytest.fixture
def now(clock):
    return clock.set(NOW)


@pytest.fixture
def olga(context):
    return new_moderator("Olga")


@pytest.fixture
def marek(context):
    return new_moderator("Marek")


@pytest.fixture
def lipa(context):
    return new_business()


@pytest.fixture
def decide():
    """`decide(rules.publish, olga, subject, …)`: one tap, one transaction, as a page does it."""

    def tap(rule, by, subject, *more, now=NOW):
        with writing() as session:
            done = rule(subject, session.get_one(Moderator, by.id), *more, now=now)
            session.flush()
            return done

    return tap


@pytest.fixture
def desk(app, clock):
    """`desk("Olga")`: a browser in which this moderator is signed in. Not together with `context`."""
    clock.set(NOW)

    def sit(name, email=""):
        browser = app.test_client()
        with app.app_context():
            moderator = db.session.query(Moderator).filter_by(name=name).first()
            number = (moderator or new_moderator(name, email)).id
            with writing():
                holder = db.session.get_one(Moderator, number)
                given = open_session(holder, now=clock_now(), second_factor=True)
        with browser.session_transaction() as kept:
            kept["_user_id"] = given.session
        browser.set_cookie("here", given.here)
        return Browser(browser)

    return sit
