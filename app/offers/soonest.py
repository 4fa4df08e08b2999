"""The matches with the first bookable time, soonest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db import EPOCH, TICK
from app.offers import curve, nearby_queries
from app.offers.cursor import Cursor
from app.offers.nearest import Around, Ask, run

FEW = 1_000
"""Up to so many matches inside the radius are asked one by one; more are met along the times."""


@dataclass(frozen=True, slots=True)
class Time:
    """The first bookable time of an offer; its distance in metres, None where no place is known."""

    starts_at: datetime
    offer_id: int
    distance_m: float | None

    @property
    def cursor(self) -> Cursor:
        """Ordered by microseconds since 1970, then by offer."""
        return Cursor("soonest", (self.starts_at - EPOCH) // TICK, self.offer_id)


def soonest(ask: Ask, after: Cursor | None, radius_m: float, limit: int) -> list[Time]:
    """At most `limit` offers within the radius (metres, where a place is known) after the cursor."""
    if not isinstance(ask, Around):
        return _along_the_times(ask, after, 0, limit)
    close = ask.nearest(None, radius_m, FEW + 1)
    if len(close) <= FEW:
        return _one_by_one(ask, {m.offer_id: m.distance_m for m in close}, after)[:limit]
    return _along_the_times(ask, after, radius_m, limit)


def _one_by_one(here: Around, metres: dict[int, float], after: Cursor | None) -> list[Time]:
    rows = run(nearby_queries.FIRST_FREE_OF, {**here.values, "ids": list(metres)})
    times = [Time(row.starts_at, row.id, metres[row.id]) for row in rows if row.starts_at]
    times.sort(key=lambda time: (time.starts_at, time.offer_id))
    if after is None:
        return times
    seen = (after.key, after.offer_id)
    return [time for time in times if (time.cursor.key, time.offer_id) > seen]


def _along_the_times(here: Ask, after: Cursor | None, radius_m: float, limit: int) -> list[Time]:
    values = {**here.values, "bound": curve.reach(radius_m)}
    if after:
        values |= {"after_at": EPOCH + after.key * TICK, "after_id": after.offer_id}
    somewhere = isinstance(here, Around)
    statement = nearby_queries.soonest(here.shape, limit, somewhere, bool(after))
    return [
        Time(row.starts_at, row.id, curve.metres(row.d2) if somewhere else None)
        for row in run(statement, values)
    ]
