"""`kill -9` of web and worker at once, with thousands queued and people booking: nothing promised is lost."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts.models import Member
from app.bookings.models import Booking
from app.db import clock, db, public_id, writing
from app.notifications import counting
from app.notifications.models import Delivery, Notice, Planned, PushSubscription
from app.notifications.postman import SLOTS
from app.notifications.rules import Recipient
from tests.faults.house import House, kill_below
from tests.faults.ledger import Ledger, opened
from tests.notifications.phone import until
from tests.notifications.stage import Phone, all_settled, let_in, promise
from tests.push_service import PushService, running_push_service

KILLS = int(os.environ.get("POBACH_TEST_KILLS", "10"))
SOAK_KILLS = 1000
QUEUED, MORE, PEOPLE, GUESTS = 2000, 300, 50, 3
pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture
def service() -> Iterator[PushService]:
    """Slow enough that thousands go on waiting, until it hurries at the end."""
    with running_push_service() as running:
        running.strict, running.service_time = False, 0.5
        yield running


def owe(number: int) -> None:
    with writing():
        for one in range(number):
            subject = f"thing:{public_id()}"
            promise(Recipient(f"volunteer:{one % PEOPLE}"), "booking_changed", subject=subject)


def let_them_in(service: PushService, people: list[str]) -> None:
    with writing():
        for who in people:
            let_in(Phone(f"{service.url}/to/{who.replace(':', '')}"), Recipient(who))


def guests() -> list[str]:
    """Who has come in by a card and has no phone that is told yet."""
    db.session.rollback()
    told = set(db.session.scalars(sa.select(PushSubscription.recipient)))
    return [
        one.recipient for one in db.session.scalars(sa.select(Member)) if one.recipient not in told
    ]


async def book_until_killed(
    house: House, ledger: Ledger, service: PushService, number: int, dice: random.Random
) -> None:
    """Guests book while the worker sends; in the midst of it both are no more."""
    with house.server.worker() as worker, house.web() as web:
        await ledger.come(number * GUESTS, (number + 1) * GUESTS)
        let_them_in(service, guests())
        owe(MORE)
        ledger.enough, ledger.reached = len(ledger.told) + dice.randint(1, 30), asyncio.Event()
        sent = len(service.messages) + dice.randint(1, 60)
        booking = asyncio.create_task(ledger.everybody_books(stop_at_silence=True))
        await asyncio.wait_for(ledger.reached.wait(), 60)
        await until(lambda: len(service.messages) >= sent)
        kill_below(web)
        kill_below(worker.pid)
        await booking
        await ledger.go()


def kill_them(house: House, service: PushService, times: int) -> None:
    house.server.environ["POBACH_PUSH_HOSTS"] = "127.0.0.1"
    ledger, dice = opened(house, people=GUESTS * times), random.Random(11)
    with house.inside():
        let_them_in(service, [f"volunteer:{number}" for number in range(PEOPLE)])
        owe(QUEUED)
        for number in range(times):
            asyncio.run(book_until_killed(house, ledger, service, number, dice))
            assert counting.status(clock()).waiting > QUEUED / 2
        service.service_time = 0
        end_leases()
        with house.server.worker():
            asyncio.run(until(settled, 240))
        everything_arrived(service, ledger, times)


def end_leases() -> None:
    """As half a minute does it."""
    with writing() as session:
        session.execute(sa.update(Delivery).values(lease_until=clock() - timedelta(seconds=1)))


def settled() -> bool:
    db.session.rollback()
    return all_settled()


def everything_arrived(service: PushService, ledger: Ledger, times: int) -> None:
    db.session.rollback()
    booked = {booking.public_id for booking in db.session.scalars(sa.select(Booking))}
    assert {said for said, _code in ledger.told.values()} <= booked, "what was told is there"
    owed = sa.select(Notice.subject, Delivery.state).join(Planned).outerjoin(Delivery)
    now_due = Notice.kind.in_(["booking_confirmed", "booking_changed"])
    due = dict(db.session.execute(owed.where(now_due)).tuples())
    assert {f"booking:{one}" for one in booked} <= set(due)
    assert set(due.values()) == {"sent"}
    by_thing = Counter((m.path, m.headers["Topic"]) for m in service.accepted())
    assert len(by_thing) == len(due), "one on the screen for each thing, and each thing on it"
    assert sum(by_thing.values()) - len(due) <= SLOTS * times, "twice at most what was in flight"


@pytest.mark.slow
def test_nothing_promised_is_lost_when_web_and_worker_are_killed(house, service):
    kill_them(house, service, KILLS)


@pytest.mark.soak
def test_nothing_promised_is_lost_in_a_thousand_kills(house, service):
    kill_them(house, service, SOAK_KILLS)
