"""What people were told while things broke, and whether the database remembers all of it, once."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import sqlalchemy as sa

from app.accounts.invitation_rules import mint
from app.bookings.models import Booking
from app.db import db, writing
from app.notifications.models import Notice
from app.offers.models import Category
from app.offers.models import Kind as Sort
from tests.bookings.cast import new_offer, new_provider, new_slot
from tests.bookings.crowd import enter, overbooked, overlapping
from tests.faults.house import House

ROOMY = 30_000
BUSY = 503


@dataclass(frozen=True)
class Try:
    """One wish, by its key: told again with the same one until somebody answers."""

    person: int
    slot: int

    @property
    def key(self) -> str:
        return f"{self.person}-{self.slot}"


@dataclass
class Ledger:
    """Bookings people were told of, by wish; wishes nobody answered."""

    url: str
    cards: list[str]
    slots: list[int]
    told: dict[Try, tuple[str, str]] = field(default_factory=dict)
    unsure: set[Try] = field(default_factory=set)
    busy: int = 0
    enough: int = 0
    people: dict[int, aiohttp.ClientSession] = field(default_factory=dict)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def come(self, first: int, last: int) -> None:
        """These people come in by their cards."""
        for number in range(first, last):
            self.people[number] = await enter(self.url, self.cards[number])

    async def connect_again(self) -> None:
        """After a new start of the server: a connection kept from before is dead, and its first use only says so."""
        for session in self.people.values():
            with suppress(aiohttp.ClientError):
                async with session.get("/healthz"):
                    pass

    async def go(self) -> None:
        for session in self.people.values():
            await session.close()
        self.people.clear()

    async def ask(self, wish: Try) -> bool:
        """Whether somebody answered; what was told is written down, and told twice it must be the same."""
        self.unsure.add(wish)
        path, key = f"/api/v1/slots/{wish.slot}/booking", {"Idempotency-Key": wish.key}
        try:
            async with self.people[wish.person].post(path, headers=key) as answer:
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            return False
        if answer.status == BUSY:
            self.busy += 1
            return False
        assert answer.status == 201, body
        self.note(wish, (body["id"], body["code"]))
        return True

    def note(self, wish: Try, what: tuple[str, str]) -> None:
        assert self.told.setdefault(wish, what) == what
        self.unsure.discard(wish)
        if len(self.told) >= self.enough:
            self.reached.set()

    async def everybody_books(self, *, stop_at_silence: bool) -> None:
        """Everybody present goes through all the times; an unanswered wish ends it, or is tried again."""

        async def one(person: int) -> None:
            for slot in self.slots:
                while not await self.ask(Try(person, slot)):
                    if stop_at_silence:
                        return
                    await asyncio.sleep(0.1)

        await asyncio.gather(*map(one, list(self.people)))

    async def ask_again(self) -> None:
        """With the same keys, until every wish is answered."""
        while self.unsure:
            await asyncio.gather(*map(self.ask, list(self.unsure)))


def opened(house: House, people: int) -> Ledger:
    """Cards for so many, and twenty-four hours of which everybody may have every one: nobody is in the way."""
    now = datetime.now(UTC)
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=20)
    with house.inside():
        slots = []
        for number in range(24):
            place, category = new_provider(f"Provider {number}"), list(Category)[number % 12]
            offer = new_offer(place, "Visit", category, kind=Sort.SESSION)
            slots.append(new_slot(offer, start + number * timedelta(hours=1), seats=ROOMY).id)
        with writing():
            cards = [mint(None, now=now).token for _ in range(people)]
    return Ledger(house.server.url, cards, slots)


def all_is_there_once(house: House, ledger: Ledger) -> None:
    """Every booking people were told of, with the same code; none besides, nothing half done."""
    assert not ledger.unsure
    with house.inside():
        rows = {(b.public_id, b.code) for b in db.session.scalars(sa.select(Booking))}
        assert rows == set(ledger.told.values())
        assert len(rows) == len(ledger.told)
        assert overbooked() == []
        assert overlapping() == []
        assert all(len(counts) == 1 for counts in _notices_by_slot().values())


def _notices_by_slot() -> dict[int, set[int]]:
    """How many notices bookings of each time owe: the same for all, or one was half written."""
    owed = Notice.subject == "booking:" + Booking.public_id
    wish = sa.select(Booking.slot_id, sa.func.count(Notice.id)).outerjoin(Notice, owed)
    found: dict[int, set[int]] = {}
    for slot, count in db.session.execute(wish.group_by(Booking.id, Booking.slot_id)):
        found.setdefault(slot, set()).add(count)
    return found
