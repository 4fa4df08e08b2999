"""An offer's words: which language a reader gets, and the shape in which a wish to change them is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from app.db import db
from app.i18n import LANGUAGES
from app.offers.models import Category, Fact, Location, Offer, OfferText, Tongue


class Words(TypedDict):
    """One language's text."""

    language: str
    title: str
    description: str


class Wanted(TypedDict):
    """What a business wants an offer to say; plain JSON, checked by `schemas.WantedSchema` where it comes in."""

    category: str
    price_minor: int
    currency: str
    meets: str
    languages: list[str]
    facts: list[str]
    texts: list[Words]
    location: int | None


@dataclass(frozen=True)
class Text:
    """What a reader gets. `marked` names the language where it is not the reader's own, else it is empty."""

    language: str
    title: str
    description: str
    marked: str = ""


def text_for(offer: Offer, language: str) -> Text:
    """The reader's language, else the one the business wrote first, else any (the order of `texts`).

    A text in another language is marked with that language's own name and belongs in a `lang` attribute.
    """
    texts = sorted(offer.texts, key=lambda text: (text.language != language, text.position))
    if not texts:
        return Text(language, "", "")
    best = texts[0]
    marked = "" if best.language == language else LANGUAGES[best.language]
    return Text(best.language, best.title, best.description, marked)


def as_wanted(offer: Offer) -> Wanted:
    """What the offer says now."""
    return Wanted(
        category=Category(offer.category).name.lower(),
        price_minor=offer.price_minor,
        currency=offer.currency,
        meets=offer.meets,
        languages=[str(one.name).lower() for one in Tongue(offer.languages)],
        facts=[str(one.name).lower() for one in Fact(offer.facts)],
        texts=[
            Words(language=t.language, title=t.title, description=t.description)
            for t in offer.texts
        ],
        location=offer.location_id,
    )


def fill(offer: Offer, wanted: Wanted) -> None:
    """Let the offer say this."""
    offer.category = Category[wanted["category"].upper()]
    offer.price_minor = wanted["price_minor"]
    offer.currency = wanted["currency"]
    offer.meets = wanted["meets"]
    offer.languages = sum(Tongue[one.upper()] for one in set(wanted["languages"]))
    offer.facts = sum(Fact[one.upper()] for one in set(wanted["facts"]))
    place = wanted["location"]
    offer.location = db.session.get(Location, place) if place is not None else None
    kept = {text.language: text for text in offer.texts}
    offer.texts = [
        _text(kept.get(words["language"]), words, position)
        for position, words in enumerate(wanted["texts"])
    ]


def _text(kept: OfferText | None, words: Words, position: int) -> OfferText:
    text = kept or OfferText(language=words["language"])
    text.position, text.title, text.description = position, words["title"], words["description"]
    return text


def wished(offer: Offer) -> Offer:
    """The offer as it would be with its waiting change: a copy to look at, never to be stored."""
    if offer.change is None:
        return offer
    names = ("kind", "minutes", "gap_minutes", "lead_minutes", "seats", "state", "ask_first")
    copy = Offer(**{name: getattr(offer, name) for name in (*names, "provider")})
    fill(copy, offer.change.wanted)  # type: ignore[arg-type]
    return copy
