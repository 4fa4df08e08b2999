"""`kill -9` of worker and web in turns, with thousands queued and people booking: nothing promised is lost."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
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
from app.offers.models import Offer
from tests.faults.house import House, kill_below
from tests.faults.ledger import Ledger, opened
from tests.notifications.phone import until
from tests.notifications.stage import Phone, all_settled, let_in, promise
from tests.push_service import PushService, running_push_service

KILLS = int(os.environ.get("POBACH_TEST_KILLS", "10"))
SOAK_KILLS = 1000
QUEUED, PEOPLE, GUESTS = 2000, 50, 3
pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture
def service() -> Iterator[PushService]:
    """Slow enough that thousands go on waiting, until it hurries at the end."""
    with running_push_service() as running:
        running.strict, running.service_time = False, 1
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


def start(stack: ExitStack, house: House, which: str) -> int:
    """The process below which all of its own are."""
    if which == "web":
        return stack.enter_context(house.web())
    return stack.enter_context(house.server.worker()).pid


async def in_the_midst(
    ledger: Ledger, service: PushService, number: int, dice: random.Random
) -> asyncio.Task[None]:
    """Guests are booking and the worker is sending, with thousands behind."""
    await ledger.come(number * GUESTS, (number + 1) * GUESTS)
    let_them_in(service, guests())
    owe(QUEUED - counting.status(clock()).waiting)
    ledger.enough, ledger.reached = len(ledger.told) + dice.randint(1, 30), asyncio.Event()
    sent = len(service.messages) + dice.randint(1, 40)
    booking = asyncio.create_task(ledger.everybody_books(stop_at_silence=True))
    assert counting.status(clock()).waiting > QUEUED / 2
    await asyncio.wait_for(ledger.reached.wait(), 60)
    await until(lambda: len(service.messages) >= sent)
    return booking


async def kill_one_after_the_other(house: House, ledger: Ledger, service: PushService, times: int):
    dice = random.Random(11)
    with ExitStack() as stack:
        pids = {which: start(stack, house, which) for which in ("worker", "web")}
        for number in range(times):
            booking = await in_the_midst(ledger, service, number, dice)
            which = ("worker", "web")[number % 2]
            kill_below(pids[which])
            booking.cancel()
            await asyncio.gather(booking, return_exceptions=True)
            await ledger.go()
            pids[which] = start(stack, house, which)
        service.service_time = 0
        end_leases()
        await until(settled, 240)


def kill_them(house: House, service: PushService, times: int) -> None:
    house.server.environ |= {"POBACH_PUSH_HOSTS": "127.0.0.1", "POBACH_WEB_WORKERS": "1"}
    ledger = opened(house, people=GUESTS * times)
    with house.inside():
        with writing() as session:  # the worker leaves these times as they are
            tomorrow = (clock() + timedelta(days=1)).date()
            session.execute(sa.update(Offer).values(slots_kept_on=tomorrow))
        let_them_in(service, [f"volunteer:{number}" for number in range(PEOPLE)])
        owe(QUEUED)
        asyncio.run(kill_one_after_the_other(house, ledger, service, times))
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
    owed = sa.select(Notice.subject, Delivery.state).join(Notice.planned)
    owed = owed.outerjoin(Delivery, Delivery.planned_id == Planned.id)
    now_due = Notice.kind.in_(["booking_confirmed", "booking_changed"])
    due = {subject: state for subject, state in db.session.execute(owed.where(now_due))}  # noqa: C416
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
