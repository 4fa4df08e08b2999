"""Wishes: "tell me when a massage appears in my district or next to it"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.notifications.preference_rules import want
from app.notifications.rules import Recipient, notify
from app.offers import curve
from app.offers.models import Category, Offer, State
from app.offers.places import City, District, Place, city, nearest_city
from app.offers.texts import text_for
from app.offers.wish_models import Wish

LASTS = timedelta(days=30)
MOST = 10
CITY_M = 20_000
"""What lies further from the middle belongs to another town."""
AT_ONCE = 500
Point = tuple[int, int, int]


class EnoughWishes(Refusal):
    """Ten at a time."""

    status = 409
    type = "enough-wishes"
    sentence = _l("Ten wishes at a time are enough.")
    what_now = _l("Take one back, then the new one fits.")


def wish(member_id: int, category: Category, district: str, *, now: datetime, path: str) -> None:
    """Tell this member of new offers of this kind there, for 30 days. The same wish again begins anew.

    `district` is "warsaw.wola" or "warsaw" of the list at `path`. Raises `NoSuchPlace`, `EnoughWishes`.
    """
    _where(district, path)
    same = [w for w in mine(member_id) if (w.category, w.district) == (int(category), district)]
    kept = same[0] if same else None
    if kept is None and len(mine(member_id)) >= MOST:
        raise EnoughWishes()
    if kept is None:
        kept = Wish(member_id=member_id, category=int(category), district=district)
        db.session.add(kept)
    kept.made_on = now.date()
    kept.news_since = now.replace(minute=0, second=0, microsecond=0)
    want(f"member:{member_id}", "nearby")


def take_back(member_id: int, wish_id: str) -> None:
    """Not wished any more. Somebody else's and an unknown one raise `NotFound`."""
    kept = next((one for one in mine(member_id) if one.public_id == wish_id), None)
    if kept is None:
        raise NotFound()
    db.session.delete(kept)


def mine(member_id: int) -> list[Wish]:
    """This member's wishes, the purged ones gone; those that are over are left out by `alive`."""
    rows = sa.select(Wish).where(Wish.member_id == member_id)
    return list(db.session.scalars(rows.order_by(Wish.made_on, Wish.id)))


def alive(wishes: Iterable[Wish], today: date) -> list[Wish]:
    """Those that still hold, whether or not a worker has purged the others."""
    return [one for one in wishes if one.made_on > today - LASTS]


def tell_of_new(now: datetime, path: str) -> int:
    """One notice for each wish that something new fits, at most one a day; how many were told.

    Called by the worker inside `writing()`. What else is new is told on the following days.
    """
    today = now.date()
    open_ones = sa.select(Wish, Member).join(Member, Member.id == Wish.member_id)
    open_ones = open_ones.where(Wish.made_on > today - LASTS, Member.stopped_on.is_(None))
    open_ones = open_ones.where(sa.or_(Wish.told_on.is_(None), Wish.told_on < today))
    waiting = db.session.execute(open_ones).all()
    if not waiting:
        return 0
    offers = _published(min(one.news_since for one, _ in waiting), now)
    return sum(_tell(one, member, offers, now, path) for one, member in waiting)


def _published(since: datetime, now: datetime) -> list[Offer]:
    rows = sa.select(Offer).where(Offer.state == State.APPROVED, Offer.h.is_not(None))
    rows = rows.where(Offer.published_at >= since, Offer.published_at <= now)
    return list(db.session.scalars(rows.order_by(Offer.published_at, Offer.id).limit(AT_ONCE)))


def _tell(one: Wish, member: Member, offers: list[Offer], now: datetime, path: str) -> bool:
    fits = (o for o in offers if o.category == one.category and _is_there(o, one.district, path))
    offer = next((o for o in fits if _is_news(o, one)), None)
    if offer is None:
        return False
    one.told_on, one.told_offer_id = now.date(), offer.id
    one.news_since = offer.published_at or now
    notify(
        Recipient(member.recipient, member.language),
        "offer_nearby",
        subject=f"offer:{offer.id}",
        link=f"/offers/{offer.id}",
        values={"title": text_for(offer, member.language).title},
        now=now,
    )
    return True


def _is_news(offer: Offer, one: Wish) -> bool:
    """Published after what was told last; of one moment, as an import makes them, those of higher number."""
    return (offer.published_at or one.news_since, offer.id) > (one.news_since, one.told_offer_id)


def _where(district: str, path: str) -> tuple[City, District]:
    """The city, and the part of it that is meant: itself where it is the whole. Raises `NoSuchPlace`."""
    city_id, _dot, district_id = district.partition(".")
    town = city(city_id, path)
    return town, town.district(district_id) if district_id else town


def _is_there(offer: Offer, district: str, path: str) -> bool:
    """In the district (its middle is the nearest one), or in one next to it."""
    town, meant = _where(district, path)
    here = (offer.ex or 0, offer.ey or 0, offer.ez or 0)
    if meant is town:
        return curve.metres(_apart(here, _at(town))) <= CITY_M
    nearest = min(town.districts, key=lambda part: _apart(here, _at(part)))
    if curve.metres(_apart(here, _at(nearest))) > CITY_M:
        return False
    return nearest is meant or _are_neighbours(nearest, meant, town)


def _are_neighbours(one: District, other: District, town: City) -> bool:
    """No third middle lies in the circle between theirs (Gabriel and Sokal, Systematic Zoology 18, 1969)."""
    between = _apart(_at(one), _at(other))
    thirds = (_at(part) for part in town.districts if part not in (one, other))
    return all(_apart(_at(one), t) + _apart(_at(other), t) >= between for t in thirds)


def nearest_district(place: Place, path: str) -> str:
    """The district whose middle is nearest: "warsaw.wola"; a city without districts is meant whole."""
    town = nearest_city(place, path)
    here = curve.earth_centred(place.lat, place.lon)
    nearest = min(town.districts, key=lambda part: _apart(here, _at(part)), default=None)
    return f"{town.id}.{nearest.id}" if nearest else town.id


def _at(part: District) -> Point:
    return curve.earth_centred(part.place.lat, part.place.lon)


def _apart(one: Point, other: Point) -> int:
    """The squared chord between them, square decimetres."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
