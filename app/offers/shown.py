"""An offer as a reader sees it, in the language now being spoken: the face of its card, and its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.i18n import _, day_and_time, language, money, ngettext
from app.offers.looks import facts_said, languages_said, look_of
from app.offers.models import Fact, Kind, Offer
from app.offers.texts import text_for


@dataclass(frozen=True)
class Line:
    """One row of facts: what it is about (for a screen reader), the fact, a softer second line, a drawing."""

    label: str
    strong: str
    soft: str
    picture: str


@dataclass(frozen=True)
class Shown:
    """`lang` belongs on title and description; `marked` names that language where the reader has another."""

    title: str
    description: str
    lang: str
    marked: str
    by: str
    place: str
    picture: str
    tone: str
    when: str
    price: str
    facts: tuple[Line, ...]


def shown(offer: Offer, first_free: datetime | None, now: datetime) -> Shown:
    """Everything of the card and the facts; `first_free` is the first time one can book (UTC)."""
    text, look = text_for(offer, language()), look_of(offer.category)
    place, zone = offer.location, offer.location.timezone if offer.location else "UTC"
    return Shown(
        title=text.title,
        description=text.description,
        lang=text.language if text.marked else "",
        marked=text.marked,
        by=offer.provider.name,
        place=f"{place.address}, {place.city}" if place else "",
        picture=look.picture,
        tone=look.tone,
        when=day_and_time(first_free, zone, now) if first_free else "",
        price=money(offer.price_minor, offer.currency),
        facts=tuple(facts_of(offer)),
    )


def facts_of(offer: Offer) -> list[Line]:
    """Cost and length, place, who receives, languages: what a tired person asks before going."""
    rows = [_cost(offer)]
    if offer.location:
        rows.append(Line(_("Address"), offer.location.address, offer.location.entrance, "map-pin"))
    return [*rows, _receives(offer), _speaks(offer)]


def length_said(offer: Offer) -> str:
    """'45 minutes', or how many pieces of a gift."""
    if offer.kind is Kind.GIFT:
        return ngettext("%(num)d piece", "%(num)d pieces", offer.seats)
    return ngettext("%(num)d minute", "%(num)d minutes", offer.minutes)


def _cost(offer: Offer) -> Line:
    soft = _("You pay at the visit")
    if not offer.price_minor:
        soft = _("No paying and no tips")
    price = money(offer.price_minor, offer.currency)
    strong = price if offer.kind is Kind.GIFT else f"{price}, {length_said(offer)}"
    return Line(_("Price and length"), strong, soft, "hand-heart")


def _receives(offer: Offer) -> Line:
    who = Fact(offer.facts) & (Fact.BRING_SOMEONE | Fact.WOMAN | Fact.MAN)
    strong = _("%(name)s will meet you", name=offer.meets or offer.provider.name)
    return Line(_("Who receives"), strong, ". ".join(facts_said(who)), "user-round")


def _speaks(offer: Offer) -> Line:
    but = Fact.BRING_SOMEONE | Fact.WOMAN | Fact.MAN
    soft = ". ".join(facts_said(offer.facts, but))
    return Line(_("Languages"), languages_said(offer.languages), soft, "message-circle")
