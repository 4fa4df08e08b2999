"""The nearby page, whole, of somebody signed in, among 100,000 offers: beside a bare Flask, beside bare sqlite3.

A page is measured by the processor time it costs the server's processes, kernel included: that is what
decides how many a machine gives in a second, and other programs on the machine do not change it much.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import sqlalchemy as sa

from app import create_app
from app.accounts.invitation_rules import mint
from app.db import db, writing
from app.offers import nearest as searching
from app.offers.crowd import doors
from app.offers.nearby import Filters, nearest
from app.offers.places import Place
from app.settings import Settings
from tests.bench.stage import (
    Figure,
    at_least,
    at_most,
    crowded,
    folder,
    inside,
    memory_mb,
    ms,
    p50,
    settings_for,
    side_by_side,
    template,
)
from tests.bench.visitor import Visitor
from tests.browsers import Server, serve
from tests.databases import KEYS

OFFERS, MANY = 100_000, 1_000_000
PEOPLE, PAGES, ROUNDS = 4, 40, 4
NOW = datetime.now(UTC)
ON = "the server of make run, one web process"


@contextmanager
def a_house(file: Path, app: str = "wsgi:app") -> Iterator[tuple[Server, list[int], list[str]]]:
    """A running server on a copy of this file, its processes, and cards for a few people."""
    with folder() as made, serve(made, file, POBACH_WEB_WORKERS="1", SERVED_APP=app) as web:
        ours = {name: value for name, value in web.environ.items() if name.startswith("POBACH_")}
        settings = Settings.from_environ(KEYS | ours)
        with inside(settings.database_url, made), writing():
            cards = [mint(None, now=datetime.now(UTC)).token for _ in range(PEOPLE)]
        yield web, _processes(made), cards


def _processes(made: Path) -> list[int]:
    """Whoever has this data folder in its environment."""
    mark = f"POBACH_DATA_DIR={made}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parts[2]))
    return found


def cpu_ms(pids: list[int]) -> float:
    """Processor time of these processes so far, ended threads included."""
    words = [Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split() for pid in pids]
    return sum(int(word[11]) + int(word[12]) for word in words) * 10.0


def figures() -> list[Figure]:
    return [*beside_bare_flask(), beside_bare_sqlite(), deep(), *at_a_million()]


def beside_bare_flask() -> list[Figure]:
    dice = random.Random(4)
    places = [f"{lat:.2f},{lon:.2f}" for _, lat, lon in doors(2_000, dice)]
    dice.shuffle(places)
    fresh = iter(dict.fromkeys(places))
    with ExitStack() as stack:
        bare, bare_pids, _ = stack.enter_context(a_house(template(), "tests.bench.bare:app"))
        web, pids, cards = stack.enter_context(a_house(crowded(OFFERS)))
        people = cycle([Visitor(web.url).come(card) for card in cards])
        nobody = Visitor(bare.url)
        calls: dict[str, tuple[list[int], Callable[[], object]]] = {
            "bare": (bare_pids, lambda: nobody.get("/healthz")),
            "uncached": (pids, lambda: next(people).get(f"/nearby?near={next(fresh)}")),
            "cached": (pids, lambda: next(people).get("/nearby?near=52.23,21.01")),
        }
        cost = _costs(calls)
    said = ", ".join(f"{name} {spent:.2f} ms" for name, spent in cost.items())
    how = f"processor time of a request: {said}; gzip, {OFFERS:,} offers, {ON}"
    return [
        at_least("page_uncached_vs_bare", cost["bare"] / cost["uncached"], 0.3, "ratio", how),
        at_least("page_cached_vs_bare", cost["bare"] / cost["cached"], 0.6, "ratio", how),
    ]


def _costs(calls: dict[str, tuple[list[int], Callable[[], object]]]) -> dict[str, float]:
    """Processor milliseconds of one call of each, in turns; a cheap one is called more often."""
    spent = dict.fromkeys(calls, 0.0)
    times = {name: PAGES * (10 if name == "bare" else 1) for name in calls}
    for number in range(ROUNDS + 1):
        for name, (pids, call) in calls.items():
            before = cpu_ms(pids)
            for _ in range(times[name]):
                call()
            if number:  # the first round warms
                spent[name] += cpu_ms(pids) - before
    return {name: total / ROUNDS / times[name] for name, total in spent.items()}


def beside_bare_sqlite() -> Figure:
    """The statements of one page, through SQLAlchemy and handed to the driver alone, with the same values."""
    places = [Place(round(lat, 2), round(lon, 2)) for _, lat, lon in doors(80, random.Random(5))]
    with folder() as made:
        app = create_app(settings_for(f"sqlite:///{crowded(OFFERS)}", made))
        with app.app_context():
            raw = db.session.connection().connection.driver_connection
            assert raw is not None
            asked = [(_asked(place), _written(place)) for place in places]

            def ours() -> None:
                for statement, values in next(mine)[0]:
                    searching.run(statement, values)

            def bare() -> None:
                for statement, values in next(theirs)[1]:
                    raw.execute(statement, values).fetchall()

            mine, theirs = cycle(asked), cycle(asked)
            one, other = side_by_side(len(places) * 2, ours, bare, warm=len(places))
            db.session.remove()
            db.engine.dispose()
    how = f"p50 of the statements of the nearest 20: {p50(one):.2f} ms through SQLAlchemy, {p50(other):.2f} ms on the driver"
    return at_most("query_vs_bare_sqlite", p50(one) / p50(other), 2.5, "ratio", how)


def _asked(place: Place) -> list[tuple[sa.Executable, dict[str, object]]]:
    """The statements our search builds for this place, with their values."""
    seen: list[tuple[sa.Executable, dict[str, object]]] = []
    run = searching.run

    def note(statement: sa.Executable, values: Mapping[str, object]) -> list[object]:
        seen.append((statement, dict(values)))
        return run(statement, values)

    searching.run = note
    try:
        nearest(place, Filters(), now=NOW)
    finally:
        searching.run = run
    return seen


def _written(place: Place) -> list[tuple[str, tuple[object, ...]]]:
    seen: list[tuple[str, tuple[object, ...]]] = []

    def note(
        _c: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object
    ) -> None:
        seen.append((statement, tuple(values)))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    nearest(place, Filters(), now=NOW)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return seen


def deep() -> Figure:
    """What "show more" costs after nineteen times."""
    first, last = [], []
    with folder() as made:
        app = create_app(settings_for(f"sqlite:///{crowded(OFFERS)}", made))
        with app.app_context():
            for _, lat, lon in doors(40, random.Random(6)):
                place, after = Place(round(lat, 2), round(lon, 2)), None
                for number in range(20):
                    page = nearest(place, Filters(), now=NOW, after=after)
                    if number in (0, 19):
                        again = ms(lambda: nearest(place, Filters(), now=NOW, after=after))  # noqa: B023
                        (last if number else first).append(again)
                    after = page.next
            db.session.remove()
            db.engine.dispose()
    how = f"p50 of page 20 {p50(last):.2f} ms, of page 1 {p50(first):.2f} ms; {OFFERS:,} offers"
    return at_most("page_20_vs_page_1", p50(last) / p50(first), 5, "ratio", how)


def at_a_million() -> list[Figure]:
    file = crowded(MANY)
    places = [f"{lat:.2f},{lon:.2f}" for _, lat, lon in doors(80, random.Random(7))]
    with a_house(file) as (web, pids, cards):
        people = cycle([Visitor(web.url).come(card) for card in cards])
        for place in places:
            next(people).get(f"/nearby?near={place}")
        used = max(map(memory_mb, pids))
    size = file.stat().st_size / MANY
    how = (
        f"proportional set size after {len(places)} pages of as many places, {MANY:,} offers; {ON}"
    )
    return [
        at_most("web_worker_mb_at_1m", used, 150, "MB", how),
        at_most(
            "database_bytes_per_offer",
            size,
            700,
            "bytes",
            "the file of a million offers with two free times each",
        ),
    ]
