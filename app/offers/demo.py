"""Invented businesses at true streets of Warsaw and Vilnius: what a first start shows, and tests walk through."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.db import db
from app.offers import places
from app.offers.models import (
    Category,
    Fact,
    Kind,
    Location,
    Offer,
    OfferText,
    Provider,
    State,
    Tongue,
)
from app.offers.offer_rules import publish
from app.offers.schedule_rules import Window, set_week

FILES = ("demo_warsaw.toml", "demo_vilnius.toml")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class DemoOffer:
    """What one business gives. Prices are minor units, hours wall-clock minutes; the first text is the original."""

    kind: Kind
    category: Category
    minutes: int
    seats: int
    price_minor: int
    ask_first: bool
    meets: str
    languages: Tongue
    facts: Fact
    hours: tuple[Window, ...]
    texts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class DemoBusiness:
    """A business at one door, with its offers."""

    name: str
    about: str
    city: places.City
    address: str
    postal_code: str
    lat: float
    lon: float
    step_free: bool
    entrance: str
    offers: tuple[DemoOffer, ...]


@cache
def demo_businesses() -> tuple[DemoBusiness, ...]:
    """All of them, as the two files beside this one tell."""
    folder = Path(__file__).parent
    told = (tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in FILES)
    return tuple(_business(entry) for file in told for entry in file["business"])


def _business(entry: Mapping[str, Any]) -> DemoBusiness:
    lat, lon = entry["at"]
    own = {key: value for key, value in entry.items() if key != "offer"}
    return DemoBusiness(
        name=entry["name"],
        about=entry["about"],
        city=places.city(entry["city"]),
        address=entry["address"],
        postal_code=entry["postal"],
        lat=lat,
        lon=lon,
        step_free=entry.get("step_free", False),
        entrance=entry["entrance"],
        offers=tuple(_offer(own | offer) for offer in entry["offer"]),
    )


def _offer(entry: Mapping[str, Any]) -> DemoOffer:
    facts = Fact[entry["who"]]
    for word in entry["facts"].split():
        facts |= Fact[word]
    if entry.get("step_free"):
        facts |= Fact.STEP_FREE
    return DemoOffer(
        kind=Kind(entry.get("kind", "appointment")),
        category=Category[entry["category"]],
        minutes=entry["minutes"],
        seats=entry.get("seats", 1),
        price_minor=entry.get("price", 0),
        ask_first=entry.get("ask_first", False),
        meets=entry["meets"],
        languages=Tongue(sum(Tongue[word] for word in entry["languages"].split())),
        facts=facts,
        hours=tuple(window for line in entry["hours"] for window in _windows(line)),
        texts=tuple(
            (k, *v) for k, v in entry.items() if len(k) == 2 and isinstance(v, list) and k != "at"
        ),
    )


def _windows(line: str) -> Iterator[Window]:
    """`mon-fri 10:00-14:00` or `tue,sat 11:00-15:00`."""
    days, hours = line.split()
    opens, closes = (int(h) * 60 + int(m) for h, m in (t.split(":") for t in hours.split("-")))
    for span in days.split(","):
        first, _, last = span.partition("-")
        for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
            yield Window(day, opens, closes)


def seed_demo(now: datetime) -> list[Provider]:
    """Add the demo businesses that are not there yet, published and with their times. Call inside `writing()`.

    Answers with all of them, Studio Lipa first.
    """
    return [_there(business) or _settle(business, now) for business in demo_businesses()]


def _there(business: DemoBusiness) -> Provider | None:
    return db.session.scalar(sa.select(Provider).where(Provider.name == business.name).limit(1))


def _settle(business: DemoBusiness, now: datetime) -> Provider:
    provider = Provider(
        name=business.name, about=business.about, state=State.APPROVED, created_at=now
    )
    location = Location(
        address=business.address,
        city=business.city.local,
        postal_code=business.postal_code,
        country=business.city.country,
        entrance=business.entrance,
        lat=business.lat,
        lon=business.lon,
        timezone=business.city.timezone,
        step_free=business.step_free,
    )
    provider.locations = [location]
    db.session.add(provider)
    for offer in business.offers:
        _give(provider, offer, business.city, now)
    return provider


def _give(provider: Provider, told: DemoOffer, city: places.City, now: datetime) -> None:
    same = ("kind", "minutes", "seats", "price_minor", "ask_first", "meets")
    offer = Offer(
        provider=provider,
        location=provider.locations[0],
        category=int(told.category),
        languages=int(told.languages),
        facts=int(told.facts),
        currency=city.currency,
        state=State.PENDING,
        created_at=now,
        submitted_at=now,
        **{name: getattr(told, name) for name in same},
    )
    offer.texts = [
        OfferText(language=language, position=n, title=title, description=description)
        for n, (language, title, description) in enumerate(told.texts)
    ]
    set_week(offer, told.hours, today=now.astimezone(ZoneInfo(city.timezone)).date())
    db.session.add(offer)
    db.session.flush()
    publish(offer, now=now)
