"""The nearest twenty that fit, among a million: beside PostGIS, beside ten thousand, and for a rare hour."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
from flask import Flask

from app import create_app
from app.db import db
from app.offers.crowd import doors
from app.offers.nearby import Filters, Window, nearest
from app.offers.places import Place
from app.offers.words import Category, Fact, Tongue
from tests.bench import postgis
from tests.bench.stage import (
    Figure,
    at_most,
    crowded,
    folder,
    ms,
    not_measured,
    p50,
    settings_for,
)

MANY, FEW = 1_000_000, 10_000
PLACES = 60
NOW = datetime.now(UTC)
WEEK = Window(NOW, NOW + timedelta(days=7))
FREE = (
    "EXISTS (SELECT 1 FROM slot s WHERE s.offer_id = beside.id AND s.seats_taken < s.seats"
    " AND NOT s.closed AND s.starts_at >= %s AND s.starts_at < %s)"
)
ASKED = {
    "none": Filters(),
    "typical": Filters(categories=frozenset({Category.MASSAGE}), window=WEEK),
    "several": Filters(
        categories=frozenset({Category.TEETH}),
        languages=Tongue.RU,
        facts=Fact.STEP_FREE,
        free_only=True,
    ),
    "rare": Filters(
        categories=frozenset({Category.THINGS}),
        languages=Tongue.LT,
        facts=Fact.STEP_FREE | Fact.WOMAN,
        free_only=True,
    ),
}
BESIDE = """SELECT id, g <-> q.here AS far FROM beside,
 (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS here) q
 WHERE {} ORDER BY g <-> q.here LIMIT 21"""


def figures() -> list[Figure]:
    dice = random.Random(3)
    mixed = [Place(round(lat, 2), round(lon, 2)) for _, lat, lon in doors(PLACES, dice)]
    empty = [Place(round(dice.uniform(46, 60), 2), round(dice.uniform(-9, -6), 2)) for _ in mixed]
    asked = [(name, wish, mixed) for name, wish in ASKED.items()]
    asked.append(("countryside", Filters(), empty))
    with ExitStack() as stack:
        made = stack.enter_context(folder())
        small, large = (
            create_app(settings_for(f"sqlite:///{crowded(count)}", made)) for count in (FEW, MANY)
        )
        found = [rare_window(large, mixed)]
        found += [growth(name, wish, places, small, large) for name, wish, places in asked[:4]]
        try:
            url = stack.enter_context(postgis.crowd(MANY))
        except RuntimeError as why:
            return [*found, *_unmeasured(str(why))]
        if not postgis.has_postgis(url):
            return [*found, *_unmeasured("postgresql-15-postgis-3 is not installed")]
        grown = create_app(settings_for(url, made))
        line = stack.enter_context(psycopg.connect(url, autocommit=True, prepare_threshold=1))
        for name, wish, places in asked:
            found += beside_postgis(name, wish, places, large, grown, line)
        for app in (small, large, grown):
            with app.app_context():
                db.engine.dispose()
    return found


def page(app: Flask, wish: Filters, place: Place) -> float:
    """Milliseconds of one page through all our code, on a connection that is open."""
    with app.app_context():
        db.session.connection()
        return ms(lambda: nearest(place, wish, now=NOW))


def taken(places: list[Place], *ways: Callable[[Place], float]) -> list[float]:
    """p50 of each way, place after place in turns; every place is asked for once before."""
    took: list[list[float]] = [[] for _ in ways]
    for warm in (True, False):
        for place in places:
            for way, into in zip(ways, took, strict=True):
                spent = way(place)
                if not warm:
                    into.append(spent)
    return [p50(one) for one in took]


def growth(name: str, wish: Filters, places: list[Place], small: Flask, large: Flask) -> Figure:
    few, many = taken(places, partial(page, small, wish), partial(page, large, wish))
    how = f"SQLite, p50 of {PLACES} places: {many:.2f} ms at 1M, {few:.2f} ms at 10k, in turns"
    made = at_most(f"nearby_growth_10k_1m:{name}", many / few, 1.3, "ratio", how)
    return made | {"goal": "exempt", "met": None} if name == "rare" else made


def rare_window(app: Flask, places: list[Place]) -> Figure:
    hour = (NOW + timedelta(days=21)).replace(minute=0, second=0, microsecond=0)
    rare = Filters(window=Window(hour, hour + timedelta(hours=1)))
    one, other = taken(places, partial(page, app, rare), partial(page, app, ASKED["typical"]))
    how = f"SQLite at 1M: one hour three weeks ahead and no other filter {one:.2f} ms, typical {other:.2f} ms"
    return at_most("nearby_rare_window_vs_typical", one / other, 5, "ratio", how)


def beside_postgis(
    name: str,
    wish: Filters,
    places: list[Place],
    large: Flask,
    grown: Flask,
    line: psycopg.Connection,
) -> list[Figure]:
    where, values = _conditions(wish)
    statement = BESIDE.format(where)

    def theirs(place: Place) -> float:
        return ms(lambda: line.execute(statement, (place.lon, place.lat, *values)).fetchall())

    sqlite, postgres, knn = taken(
        places, partial(page, large, wish), partial(page, grown, wish), theirs
    )
    how = f"p50 of {PLACES} places among 1M: SQLite {sqlite:.2f} ms, PostgreSQL {postgres:.2f} ms, PostGIS KNN {knn:.2f} ms"
    most = 2.0 if name == "countryside" else 1.5
    return [
        at_most(f"nearby_sqlite_1m_vs_postgis:{name}", sqlite / knn, 0.5, "ratio", how),
        at_most(f"nearby_postgres_1m_vs_postgis:{name}", postgres / knn, most, "ratio", how),
    ]


def _conditions(wish: Filters) -> tuple[str, list[object]]:
    """The same filters on the table beside ours."""
    asked: dict[str, list[object]] = {"category = %s": [int(one) for one in wish.categories]}
    asked[FREE] = [wish.window.since, wish.window.until] if wish.window else []
    asked["languages & %s <> 0"] = [int(wish.languages)] if wish.languages else []
    asked["facts & %s = %s"] = [int(wish.facts)] * 2 if wish.facts else []
    words = [word for word, values in asked.items() if values]
    words += ["price_minor = 0"] if wish.free_only else []
    return " AND ".join(words) or "true", [v for values in asked.values() for v in values]


def _unmeasured(why: str) -> list[Figure]:
    kinds = {"nearby_sqlite_1m_vs_postgis": "<= 0.5", "nearby_postgres_1m_vs_postgis": "<= 1.5"}
    names = [*ASKED, "countryside"]
    return [not_measured(f"{k}:{n}", goal, why) for k, goal in kinds.items() for n in names]
