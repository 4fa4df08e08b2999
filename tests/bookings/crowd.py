"""Many people at once, over HTTP, against the real server: who got what, and what the database says after."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import sqlalchemy as sa

from app import create_app
from app.accounts.invitation_rules import mint
from app.bookings.models import OPEN, Booking, BookingState, Proposal, WaitingPlace
from app.db import db, writing
from app.offers.models import Category, Kind, Slot
from app.settings import Settings
from tests.bookings.cast import new_offer, new_provider, new_slot

WRITERS = 64
HOLDS = sa.or_(
    Booking.state.not_in((BookingState.CANCELLED, BookingState.DECLINED)),
    Booking.release_at.is_not(None),
)


@dataclass
class Answers:
    """What came back: by status and kind of refusal; and who won which time."""

    kinds: Counter[str] = field(default_factory=Counter)
    winners: Counter[int] = field(default_factory=Counter)
    without_next: int = 0
    bookings: set[str] = field(default_factory=set)
    slowest_s: float = 0.0

    def add(self, slot: int, status: int, body: dict) -> None:
        kind = "booked" if status == 201 else str(body.get("type", status)).rpartition("/")[2]
        self.kinds[kind] += 1
        if status == 201:
            self.winners[slot] += 1
            self.bookings.add(body["id"])
        elif status == 409 and not body["next_free"]:
            self.without_next += 1


def fill(settings: Settings, members: int, offers: int, slots: int) -> tuple[list[str], list[int]]:
    """Cards for so many members; times that overlap one another, of one to three seats. Cards' tokens, slot ids."""
    app, ids = create_app(settings), []
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=20)
    with app.app_context():
        for number in range(offers):
            kind = (Kind.APPOINTMENT, Kind.SESSION)[number % 2]
            offer = new_offer(
                new_provider(f"Provider {number}"), "Visit", list(Category)[number % 12], kind=kind
            )
            for n in range(slots):
                at = start + timedelta(minutes=30 * (number % 3), hours=n)
                ids.append(new_slot(offer, at, seats=1 + 2 * (number % 2)).id)
        with writing():
            cards = [mint(None, now=datetime.now(UTC)).token for _ in range(members)]
    return cards, ids


async def enter(url: str, card: str) -> aiohttp.ClientSession:
    """A session of its own, by its card."""
    person = aiohttp.ClientSession(url, cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with person.post("/api/v1/session", json={"invitation": card}) as answer:
        assert answer.status == 201, await answer.text()
        person.headers["X-CSRFToken"] = (await answer.json())["csrf_token"]
        person.headers["Origin"] = url
    return person


async def book(person: aiohttp.ClientSession, slot: int, answers: Answers, key: str = "") -> None:
    """One attempt; its answer is counted. Under load some may be told to try again: that is an answer, too."""
    headers = {"Idempotency-Key": key} if key else {}
    clock = asyncio.get_running_loop().time
    began = clock()
    async with person.post(f"/api/v1/slots/{slot}/booking", headers=headers) as answer:
        answers.add(slot, answer.status, await answer.json(content_type=None))
    answers.slowest_s = max(answers.slowest_s, clock() - began)


async def rush(url: str, cards: list[str], slots: list[int], attempts: int) -> Answers:
    """64 writers, each going on as soon as it was answered, until so many attempts were made."""
    people = [await enter(url, card) for card in cards]
    chance, answers, left = random.Random(7), Answers(), iter(range(attempts))

    async def writer() -> None:
        for _ in left:
            await book(chance.choice(people), chance.choice(slots), answers)

    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    await asyncio.gather(*(person.close() for person in people))
    return answers


async def at_once(url: str, cards: list[str], slot: int, times: int, key: str = "") -> Answers:
    """The same time wanted by all these people (or by one, so many times with one key) in one moment."""
    people, answers = [await enter(url, card) for card in cards], Answers()
    tries = [people[n % len(people)] for n in range(times)]
    await asyncio.gather(*(book(person, slot, answers, key) for person in tries))
    await asyncio.gather(*(person.close() for person in people))
    return answers


def overbooked() -> list[int]:
    """Times that gave away more seats than they have, or count them wrongly."""
    count = _held(Booking, HOLDS) + _held(WaitingPlace, WaitingPlace.hold_until.is_not(None))
    count = count + _held(Proposal, sa.true())
    wish = sa.select(Slot.id)
    wrong = sa.or_(count > Slot.seats, count != Slot.seats_taken)
    return list(db.session.scalars(wish.where(wrong)))


def _held(table, condition) -> sa.ScalarSelect:
    wish = sa.select(sa.func.count()).where(table.slot_id == Slot.id, condition)
    return wish.correlate(Slot).scalar_subquery()


def overlapping() -> list[tuple[int, int]]:
    """Pairs of open visits of one member that overlap; a thing to pick up overlaps nothing."""
    one, other = sa.orm.aliased(Booking), sa.orm.aliased(Booking)
    pairs = sa.select(one.id, other.id).where(
        one.member_id == other.member_id,
        one.id < other.id,
        one.starts_at < other.ends_at,
        other.starts_at < one.ends_at,
        *(b.state.in_(OPEN) for b in (one, other)),
        *(b.kind != Kind.GIFT for b in (one, other)),
    )
    return [(a, b) for a, b in db.session.execute(pairs)]
