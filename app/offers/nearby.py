"""What is offered near a place: the nearest, or the soonest, that fit.

The nearest are found in two steps (booking.md): matches met along the curve from the place prove
how far the answer can lie; the stretches of the curve that cover that circle hold all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.db import db
from app.offers import curve, nearby_queries, search, soonest
from app.offers.cursor import Cursor
from app.offers.models import Category, Fact, Kind, Location, Offer, Slot, Tongue
from app.offers.nearest import Around, Ask, around, run
from app.offers.places import Place

PAGE = 20
EVERYWHERE_M = 20_100_000
END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
HALF_DAY_S = 43_200
HALF_DAYS = 62
"""How many half-days `Offer.days` tells apart: 31 days, more than times are made ahead."""

Sort = Literal["nearest", "soonest"]


@dataclass(frozen=True, slots=True)
class Window:
    """Times from `since` up to `until` (UTC): the filter "when"."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, when: str, zone: str, now: datetime) -> Window:
        """`today`, `tomorrow`, `week` (seven days from today) or a date `2026-11-25`, by the local clock.

        Raises ValueError for anything else.
        """
        today = now.astimezone(ZoneInfo(zone)).date()
        if when in _SPANS:
            start, end = (today + timedelta(days=n) for n in _SPANS[when])
        else:
            start = date.fromisoformat(when)
            end = start + timedelta(days=1)
        return cls(_midnight(start, zone), _midnight(end, zone))


_SPANS = {"today": (0, 1), "tomorrow": (1, 2), "week": (0, 7)}


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Filters:
    """What a member asks for; everything given must fit. Woman or man, step-free and the like are `facts`."""

    categories: frozenset[Category] = frozenset()
    window: Window | None = None
    languages: Tongue | None = None
    facts: Fact | None = None
    free_only: bool = False
    kind: Kind | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One offer of a page. `distance_m` is None without a place, `starts_at` unless sorted by soonest."""

    offer_id: int
    distance_m: float | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some offers in order, and the cursor that leads on, if anything follows."""

    items: tuple[Found, ...]
    next: str | None


def nearest(
    place: Place | None,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    radius_m: float = EVERYWHERE_M,
    limit: int = PAGE,
    sort: Sort = "nearest",
) -> Page:
    """One page of published offers that fit: the nearest within the radius first, or the soonest.

    Without a place the newest (by number) come first. Offers without a pin are found only without a place.
    Raises `BadCursor`.
    """
    ask = _ask(filters, now)
    here = around(place, ask) if place else ask
    if sort == "soonest":
        cursor = Cursor.parse(after, "soonest") if after else None
        times = soonest.soonest(here, cursor, radius_m, limit + 1)
        keyed = [(Found(m.offer_id, m.distance_m, m.starts_at), m.cursor) for m in times]
    elif isinstance(here, Around):
        cursor = Cursor.parse(after, "near", "far") if after else None
        matches = here.nearest(cursor, radius_m, limit + 1)
        keyed = [(Found(m.offer_id, m.distance_m), m.cursor) for m in matches]
    else:
        keyed = _newest(here, after, limit + 1)
    items = tuple(found for found, _ in keyed[:limit])
    return Page(items, str(keyed[limit - 1][1]) if len(keyed) > limit else None)


def _newest(ask: Ask, after: str | None, limit: int) -> list[tuple[Found, Cursor]]:
    shape, values = ask.shape, dict(ask.values)
    if after:
        shape |= {"older"}
        values["after_id"] = Cursor.parse(after, "newest").offer_id
    rows = run(nearby_queries.newest(shape, limit), values)
    return [(Found(row.id), Cursor("newest", 0, row.id)) for row in rows]


def _ask(filters: Filters, now: datetime) -> Ask:
    """The conditions by name and their values."""
    values = _times(now, filters.window)
    names = {"window"} if filters.window else set()
    if len(filters.categories) == 1:
        names.add("category")
        values["category"] = int(*filters.categories)
    elif filters.categories:
        names.add("categories")
        values["categories"] = sum(1 << category for category in filters.categories)
    for name in ("languages", "facts", "free_only", "kind"):
        if wanted := getattr(filters, name):
            names.add(name)
            values[name] = wanted.value if name == "kind" else int(wanted)
    few = False
    database = db.session.connection().dialect.name
    if words := search.asked(filters.text, database):
        names.add("words_" + database)
        values["words"] = words
        few = len(search.matching_offers(filters.text, search.FEW + 1)) <= search.FEW
    return Ask(frozenset(names), values, few)


def _times(now: datetime, window: Window | None = None) -> dict[str, Any]:
    window = window or Window(now, END_OF_TIME)
    return {
        "now": now,
        "since": max(now, window.since),
        "until": window.until,
        "days": half_days(window),
    }


def half_days(window: Window) -> int:
    """The bits of `Offer.days` that a window touches."""
    first = int(window.since.timestamp()) // HALF_DAY_S
    last = -int(-window.until.timestamp() // HALF_DAY_S) - 1
    if last - first >= HALF_DAYS:
        return (1 << HALF_DAYS) - 1
    return sum(1 << number % HALF_DAYS for number in range(first, last + 1))


def next_free(offer_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """The first time one can still book, for each of these offers that has any; one query."""
    rows = run(nearby_queries.FIRST_FREE_OF, {**_times(now), "ids": list(offer_ids)})
    return {row.id: row.starts_at for row in rows if row.starts_at}


def locate(offer: Offer, location: Location | None) -> None:
    """Put an offer where its location's pin is, or nowhere while there is none."""
    if location is None or location.lat is None or location.lon is None:
        offer.h = offer.ex = offer.ey = offer.ez = None
        return
    offer.h = curve.cell(location.lat, location.lon)
    offer.ex, offer.ey, offer.ez = curve.earth_centred(location.lat, location.lon)


def mark_days(offer_id: int, times: Iterable[datetime]) -> None:
    """Say that the offer has times in these half-days. Bits are only ever added: a full time may be freed."""
    bits = 0
    for starts in times:
        bits |= half_days(Window(starts, starts + timedelta(seconds=1)))
    if bits:
        marked = sa.update(Offer).where(Offer.id == offer_id)
        db.session.execute(marked.values(days=Offer.days.bitwise_or(bits)))


def settle_days(offer_id: int, now: datetime) -> None:
    """Forget half-days in which no time is left, be it free, full or closed; after 31 days their bits mean others."""
    left = sa.select(Slot.starts_at).where(Slot.offer_id == offer_id, Slot.starts_at >= now)
    db.session.execute(sa.update(Offer).where(Offer.id == offer_id).values(days=0))
    mark_days(offer_id, db.session.scalars(left))
