"""A database that is held, restarted or full: a kind 503, no half row, and on it goes by itself."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from app.bookings.models import Booking
from app.db import db
from tests.bookings.crowd import enter
from tests.faults.house import House
from tests.faults.ledger import Ledger, Try, all_is_there_once, opened

WRITERS = 8
ANSWERED_WITHIN_S = 40  # fifteen by our own rule; a busy machine needs some more
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@contextmanager
def held(house: House) -> Iterator[None]:
    """Somebody else's program holds what a booking needs, and does not let go."""
    if house.engine:
        with psycopg.connect(house.engine.url) as other:
            other.execute("LOCK TABLE slot IN ACCESS EXCLUSIVE MODE")
            yield
        return
    with house.inside(), db.engine.execution_options(writing=True).begin():
        yield


async def _everybody_is_told_to_try_again(ledger: Ledger) -> None:
    began = time.monotonic()
    answered = await asyncio.gather(*(ledger.ask(Try(n, ledger.slots[0])) for n in range(WRITERS)))
    assert not any(answered)
    assert ledger.busy == WRITERS
    assert time.monotonic() - began < ANSWERED_WITHIN_S


def test_a_held_lock_is_a_503_for_everybody_in_time_and_then_it_goes_on(house):
    ledger = opened(house, people=WRITERS)

    async def story() -> None:
        await ledger.come(0, WRITERS)
        with held(house):
            await _everybody_is_told_to_try_again(ledger)
        await ledger.ask_again()
        await ledger.go()

    with house.web():
        asyncio.run(story())
    all_is_there_once(house, ledger)


def test_the_page_of_a_held_lock_is_ours_and_says_nothing_was_changed(house):
    ledger = opened(house, people=1)

    async def story() -> tuple[int, str, str]:
        person = await enter(ledger.url, ledger.cards[0])
        with held(house):
            data = {
                "csrf_token": person.headers["X-CSRFToken"],
                "slot": ledger.slots[0],
                "once": "n",
            }
            async with person.post("/offers/1/bookings", data=data) as answer:
                said = answer.status, answer.headers.get("Retry-After", ""), await answer.text()
        await person.close()
        return said

    with house.web():
        status, wait, page = asyncio.run(story())
    assert status == 503
    assert wait == "2"
    assert "errors" not in page
    assert "<h1" in page
    with house.inside():
        assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 0


def test_a_restart_of_the_database_is_a_short_503_and_nothing_else(on_postgres):
    ledger, engine = opened(on_postgres, people=2), on_postgres.engine

    async def story() -> None:
        await ledger.come(0, 2)
        ledger.enough = 5
        booking = asyncio.create_task(ledger.everybody_books(stop_at_silence=False))
        for _ in range(3):
            await asyncio.wait_for(ledger.reached.wait(), 60)
            await asyncio.to_thread(engine.restart)
            ledger.enough, ledger.reached = len(ledger.told) + 5, asyncio.Event()
        await asyncio.wait_for(booking, 90)
        await ledger.go()

    with on_postgres.web():
        asyncio.run(story())
    assert len(ledger.told) == 2 * len(ledger.slots)
    all_is_there_once(on_postgres, ledger)
