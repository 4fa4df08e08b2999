"""As many published offers as one likes, for load tests: crowded cities, towns and open country of Europe."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app.db import Base, db, public_id, writing
from app.offers import curve, search
from app.offers.demo import DemoOffer, demo_businesses
from app.offers.models import Category, Fact, Location, Offer, OfferText, Provider, Slot, State
from app.offers.nearby import Window, half_days
from app.offers.places import cities

BATCH = 4_000
TOWNS = 500
TIMES_EACH = 2
Row = dict[str, Any]
Door = tuple[int, float, float]
"""Cell on the curve, latitude, longitude."""
_DEGREE_M = 111_200


def doors(count: int, dice: random.Random) -> list[Door]:
    """Where the businesses are: 60 % in the listed cities, 25 % in towns, 15 % anywhere, in the order of the curve.

    In that order each index grows at its end, or nearly: a million rows take minutes, not hours.
    """
    big = [(one.place.lat, one.place.lon) for one in cities()]
    small = [_anywhere(dice) for _ in range(TOWNS)]
    weights = [1 / (rank + 1) ** 0.8 for rank in range(len(big))]
    made = []
    for _ in range(count):
        lot = dice.random()
        if lot < 0.6:
            middle = dice.choices(big, weights)[0]
            point = _around(middle, dice.choice((2_000, 2_000, 8_000)), dice)
        else:
            point = _around(dice.choice(small), 1_500, dice) if lot < 0.85 else _anywhere(dice)
        made.append((curve.cell(*point), *point))
    return sorted(made)


def _anywhere(dice: random.Random) -> tuple[float, float]:
    return dice.uniform(36, 60), dice.uniform(-10, 30)


def _around(middle: tuple[float, float], metres: float, dice: random.Random) -> tuple[float, float]:
    lat = middle[0] + dice.gauss(0, metres) / _DEGREE_M
    east = dice.gauss(0, metres) / _DEGREE_M / math.cos(math.radians(lat))
    return round(lat, 5), round(middle[1] + east, 5)


@dataclass
class Crowd:
    """Makes the rows of every table for one business after another, numbered on from what is there."""

    dice: random.Random
    now: datetime
    provider_id: int
    location_id: int
    offer_id: int
    slot_id: int

    def __post_init__(self) -> None:
        self.models = [(offer, self._said(offer)) for b in demo_businesses() for offer in b.offers]
        self.by_category: dict[Category, list[tuple[DemoOffer, str]]] = {}
        for model in self.models:
            self.by_category.setdefault(model[0].category, []).append(model)
        self.weights = [1 / (rank + 1) for rank in range(len(self.by_category))]

    @staticmethod
    def _said(offer: DemoOffer) -> str:
        _, title, description = offer.texts[0]
        return " ".join(sorted(set(search.fold(title + " " + description))))

    def business(self, door: Door, offers: int) -> Iterator[tuple[type[Base] | None, Row]]:
        """(table, row) of a business, its place, its offers, their texts and times; None marks words."""
        self.provider_id += 1
        self.location_id += 1
        name = "Studio " + str(self.provider_id)
        yield (
            Provider,
            {
                "id": self.provider_id,
                "public_id": public_id(),
                "name": name,
                "state": State.APPROVED,
                "created_at": self.now,
            },
        )
        yield (
            Location,
            {
                "id": self.location_id,
                "provider_id": self.provider_id,
                "address": "Main street " + str(self.dice.randrange(1, 200)),
                "city": "Town",
                "country": "PL",
                "lat": door[1],
                "lon": door[2],
                "timezone": "Europe/Warsaw",
            },
        )
        for _ in range(offers):
            yield from self._offer(door)

    def _offer(self, door: Door) -> Iterator[tuple[type[Base] | None, Row]]:
        self.offer_id += 1
        category = self.dice.choices(list(self.by_category), self.weights)[0]
        model, words = self.dice.choice(self.by_category[category])
        language, title, description = model.texts[0]
        slots = list(self._times(model))
        x, y, z = curve.earth_centred(door[1], door[2])
        days = 0
        for slot in slots:
            days |= half_days(Window(slot["starts_at"], slot["ends_at"]))
        yield (
            Offer,
            {
                "id": self.offer_id,
                "provider_id": self.provider_id,
                "location_id": self.location_id,
                "kind": model.kind,
                "category": int(category),
                "price_minor": self.dice.choice((0, 0, 0, 500)),
                "minutes": model.minutes,
                "seats": model.seats,
                "languages": self._bits(7, (0.5, 0.4, 0.6, 0.3, 0.1, 0.15, 0.05)) or 4,
                "facts": self._bits(7, (0.4, 0.7, 0, 0, 0.6, 0.1, 0.3)) | self._who(),
                "state": State.APPROVED,
                "created_at": self.now,
                "published_at": self.now,
                "h": door[0],
                "ex": x,
                "ey": y,
                "ez": z,
                "days": days,
                "slots_kept_on": self.now.date(),
            },
        )
        text = {"language": language, "title": title, "description": description[:60]}
        yield OfferText, {"offer_id": self.offer_id, **text}
        yield from ((Slot, slot) for slot in slots)
        yield None, {"id": self.offer_id, "words": words}

    def _bits(self, count: int, likely: tuple[float, ...]) -> int:
        return sum(1 << bit for bit in range(count) if self.dice.random() < likely[bit])

    def _who(self) -> int:
        return int(self.dice.choice((Fact.WOMAN, Fact.WOMAN, Fact.MAN)))

    def _times(self, model: DemoOffer) -> Iterator[Row]:
        """A first free time within days, another within weeks, on the quarter of an hour."""
        starts = self.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for number in range(TIMES_EACH):
            wait = 3 + min(
                24 * (8 + 18 * number), int(self.dice.expovariate(1 / (60 + 90 * number)))
            )
            starts += timedelta(hours=wait, minutes=self.dice.choice((0, 15, 30, 45)))
            self.slot_id += 1
            yield {
                "id": self.slot_id,
                "offer_id": self.offer_id,
                "starts_at": starts,
                "ends_at": starts + timedelta(minutes=model.minutes),
                "seats": model.seats,
            }


def seed_many(
    count: int, now: datetime, progress: Callable[[int], None] = lambda done: None, seed: int = 1
) -> None:
    """Add so many published offers with free times, batch by batch; `progress` hears how many are there.

    The same seed makes the same offers. Enters `writing()` itself, once a batch.
    """
    dice = random.Random(seed)  # noqa: S311 (nothing secret is drawn)
    sizes = list(_sizes(count, dice))
    places = zip(doors(len(sizes), dice), sizes, strict=True)
    crowd, done = _next(dice, now), 0
    while batch := list(islice(places, BATCH)):
        with writing():
            _write(crowd, batch)
        done += sum(size for _, size in batch)
        progress(done)
    _tidy()


def _sizes(count: int, dice: random.Random) -> Iterator[int]:
    """A business gives one to four things."""
    while count:
        size = min(count, dice.choice((1, 2, 3, 4)))
        count -= size
        yield size


def _next(dice: random.Random, now: datetime) -> Crowd:
    tables = (Provider, Location, Offer, Slot)
    last = [db.session.scalar(sa.select(sa.func.max(table.id))) or 0 for table in tables]
    return Crowd(dice, now, *last)


def _write(crowd: Crowd, batch: list[tuple[Door, int]]) -> None:
    rows: dict[type[Base] | None, list[Row]] = {}
    for door, size in batch:
        for table, row in crowd.business(door, size):
            rows.setdefault(table, []).append(row)
    words = rows.pop(None)
    connection = db.session.connection()
    for table, added in rows.items():
        if table is not None:
            connection.execute(sa.insert(table), added)
    search.remember_many(words)


def _tidy() -> None:
    """Tell PostgreSQL's counters which numbers are taken, and both databases how their tables look now."""
    with writing() as session:
        if session.connection().dialect.name == "postgresql":
            for table in (Provider, Location, Offer, Slot):
                counter = sa.func.pg_get_serial_sequence(table.__tablename__, "id")
                session.execute(sa.select(sa.func.setval(counter, sa.func.max(table.id))))
        session.execute(sa.text("ANALYZE"))
