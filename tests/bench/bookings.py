"""Bookings under a crowd: nothing sold twice, nobody kept waiting, and what one costs beside a bare write."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.settings import Settings
from tests.bench.stage import Figure, at_most, figure, folder, inside, p50, side_by_side, template
from tests.bench.visitor import Visitor
from tests.bookings import crowd
from tests.browsers import Server, serve
from tests.databases import KEYS
from tests.faults.house import House
from tests.faults.ledger import opened

ATTEMPTS = 2_000
ROUNDS, A_ROUND = 4, 400
RUSH = "64 writers over HTTP, 2 web processes, encrypted SQLite, synchronous=FULL"


@contextmanager
def a_house(app: str = "wsgi:app") -> Iterator[tuple[Server, Settings]]:
    with folder() as made, serve(made, template(), POBACH_WEB_WORKERS="2", SERVED_APP=app) as web:
        ours = {name: value for name, value in web.environ.items() if name.startswith("POBACH_")}
        yield web, Settings.from_environ(KEYS | ours)


def figures() -> list[Figure]:
    return [*rushed(), *control(), *fifty(), waits(), beside_a_bare_write()]


def faults_of(settings: Settings) -> tuple[int, int]:
    """Times that gave away too many seats, pairs of visits of one member that overlap."""
    with inside(settings.database_url, settings.data_dir):
        return len(crowd.overbooked()), len(crowd.overlapping())


def rushed() -> list[Figure]:
    with a_house() as (web, settings):
        cards, slots = crowd.fill(settings, members=96, offers=12, slots=8)
        asyncio.run(crowd.rush(web.url, cards, slots, ATTEMPTS))
        over, overlaps = faults_of(settings)
    how = f"{ATTEMPTS} attempts, {RUSH}; counted in SQL afterwards"
    return [
        at_most("overbooked", over, 0, "times", how),
        at_most("overlaps", overlaps, 0, "pairs", how),
    ]


def control() -> list[Figure]:
    with a_house("tests.bookings.unguarded:app") as (web, settings):
        cards, slots = crowd.fill(settings, members=48, offers=12, slots=2)
        asyncio.run(crowd.rush(web.url, cards, slots, 300))
        over, overlaps = faults_of(settings)
    how = f"the same with the guards removed, 300 attempts: it must go wrong; {RUSH}"
    return [
        figure("control_overbooked", over, "times", "> 0", over > 0, how),
        figure("control_overlaps", overlaps, "pairs", "> 0", overlaps > 0, how),
    ]


def fifty() -> list[Figure]:
    """Fifty people, one seat, one moment; for each of six seats."""
    with a_house() as (web, settings):
        cards, slots = crowd.fill(settings, members=50, offers=12, slots=1)
        singles = slots[::2]  # every second offer is a session of three seats
        winners, seconds = asyncio.run(_one_seat_after_another(web.url, cards, singles))
    how = f"50 parallel bookings of one seat, {len(singles)} seats one after another, over HTTP"
    most, rate = max(winners), 50 * len(singles) / seconds
    return [
        figure("fifty_for_one_seat_winners", most, "winners", "= 1", set(winners) == {1}, how),
        figure("fifty_for_one_seat_rate", rate, "attempts/s", "", None, how),
    ]


async def _one_seat_after_another(
    url: str, cards: list[str], slots: list[int]
) -> tuple[list[int], float]:
    people, answers = [await crowd.enter(url, card) for card in cards], crowd.Answers()
    began = time.perf_counter()
    for slot in slots:
        await asyncio.gather(*(crowd.book(person, slot, answers) for person in people))
    took = time.perf_counter() - began
    await asyncio.gather(*(person.close() for person in people))
    return [answers.winners[slot] for slot in slots], took


def waits() -> Figure:
    """The longest anybody waited, taken in turns from a server with our line and one without."""
    worst = {"wsgi:app": 0.0, "tests.bench.out_of_line:app": 0.0}
    with ExitStack() as stack:
        houses = {app: stack.enter_context(a_house(app)) for app in worst}
        filled = {
            app: crowd.fill(settings, members=48 * ROUNDS, offers=12, slots=20)
            for app, (_, settings) in houses.items()
        }
        for number in range(ROUNDS):
            for app, (web, _) in houses.items():
                cards, slots = filled[app]
                mine = cards[number::ROUNDS]
                answers = asyncio.run(crowd.rush(web.url, mine, slots, A_ROUND))
                worst[app] = max(worst[app], answers.slowest_s)
    ours, none = worst.values()
    how = f"{ROUNDS} x {A_ROUND} attempts each, in turns: {ours * 1000:.0f} ms against {none * 1000:.0f} ms; {RUSH}"
    return at_most("worst_wait_lock_vs_none", ours / none, 0.5, "ratio", how)


def beside_a_bare_write() -> Figure:
    """One person after another, nobody in the way, beside a Flask that writes and syncs 4 kB."""
    with ExitStack() as stack:
        web, settings = stack.enter_context(a_house())
        bare, _ = stack.enter_context(a_house("tests.bench.bare:app"))
        ledger = opened(House(web, settings, None), people=8)
        people = [Visitor(web.url).come(card) for card in ledger.cards]
        wishes = iter([(person, slot) for slot in ledger.slots for person in people])
        writer = Visitor(bare.url)
        ours, theirs = side_by_side(
            180, lambda: _book(*next(wishes)), lambda: writer.post("/write")
        )
    ratio = p50(ours) / p50(theirs)
    how = f"p50 of POST booking {p50(ours):.2f} ms, of the bare POST {p50(theirs):.2f} ms; in turns, one at a time"
    return at_most("post_booking_vs_bare_post", ratio, 3, "ratio", how)


def _book(person: Visitor, slot: int) -> None:
    person.post(f"/api/v1/slots/{slot}/booking")
