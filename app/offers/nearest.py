"""The nearest matches around a place, exactly and in order, wherever on earth that is.

Up to 250 km the chord puts offers in the order of their ground distance to less than a metre, and
the database alone decides. Further away the flattening of the earth shows: there each candidate's
geodesic distance is measured (geographiclib; Karney, J. Geodesy 87, 2013) and decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from geographiclib.geodesic import Geodesic

from app.db import db
from app.offers import curve, nearby_queries
from app.offers.cursor import Cursor
from app.offers.nearby_queries import ARMS, Shape
from app.offers.places import Place

NEAR2 = curve.reach(250_000)
"""Squared chord up to which the chord decides."""
MEASURED = 1_000
"""So many candidates are measured for one far page; where more crowd into one thin ring, the chord chooses among them."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """An offer, the key it is ordered by (see `Cursor`), and its distance in metres."""

    offer_id: int
    cursor: Cursor
    distance_m: float


def run(statement: sa.Executable, values: Values) -> list[Any]:
    """All rows of a statement, in the session's own transaction."""
    return list(db.session.connection().execute(statement, values).all())


@dataclass(frozen=True)
class Ask:
    """What is asked: the shape of the conditions and their values.

    `few` says that the conditions let few offers through, so that the curve would only cost.
    """

    shape: Shape
    values: Values
    few: bool


@dataclass(frozen=True)
class Around(Ask):
    """The same around one place."""

    place: Place

    def nearest(self, after: Cursor | None, radius_m: float, limit: int) -> list[Match]:
        """At most `limit` matches within the radius (metres) that come after the cursor."""
        found: list[Match] = []
        radius2 = curve.reach(radius_m)
        if after is None or after.order == "near":
            found = self._near(after, min(radius2, NEAR2), limit)
            after = None
        if len(found) < limit and radius2 > NEAR2:
            found += self._far(after, radius_m, limit - len(found))
        return found

    def _near(self, after: Cursor | None, most2: int, limit: int) -> list[Match]:
        here = self
        if after:
            here = self._and("after", after_d2=after.key, after_id=after.offer_id)
        return [
            Match(row.id, Cursor("near", row.d2, row.id), curve.metres(row.d2))
            for row in here._within(here._bound(most2, limit), limit)
        ]

    def _far(self, after: Cursor | None, radius_m: float, limit: int) -> list[Match]:
        """In geodesic order, from 250 km or the cursor (decimetres) on."""
        seen = (after.key, after.offer_id) if after else (0, 0)
        surely_new = self._and("beyond", beyond=max(NEAR2, curve.reach(seen[0] / 10)))
        most2 = curve.reach(radius_m)
        bound = surely_new._bound(most2, limit)
        longest = curve.arc(math.sqrt(bound) + curve.ROUNDING, curve.TIGHTEST) / 10
        outer = most2 if bound >= most2 or longest > 19_000_000 else curve.reach(longest)
        maybe_new = self._and("beyond", beyond=max(NEAR2, curve.closest(seen[0] / 10)))
        for candidates in (MEASURED, 2**31):
            rows = maybe_new._within(min(outer, most2), candidates)
            measured = sorted((self._decimetres(row), row.id) for row in rows)
            new = [key for key in measured if key > seen and key[0] <= radius_m * 10]
            if len(new) >= limit or len(rows) < candidates:
                break
        return [Match(id_, Cursor("far", key, id_), key / 10) for key, id_ in new[:limit]]

    def _and(self, name: str, **values: int) -> Around:
        return Around(self.shape | {name}, {**self.values, **values}, self.few, self.place)

    def _bound(self, most2: int, limit: int) -> int:
        """A squared chord within which at least `limit` matches lie, or `most2` if that is less or unknown."""
        if self.few:
            return most2
        here = curve.cell(self.place.lat, self.place.lon)
        # Not past the cell that is twice as wide as the answer may be: beyond it nothing can count.
        height = 2 * math.sqrt(most2)
        shift = min(curve.BITS, math.ceil(math.log2(height / curve.CELL_HEIGHT + 1)))
        first = here >> 2 * shift << 2 * shift
        block = {"here": here, "first": first, "last": first + (1 << 2 * shift) - 1}
        rows = run(nearby_queries.probe(self.shape, limit), {**self.values, **block})
        met = sorted(row.d2 for row in rows)
        return min(most2, met[limit - 1]) if len(met) >= limit else most2

    def _within(self, bound: int, limit: int) -> list[Any]:
        if self.few:
            statement = nearby_queries.handful(self.shape, limit)
            return run(statement, {**self.values, "bound": bound})
        ranges = curve.cover(self.place.lat, self.place.lon, bound, ARMS[-1])
        arms = next(size for size in ARMS if size >= len(ranges))
        stretches = _padded(ranges, arms)
        statement = nearby_queries.circle(self.shape, arms, limit)
        return run(statement, {**self.values, **stretches, "bound": bound})

    def _decimetres(self, row: Any) -> int:
        lat, lon = curve.degrees(row.ex, row.ey, row.ez)
        line = Geodesic.WGS84.Inverse(self.place.lat, self.place.lon, lat, lon, Geodesic.DISTANCE)
        return round(float(line["s12"]) * 10)


def _padded(ranges: Iterable[curve.Range], arms: int) -> dict[str, int]:
    """Bound values for so many stretches; those too many are empty."""
    values = {}
    stretches = [*ranges, *[(1, 0)] * arms][:arms]
    for number, (low, high) in enumerate(stretches):
        values["low" + str(number)], values["high" + str(number)] = low, high
    return values


def around(place: Place, ask: Ask) -> Around:
    """Ask around a place; fills in its coordinates."""
    x, y, z = curve.earth_centred(place.lat, place.lon)
    return Around(ask.shape, {**ask.values, "x": x, "y": y, "z": z}, ask.few, place)
