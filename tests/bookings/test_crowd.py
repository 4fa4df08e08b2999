"""64 writers over HTTP against the real server, on both databases; and a control that must fail."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from app import create_app
from app.bookings.models import Booking
from app.db import db
from app.settings import Settings
from tests.bookings import crowd
from tests.browsers import Server, serve
from tests.databases import KEYS

ATTEMPTS = int(os.environ.get("POBACH_TEST_ATTEMPTS", "2000"))
pytestmark = pytest.mark.xdist_group("crowd")


class House(NamedTuple):
    """A running server and the settings it runs on."""

    server: Server
    settings: Settings


@contextmanager
def a_house(folder: Path, template: Path, url: str, app: str) -> Iterator[House]:
    given = {"POBACH_WEB_WORKERS": "2", "SERVED_APP": app}
    if url.startswith("postgresql"):
        given["POBACH_DATABASE_URL"] = url
    with serve(folder, template, **given) as server:
        keys = {name: server.environ[name] for name in server.environ if name.startswith("POBACH_")}
        yield House(server, Settings.from_environ(KEYS | keys))


@pytest.fixture
def house(database, tmp_path_factory, sqlite_template) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    with a_house(folder, sqlite_template, database.url, "wsgi:app") as running:
        yield running


@pytest.fixture
def unguarded(database, tmp_path_factory, sqlite_template) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("unguarded")
    with a_house(folder, sqlite_template, database.url, "tests.bookings.unguarded:app") as running:
        yield running


@contextmanager
def looking_into(house: House) -> Iterator[None]:
    app = create_app(house.settings)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def rushed(house, attempts):
    cards, slots = crowd.fill(house.settings, members=96, offers=12, slots=8)

    answers = asyncio.run(crowd.rush(house.server.url, cards, slots, attempts))

    assert sum(answers.kinds.values()) == attempts
    known = {"booked", "slot-taken", "overlap", "fair-share", "too-late"}
    assert set(answers.kinds) <= known, answers.kinds
    assert {"booked", "slot-taken", "overlap"} <= set(answers.kinds), answers.kinds
    with looking_into(house):
        assert crowd.overbooked() == []
        assert crowd.overlapping() == []
        assert db.session.query(Booking).count() == answers.kinds["booked"]
        assert {b.public_id for b in db.session.query(Booking)} == answers.bookings


@pytest.mark.slow
def test_under_a_rush_no_seat_is_given_twice_and_nobody_is_in_two_places(house):
    rushed(house, ATTEMPTS)


@pytest.mark.soak
def test_under_a_hundred_thousand_attempts_it_is_the_same(house):
    rushed(house, 100_000)


@pytest.mark.slow
def test_of_fifty_who_want_the_last_seat_exactly_one_gets_it(house):
    cards, slots = crowd.fill(house.settings, members=50, offers=1, slots=4)

    answers = asyncio.run(crowd.at_once(house.server.url, cards, slots[0], times=50))

    assert answers.kinds == {"booked": 1, "slot-taken": 49}
    assert answers.without_next == 0


@pytest.mark.slow
def test_one_key_sent_fifty_times_at_once_is_one_booking(house):
    cards, slots = crowd.fill(house.settings, members=1, offers=1, slots=1)

    answers = asyncio.run(crowd.at_once(house.server.url, cards, slots[0], times=50, key="k"))

    assert answers.kinds == {"booked": 50}
    assert len(answers.bookings) == 1
    with looking_into(house):
        assert db.session.query(Booking).count() == 1
        assert crowd.overbooked() == []


@pytest.mark.slow
def test_control_without_the_guards_both_go_wrong(unguarded):
    """If this one passed, the tests above would prove nothing."""
    cards, slots = crowd.fill(unguarded.settings, members=48, offers=12, slots=2)

    asyncio.run(crowd.rush(unguarded.server.url, cards, slots, 300))

    with looking_into(unguarded):
        assert crowd.overbooked()
        if unguarded.settings.sqlite:
            assert crowd.overlapping()
        else:
            assert (
                crowd.overlapping() == []
            )  # PostgreSQL's own constraint holds where ours was removed
