"""How a new offer begins: with the usual title, and with what the last one said of who receives."""

from __future__ import annotations

from app.i18n import language
from app.offers.looks import CATEGORIES
from app.offers.models import Category, Location, Offer
from app.offers.places import cities
from app.offers.texts import Wanted, Words, as_wanted


def first_words(category: str, place: Location | None, last: Offer | None, where: str) -> Wanted:
    """A draft's words. `where` is the operator's file of cities, for the currency of the place."""
    title = str(CATEGORIES[Category[category.upper()]].title)
    carried = as_wanted(last) if last else None
    step_free = place is not None and place.step_free
    return Wanted(
        category=category,
        price_minor=0,
        currency=currency_at(place, where),
        meets=carried["meets"] if carried else "",
        languages=carried["languages"] if carried else [],
        facts=["step_free"] if step_free else [],
        texts=[Words(language=language(), title=title, description="")] if title else [],
        location=place.id if place else None,
    )


def currency_at(place: Location | None, where: str) -> str:
    """The money of the country, from the listed cities; euros where none is listed."""
    country = place.country if place else ""
    return next((city.currency for city in cities(where) if city.country == country), "EUR")


def wanted_from(form: dict[str, object], before: Wanted, price_minor: int) -> dict[str, object]:
    """What the page of words asks for: its own language's text in front, other languages kept behind it."""
    first = {name: form[name] for name in ("language", "title", "description")}
    others = [words for words in before["texts"] if words["language"] != first["language"]]
    return {
        **{name: form[name] for name in ("meets", "languages", "facts")},
        "category": before["category"],
        "currency": before["currency"],
        "price_minor": price_minor,
        "texts": [first, *others],
    }
