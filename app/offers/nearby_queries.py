"""The statements of the nearby page. Each is built once for its shape and kept: building one costs
ten times as much as running it. What differs from request to request is a bound value.

A shape is the set of conditions asked for, by their names in `CONDITIONS`. Measured facts: booking.md.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from app.db import UTCDateTime
from app.offers import search
from app.offers.models import Offer, Slot

Shape = frozenset[str]
Statement = sa.Select[Any]
ARMS = (1, 2, 4, 8, 12)
"""How many stretches of the curve a statement asks for; a cover is padded with empty ones."""

OFFER = Offer.__table__
SLOT = Slot.__table__
EARLIER = SLOT.alias("earlier")


def big(name: str) -> sa.BindParameter[int]:
    """A bound whole number; without its type PostgreSQL takes a small one for a SMALLINT."""
    return sa.bindparam(name, type_=sa.BigInteger)


def moment(name: str) -> sa.BindParameter[datetime]:
    """A bound time."""
    return sa.bindparam(name, type_=UTCDateTime)


class Later(FunctionElement[datetime]):
    """A time plus a column of minutes, comparable with `UTCDateTime` columns."""

    inherit_cache = True
    type = UTCDateTime()


@compiles(Later, "sqlite")
def _in_sqlite(element: Later, compiler: Any, **kw: Any) -> str:
    start, minutes = element.clauses
    # UTCDateTime counts microseconds there.
    wait = minutes.op("*")(sa.literal_column("60000000"))
    return str(compiler.process(start.op("+")(wait), **kw))


@compiles(Later, "postgresql")
def _in_postgresql(element: Later, compiler: Any, **kw: Any) -> str:
    start, minutes = element.clauses
    wait = sa.func.make_interval(*[sa.literal_column("0")] * 5, minutes)
    return str(compiler.process(start + wait, **kw))


def _square(axis: str) -> ColumnElement[int]:
    step = OFFER.c["e" + axis] - big(axis)
    return step * step


D2: ColumnElement[int] = _square("x") + _square("y") + _square("z")
"""Squared chord from the place asked about, decimetres squared."""

# Written out, not bound: only then the databases see that the indexes of published offers will do.
PUBLISHED = OFFER.c.state == sa.literal_column("'approved'")


def bookable(slot: Any = SLOT) -> ColumnElement[bool]:
    """A time of the offer that is free, inside the asked window, and not sooner than the business wants to know."""
    return sa.and_(
        slot.c.offer_id == OFFER.c.id,
        slot.c.seats_taken < slot.c.seats,
        sa.not_(slot.c.closed),
        slot.c.starts_at >= moment("since"),
        slot.c.starts_at < moment("until"),
        slot.c.starts_at >= Later(moment("now"), OFFER.c.lead_minutes),
    )


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "category": OFFER.c.category == big("category"),
    "categories": big("categories").bitwise_rshift(OFFER.c.category).bitwise_and(1) != 0,
    "languages": OFFER.c.languages.bitwise_and(big("languages")) != 0,
    "facts": OFFER.c.facts.bitwise_and(big("facts")) == big("facts"),
    "free_only": OFFER.c.price_minor == 0,
    "kind": OFFER.c.kind == sa.bindparam("kind", type_=sa.String),
    "window": sa.and_(
        OFFER.c.days.bitwise_and(big("days")) != 0,
        sa.exists().where(bookable()).correlate(OFFER),
    ),
    "after": sa.tuple_(D2, OFFER.c.id) > sa.tuple_(big("after_d2"), big("after_id")),
    "beyond": big("beyond") < D2,
    "older": OFFER.c.id < big("after_id"),
    **{"words_" + name: OFFER.c.id.in_(ids) for name, ids in search.MATCHING.items()},
}


def asked(shape: Shape) -> list[ColumnElement[bool]]:
    """The conditions of a shape, always in the same order; only published offers are ever found."""
    return [PUBLISHED, *(CONDITIONS[name] for name in sorted(shape))]


def written(limit: int) -> ColumnElement[int]:
    """A limit that stands in the statement: for a bound one PostgreSQL plans a tenth of the table."""
    return sa.literal_column(str(int(limit)))


@cache
def probe(shape: Shape, limit: int) -> Statement:
    """Squared distances of the next matches along the curve from `here`, both ways, `first` to `last`."""
    found = sa.select(D2.label("d2")).where(*asked(shape)).limit(written(limit))
    h, here = OFFER.c.h, big("here")
    ways = (
        found.where(h >= here, h <= big("last")).order_by(h),
        found.where(h < here, h >= big("first")).order_by(h.desc()),
    )
    return sa.select(sa.union_all(*(sa.select(way.subquery()) for way in ways)).subquery())


@cache
def circle(shape: Shape, arms: int, limit: int) -> Statement:
    """id, d2, ex, ey, ez of the nearest matches within `bound` on these stretches, nearest first."""
    found = sa.select(OFFER.c.id, D2.label("d2"), OFFER.c.ex, OFFER.c.ey, OFFER.c.ez)
    found = found.where(big("bound") >= D2, *asked(shape))
    stretches = (
        found.where(OFFER.c.h.between(big(f"low{i}"), big(f"high{i}"))) for i in range(arms)
    )
    inside = sa.union_all(*stretches).subquery()
    return sa.select(inside).order_by(inside.c.d2, inside.c.id).limit(written(limit))


@cache
def handful(shape: Shape, limit: int) -> Statement:
    """The same without the curve, for a shape that lets only few offers through (words)."""
    d2 = D2.label("d2")
    found = sa.select(OFFER.c.id, d2, OFFER.c.ex, OFFER.c.ey, OFFER.c.ez)
    found = found.where(OFFER.c.h.is_not(None), big("bound") >= D2, *asked(shape))
    return found.order_by(d2, OFFER.c.id).limit(written(limit))


@cache
def newest(shape: Shape, limit: int) -> Statement:
    """Ids, newest first: what is shown while no place is known."""
    return (
        sa.select(OFFER.c.id).where(*asked(shape)).order_by(OFFER.c.id.desc()).limit(written(limit))
    )


FIRST_FREE = (
    sa.select(SLOT.c.starts_at)
    .where(bookable())
    .order_by(SLOT.c.starts_at)
    .limit(written(1))
    .correlate(OFFER)
    .scalar_subquery()
)
FIRST_FREE_OF = sa.select(OFFER.c.id, FIRST_FREE.label("starts_at")).where(
    OFFER.c.id.in_(sa.bindparam("ids", expanding=True, type_=sa.BigInteger))
)
"""id and first bookable time of the offers in `ids`, each once."""


@cache
def soonest(shape: Shape, limit: int, somewhere: bool, after: bool) -> Statement:
    """offer id and first bookable time, soonest first, met along the times."""
    before = sa.and_(bookable(EARLIER), EARLIER.c.starts_at < SLOT.c.starts_at)
    found = sa.select(OFFER.c.id, SLOT.c.starts_at).where(
        bookable(), *asked(shape - {"window"}), ~sa.exists().where(before).correlate(OFFER, SLOT)
    )
    if somewhere:
        found = found.add_columns(D2.label("d2")).where(OFFER.c.h.is_not(None), big("bound") >= D2)
    if after:
        key = sa.tuple_(SLOT.c.starts_at, OFFER.c.id)
        found = found.where(key > sa.tuple_(moment("after_at"), big("after_id")))
    return found.order_by(SLOT.c.starts_at, OFFER.c.id).limit(written(limit))
