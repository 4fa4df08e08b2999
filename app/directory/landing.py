"""Writes imported rows into our tables: as pending, unclaimed, information only."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from app.directory import guesses
from app.directory.schemas import clean
from app.offers.models import Location, Offer, OfferText, Provider, State


class Words(NamedTuple):
    """What a service row comes to, in the fields of an offer."""

    language: str
    title: str
    description: str
    category: int
    price_minor: int
    currency: str
    languages: int


def new_provider(key: str, values: dict[str, Any], now: datetime) -> Provider:
    """A business nobody has claimed."""
    provider = Provider(source_id=key, state=State.PENDING, created_at=now)
    _name(provider, values)
    return provider


def change_provider(provider: Provider, values: dict[str, Any]) -> str:
    """Take the new words where nobody has seen the old ones; why not, in a word, otherwise."""
    if provider.account_id is not None:
        return "claimed: its own words stay"
    if provider.state in (State.APPROVED, State.SUSPENDED):
        return "published: its words stay"
    _name(provider, values)
    return ""


def _name(provider: Provider, values: dict[str, Any]) -> None:
    provider.name = clean(values["name"], 120)
    provider.about = clean(values["description"], 200)


def put_location(
    location: Location | None, key: str, provider: Provider, values: dict[str, Any]
) -> Location:
    """Our location for theirs. A pin that is set stays: it may be a moderator's."""
    address = values["addresses"][0] if values["addresses"] else {}
    if location is None:
        location = Location(source_id=key, country="", city="", address="")
        provider.locations.append(location)
    if location.lat is None:
        location.lat, location.lon = values["latitude"], values["longitude"]
        lines = (address.get("address_1", ""), address.get("address_2", ""))
        location.address = clean(", ".join(line for line in lines if line), 200)
        location.city = clean(address.get("city", ""), 80)
        location.postal_code = clean(address.get("postal_code", ""), 20)
        location.country = address.get("country", "").upper()
        location.timezone = guesses.timezone(location.country)
    return location


def words_of(values: dict[str, Any], place: Location | None, language: str) -> Words:
    """A service in our fields; what is guessed is there for the moderator to look at."""
    country = place.country if place else ""
    parts = (values["description"], values["alert"], values["fees_description"])
    minor, currency = guesses.price(values, country)
    return Words(
        language=language,
        title=clean(values["name"], 80),
        description=clean(" ".join(part for part in parts if part), 1000),
        category=guesses.category(values),
        price_minor=minor,
        currency=currency,
        languages=guesses.languages(values),
    )


def new_offer(key: str, provider: Provider, place: Location | None, now: datetime) -> Offer:
    """Pending from the first moment: whoever runs the import has sent it for review."""
    return Offer(
        source_id=key,
        provider=provider,
        location=place,
        information_only=True,
        state=State.PENDING,
        created_at=now,
        submitted_at=now,
    )


def has_point(offer: Offer) -> bool:
    """It can be found nearby once it is published."""
    return offer.location is not None and offer.location.lat is not None


def fill(offer: Offer, words: Words) -> None:
    """Put these words into an offer nobody has published."""
    offer.texts = [
        OfferText(language=words.language, title=words.title, description=words.description)
    ]
    offer.category = words.category
    offer.price_minor, offer.currency = words.price_minor, words.currency
    offer.languages = words.languages


def change_offer(offer: Offer, words: Words) -> str:
    """Take new words in where nobody has published the old ones; why not, in a word, otherwise."""
    if offer.provider.account_id is not None:
        return "claimed: its own words stay"
    if offer.state in (State.APPROVED, State.PAUSED, State.HIDDEN):
        return "published: its words stay"
    if offer.state != State.DENIED:
        fill(offer, words)
    return ""
