"""A small world of offers, poles and date line included, and a judge who measures with geopy."""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations

import sqlalchemy as sa
from geopy.distance import geodesic

from app.db import db, writing
from app.offers import curve, nearby, search
from app.offers.models import Fact, Kind, Offer, Provider, Slot, State
from app.offers.nearby import Filters, Page, Window
from app.offers.places import Place

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = ("стрыжка", "Łódź", "masaż", "žvakė", "сям’я", "knit")
Fits = Callable[["Thing"], bool]


@dataclass
class Thing:
    """An offer as the judge knows it."""

    id: int
    lat: float
    lon: float
    category: int
    languages: int
    facts: int
    price_minor: int
    kind: Kind
    state: State
    word: str
    lead_minutes: int
    free: list[datetime] = field(default_factory=list)
    full: list[datetime] = field(default_factory=list)

    def bookable(self, window: Window) -> list[datetime]:
        first = max(window.since, NOW + timedelta(minutes=self.lead_minutes))
        return sorted(time for time in self.free if first <= time < window.until)


def somewhere(dice: random.Random) -> tuple[float, float]:
    """Evenly over the globe, or crowded: Warsaw, both sides of the date line, the poles."""
    match dice.randrange(5):
        case 0 | 1:
            return math.degrees(math.asin(dice.uniform(-1, 1))), dice.uniform(-180, 180)
        case 2:
            return dice.gauss(52.23, 0.1), dice.gauss(21.01, 0.15)
        case 3:
            return dice.gauss(-17, 0.2), (180 + dice.gauss(0, 0.2) + 180) % 360 - 180
    return dice.choice([1, -1]) * (90 - abs(dice.gauss(0, 0.3))), dice.uniform(-180, 180)


def things(count: int, seed: int = 1) -> list[Thing]:
    """Made up, the same in every run; some share a doorstep, some are not published."""
    dice = random.Random(seed)
    made: list[Thing] = []
    for number in range(1, count + 1):
        lat, lon = somewhere(dice)
        if made and dice.random() < 0.15:
            lat, lon = made[-1].lat, made[-1].lon
        thing = Thing(
            id=number,
            lat=lat,
            lon=lon,
            category=dice.choices(range(12), range(12, 0, -1))[0],
            languages=1 | dice.randrange(128),
            facts=dice.randrange(128),
            price_minor=dice.choice([0, 0, 500]),
            kind=dice.choices(list(Kind), [8, 1, 1])[0],
            state=dice.choices(list(State), [20 if one is State.APPROVED else 1 for one in State])[
                0
            ],
            word=dice.choices(WORDS, [30, 20, 10, 5, 2, 1])[0],
            lead_minutes=dice.choice([0, 120, 1440]),
        )
        for _ in range(dice.randrange(4)):
            time = NOW + timedelta(hours=dice.randrange(24 * 20))
            if time not in thing.free + thing.full:
                dice.choice([thing.free, thing.free, thing.full]).append(time)
        made.append(thing)
    return made


def settle(world: Iterable[Thing]) -> None:
    """Write a world into the tables, times and words included."""
    world = list(world)
    with writing() as session:
        business = Provider(name="Studio Lipa", state=State.APPROVED, created_at=NOW)
        session.add(business)
        session.flush()
        session.execute(sa.insert(Offer), [_row(thing, business.id) for thing in world])
        times = [
            {
                "offer_id": t.id,
                "starts_at": at,
                "ends_at": at + timedelta(hours=1),
                "seats_taken": n,
            }
            for t in world
            for n, ats in enumerate((t.free, t.full))
            for at in ats
        ]
        session.execute(sa.insert(Slot), times)
        for thing in world:
            nearby.mark_days(thing.id, thing.free + thing.full)
        words = [{"id": t.id, "words": " ".join(search.fold(t.word))} for t in world]
        search.remember_many(words)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT setval('offer_id_seq', 1000000)"))
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()


