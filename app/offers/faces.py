"""The cards of a list, as HTML: drawn once for everything that is printed on them, then kept in this process.

Two places on a card change from reader to reader and from hour to hour: how far, and when next; on a map its
number does, too. A card is drawn with a mark in each of them; the marks alone are filled in for a page. The key of a kept card is all that it shows,
so nothing has to be forgotten when an offer changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from flask import get_template_attribute
from markupsafe import Markup, escape

from app.i18n import _, day_and_time, distance, language, minutes_on_foot, money
from app.offers.looking import away
from app.offers.looks import look_of
from app.offers.models import Location, Offer, OfferText, Provider
from app.offers.nearby import Found, next_free
from app.offers.nearest import run

# Private use (Unicode 23.5): in a title one would merely say how far.
FAR, WHEN, NUMBER = "\ue000", "\ue001", "\ue002"
DRAWN = 4_000  # about a kilobyte each
_IDS = sa.bindparam("ids", expanding=True, type_=sa.BigInteger)
_OFFERS = (
    sa.select(
        Offer.id,
        Offer.category,
        Offer.price_minor,
        Offer.currency,
        Provider.name,
        Location.timezone,
        Location.lat,
        Location.lon,
    )
    .join(Provider, Provider.id == Offer.provider_id)
    .outerjoin(Location, Location.id == Offer.location_id)
    .where(Offer.id.in_(_IDS))
)
_TITLES = (
    sa.select(OfferText.offer_id, OfferText.language, OfferText.title)
    .where(OfferText.offer_id.in_(_IDS))
    .order_by(OfferText.offer_id, OfferText.position)
)


@dataclass(frozen=True, slots=True)
class Face:
    """What a card prints, but for how far and when. `tongue` is the title's language where the reader has another."""

    offer_id: int
    category: int
    price_minor: int
    currency: str
    by: str
    title: str
    tongue: str
    spot: tuple[float, float] | None
    placed: bool
    numbered: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as it stands in the page, and what it is drawn from."""

    face: Face
    html: Markup

    def __html__(self) -> str:
        return self.html


def drawn(found: Sequence[Found], now: datetime, numbered: bool = False) -> list[Drawn]:
    """The cards in the order found: three queries, whatever their number. Numbered from 1, for a map."""
    values = {"ids": [one.offer_id for one in found]}
    titles = _titles(values)
    rows = {row.id: row for row in run(_OFFERS, values)}
    times = next_free(values["ids"], now)
    cards: list[Drawn] = []
    for one in found:
        if (row := rows.get(one.offer_id)) is None:
            continue  # withdrawn between two queries
        title, tongue = titles.get(row.id, ("", ""))
        price, spot = (row.price_minor, row.currency), _spot(row.lat, row.lon)
        on_page = one.distance_m is not None, numbered
        face = Face(row.id, row.category, *price, row.name, title, tongue, spot, *on_page)
        starts_at = one.starts_at or times.get(row.id)
        when = day_and_time(starts_at, row.timezone or "UTC", now) if starts_at else ""
        card = _draw(face, language()).replace(NUMBER, str(len(cards) + 1))
        cards.append(Drawn(face, _filled(card, one, when)))
    return cards


def _spot(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    return None if lat is None or lon is None else (round(lat, 5), round(lon, 5))


def _titles(values: dict[str, list[int]]) -> dict[int, tuple[str, str]]:
    """The words each reader gets (the order of `texts.text_for`), and their language where it is another."""
    spoken = language()
    found: dict[int, tuple[str, str]] = {}
    for row in run(_TITLES, values):
        if row.language == spoken:
            found[row.offer_id] = row.title, ""
        else:
            found.setdefault(row.offer_id, (row.title, row.language))
    return found


@lru_cache(DRAWN)
def _draw(face: Face, spoken: str) -> str:
    """`spoken` is the language of the page: part of the key, as prices are said in it."""
    card = get_template_attribute("ui/cards.html", "offer_card")
    look, price = look_of(face.category), money(face.price_minor, face.currency)
    lines = [face.by, away(FAR, face.spot)] if face.placed else [face.by]
    return str(
        card(
            face.title,
            lines,
            look.picture,
            look.tone,
            f"/offers/{face.offer_id}",
            WHEN,
            price,
            lang=face.tongue,
            **({"number": NUMBER, "id": f"o{face.offer_id}"} if face.numbered else {}),
        )
    )


def _filled(card: str, one: Found, when: str) -> Markup:
    metres = one.distance_m
    far = "" if metres is None else f"{distance(metres)}, {minutes_on_foot(metres)}"
    told = card.replace(FAR, escape(far)).replace(WHEN, escape(when or _("No free time yet")))
    return Markup(told)  # noqa: S704 - a drawn card, filled with escaped words
