"""Writes the published offers as a table that a spreadsheet opens and `flask import csv` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.directory.csv_reading import COLUMNS, RISKY
from app.offers.models import Category, Location, Offer, Provider, State, Tongue

AT_ONCE = 500


def write(out: TextIO) -> int:
    """A line for each published offer, in the words its business wrote first; how many.

    Nothing of people stands in it: no member, and not the e-mail of a business's account either.
    """
    table = csv.writer(out)
    table.writerow(COLUMNS)
    written = 0
    for offer in _published():
        line = _line(offer)
        table.writerow([harmless(line.get(name, "")) for name in COLUMNS])
        written += 1
    return written


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what begins a formula (ASVS 1.2.10, OWASP)."""
    return f"'{cell}" if RISKY.match(cell.lstrip(" ")) else cell


def _published() -> Iterator[Offer]:
    wish = (
        sa.select(Offer)
        .join(Offer.provider)
        .where(Offer.state == State.APPROVED, Provider.state == State.APPROVED)
        .options(joinedload(Offer.provider), joinedload(Offer.location), selectinload(Offer.texts))
        .order_by(Offer.id)
        .limit(AT_ONCE)
    )
    last = 0
    while offers := db.session.scalars(wish.where(Offer.id > last)).all():
        yield from offers
        last = offers[-1].id
        db.session.expunge_all()


def _line(offer: Offer) -> dict[str, str]:
    text = offer.texts[0] if offer.texts else None
    return {
        "id": str(offer.id),
        "title": text.title if text else "",
        "description": text.description if text else "",
        "organization_id": offer.provider.public_id,
        "organization": offer.provider.name,
        "price": f"{offer.price_minor / 100:.2f}" if offer.price_minor else "",
        "currency": offer.currency if offer.price_minor else "",
        "languages": " ".join(str(one.name).lower() for one in Tongue(offer.languages)),
        "category": Category(offer.category).name.lower(),
        **(_place(offer.location) if offer.location else {}),
    }


def _place(place: Location) -> dict[str, str]:
    pinned = place.lat is not None and place.lon is not None
    return {
        "address": place.address,
        "city": place.city,
        "postal_code": place.postal_code,
        "country": place.country,
        "latitude": f"{place.lat:.6f}" if pinned else "",
        "longitude": f"{place.lon:.6f}" if pinned else "",
    }
