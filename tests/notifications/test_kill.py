"""`kill -9` of whoever promises and of whoever sends, with thousands queued: nothing promised is lost."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.db import db, writing
from app.notifications.models import Delivery, Notice, Planned
from app.notifications.postman import SLOTS
from app.notifications.rules import Recipient
from tests.databases import ROOT
from tests.faults.house import House, build, kill_below
from tests.notifications.killing import PEOPLE
from tests.notifications.stage import Phone, all_settled, let_in, promise
from tests.push_service import PushService

KILLS = int(os.environ.get("POBACH_TEST_KILLS", "10"))
SOAK_KILLS = 1000
QUEUED = 2000


def until(true, seconds=120):
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.02)


def everybody_lets_us_in(service: PushService) -> None:
    with writing():
        for number in range(PEOPLE):
            let_in(Phone(f"{service.url}/to/{number}"), Recipient(f"member:{number}"))
    with writing():
        for number in range(QUEUED):
            promise(Recipient(f"member:{number % PEOPLE}"))


def promise_and_be_killed(house: House, number: int, after: int) -> set[str]:
    """What was said to be promised before the kill."""
    command = [sys.executable, "-m", "tests.notifications.killing", str(number)]
    with subprocess.Popen(
        command, cwd=ROOT, env=house.server.environ, stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout
        heard = {one.stdout.readline().strip() for _ in range(after)} - {""}
        one.kill()
        rest = one.stdout.read().split("\n")
    return heard | set(rest[:-1])


def kill_them(house: House, service: PushService, times: int) -> None:
    dice, promised = random.Random(11), set[str]()
    with house.inside():
        everybody_lets_us_in(service)
        for number in range(times):
            enough = len(service.messages) + dice.randint(1, 150)
            with house.server.worker() as worker:
                promised |= promise_and_be_killed(house, number * 100, dice.randint(1, 60))
                until(lambda at=enough: len(service.messages) >= at or settled())
                kill_below(worker.pid)
        with house.server.worker():
            until(settled, 240)  # the last killed one's leases end first
        everything_arrived(service, promised, times)


def settled() -> bool:
    db.session.rollback()
    return all_settled()


def everything_arrived(service: PushService, promised: set[str], times: int) -> None:
    db.session.rollback()
    kept = set(db.session.scalars(sa.select(Notice.subject)))
    unsent = db.session.scalar(
        sa.select(sa.func.count()).select_from(Planned).outerjoin(Delivery).where(
            sa.or_(Delivery.state != "sent", Delivery.id.is_(None))
        )
    )  # fmt: skip
    assert promised <= kept, "what was committed is there"
    assert unsent == 0
    by_thing = Counter((m.path, m.headers["Topic"]) for m in service.accepted())
    assert len(by_thing) == len(kept), "one on the screen for each thing, and each thing on it"
    assert sum(by_thing.values()) - len(by_thing) <= SLOTS * times, (
        "twice at most what was in flight"
    )


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path, service: PushService) -> House:
    service.strict = False
    return build(tmp_path, sqlite_template, None, POBACH_PUSH_HOSTS="127.0.0.1")


@pytest.mark.slow
@pytest.mark.xdist_group("faults")
def test_nothing_promised_is_lost_when_promisers_and_senders_are_killed(house, service):
    kill_them(house, service, KILLS)


@pytest.mark.soak
def test_nothing_promised_is_lost_in_a_thousand_kills(house, service):
    kill_them(house, service, SOAK_KILLS)
