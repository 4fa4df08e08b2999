"""`kill -9`, again and again, while people book: what was acknowledged is there, and nothing is there twice."""

import asyncio
import os
import random

import pytest

from tests.faults.house import House, kill, kill_below
from tests.faults.ledger import Ledger, all_is_there_once, opened

KILLS = int(os.environ.get("POBACH_TEST_KILLS", "10"))
SOAK_KILLS = 200
PEOPLE = 6
pytestmark = pytest.mark.xdist_group("faults")


async def _until_killed(ledger: Ledger, web: int, first: int, after: int) -> None:
    """These people book, and after so many answers the server is no more."""
    await ledger.come(first, first + PEOPLE)
    ledger.enough, ledger.reached = len(ledger.told) + after, asyncio.Event()
    booking = asyncio.create_task(ledger.everybody_books(stop_at_silence=True))
    await asyncio.wait_for(ledger.reached.wait(), 60)
    kill_below(web)
    await booking


def kill_the_web(house: House, times: int) -> None:
    ledger, dice = opened(house, people=PEOPLE * times), random.Random(9)

    async def story() -> None:
        for number in range(times + 1):
            with house.web() as web:
                await asyncio.wait_for(ledger.ask_again(), 60)
                await ledger.go()
                if number < times:
                    await _until_killed(ledger, web, number * PEOPLE, dice.randint(3, 90))

    asyncio.run(story())
    assert len(ledger.told) >= 3 * times
    all_is_there_once(house, ledger)


def kill_the_database(house: House, times: int) -> None:
    assert house.engine
    ledger, dice = opened(house, people=PEOPLE * times), random.Random(10)

    async def one(number: int) -> None:
        await ledger.come(number * PEOPLE, (number + 1) * PEOPLE)
        ledger.enough, ledger.reached = len(ledger.told) + dice.randint(3, 90), asyncio.Event()
        booking = asyncio.create_task(ledger.everybody_books(stop_at_silence=False))
        await asyncio.wait_for(ledger.reached.wait(), 60)
        if number % 2:
            kill(house.engine.processes()[-1:])  # one backend: the others are thrown out with it
        else:
            house.engine.kill()
            await asyncio.sleep(0.3)  # people go on asking a database that is not there
            house.engine.start()
        await asyncio.wait_for(booking, 60)
        await ledger.go()

    async def story() -> None:
        for number in range(times):
            await one(number)

    with house.web():
        asyncio.run(story())
    assert ledger.busy
    all_is_there_once(house, ledger)


@pytest.mark.slow
def test_whatever_was_acknowledged_is_there_once_after_kills_of_the_web(house):
    kill_the_web(house, KILLS)


@pytest.mark.slow
def test_whatever_was_acknowledged_is_there_once_after_kills_of_the_database(on_postgres):
    kill_the_database(on_postgres, KILLS)


@pytest.mark.soak
def test_two_hundred_kills_of_the_web_lose_nothing(house):
    kill_the_web(house, SOAK_KILLS)


@pytest.mark.soak
def test_two_hundred_kills_of_the_database_lose_nothing(on_postgres):
    kill_the_database(on_postgres, SOAK_KILLS)