def _row(thing: Thing, provider_id: int) -> dict[str, object]:
    x, y, z = curve.earth_centred(thing.lat, thing.lon)
    place = {"h": curve.cell(thing.lat, thing.lon), "ex": x, "ey": y, "ez": z}
    kept = ("id", "category", "languages", "facts", "price_minor", "kind", "state", "lead_minutes")
    said = {name: getattr(thing, name) for name in kept}
    return {**said, **place, "provider_id": provider_id, "created_at": NOW}


def judged(
    world: Iterable[Thing], place: Place, fits: Fits, most: int, radius_m: float = 3e7
) -> list[tuple[float, int]]:
    """(geodesic metres, id) of the nearest that fit, by brute force."""
    rough = sorted(
        (_haversine(place, t), t.id, t) for t in world if t.state is State.APPROVED and fits(t)
    )
    if len(rough) > most:
        # The sphere is never wrong by more than 0.56 %: nothing further away can belong here.
        rough = [r for r in rough if r[0] <= rough[most - 1][0] * 1.012 + 5]
    exact = sorted((geodesic((place.lat, place.lon), (t.lat, t.lon)).m, i) for _, i, t in rough)
    return [one for one in exact if one[0] <= radius_m][:most]


def _haversine(place: Place, thing: Thing) -> float:
    a, b = math.radians(place.lat), math.radians(thing.lat)
    turn = math.radians(thing.lon - place.lon)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(chord)))


def is_right(
    page: Page, place: Place, truth: list[tuple[float, int]], by_id: dict[int, Thing]
) -> bool:
    """As many as the judge's, each as far as the judge's at its place to a metre, and said so."""
    if len(page.items) != len(truth):
        return False
    for found, (metres, _) in zip(page.items, truth, strict=True):
        thing = by_id[found.offer_id]
        true = geodesic((place.lat, place.lon), (thing.lat, thing.lon)).m
        if abs(true - metres) > 1 or found.distance_m is None or abs(found.distance_m - true) > 1:
            return False
    return len({found.offer_id for found in page.items}) == len(truth)


def asked_from(dice: random.Random) -> Place:
    lat, lon = somewhere(dice)
    return Place(round(lat, 2), round(lon, 2))


WEEK = Window(NOW, NOW + timedelta(days=7))
ASKED: dict[str, tuple[dict[str, object], Fits]] = {
    "category": ({"categories": frozenset({3})}, lambda t: t.category == 3),
    "categories": ({"categories": frozenset({1, 5})}, lambda t: t.category in (1, 5)),
    "languages": ({"languages": 8 | 32}, lambda t: bool(t.languages & 40)),
    "step_free": ({"facts": Fact.STEP_FREE}, lambda t: bool(t.facts & Fact.STEP_FREE)),
    "no_document": ({"facts": Fact.NO_DOCUMENT}, lambda t: bool(t.facts & Fact.NO_DOCUMENT)),
    "woman": ({"facts": Fact.WOMAN}, lambda t: bool(t.facts & Fact.WOMAN)),
    "man": ({"facts": Fact.MAN}, lambda t: bool(t.facts & Fact.MAN)),
    "free_only": ({"free_only": True}, lambda t: t.price_minor == 0),
    "kind": ({"kind": Kind.GIFT}, lambda t: t.kind is Kind.GIFT),
    "window": ({"window": WEEK}, lambda t: bool(t.bookable(WEEK))),
    "text": ({"text": "mas"}, lambda t: t.word == "masaż"),
}
"""Every filter: how it is asked for, and what the judge makes of it."""


COMBINED = [
    *[()] * 12,
    *combinations(sorted(ASKED), 1),
    *(pair for pair in combinations(sorted(ASKED), 2) if pair != ("categories", "category")),
]
"""No filter, each alone, each pair (one or several kinds is one filter)."""


def together(*names: str) -> tuple[Filters, Fits]:
    """Several filters at once; facts add up."""
    given: dict[str, object] = {}
    for name in names:
        for key, value in ASKED[name][0].items():
            given[key] = given[key] | value if key == "facts" and key in given else value  # type: ignore[operator]
    tests = [ASKED[name][1] for name in names]
    return Filters(**given), lambda thing: all(test(thing) for test in tests)  # type: ignore[arg-type]
