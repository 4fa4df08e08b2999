"""What to look at before publishing: read, not ticked. What a machine can see is said; the rest is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from app.i18n import _, money, short_date
from app.moderation.cards import Card
from app.moderation.models import Decision, Ruling
from app.offers.models import Offer, Schedule, State
from app.offers.texts import Wanted

ENOUGH_PRICES = 5
PRICES_READ = 200
# Seven digits with the usual separators, an address of the web, or a mailbox.
CONTACT = re.compile(
    r"(?:\+?\d[\s().-]?){7,}|https?://|www\.|\b\S+@\S+\.\w{2,}|\bt\.me/|@\w{4,}", re.I
)


class Check(NamedTuple):
    """`sure`: nothing left to do; else a person should look."""

    sure: bool
    sentence: str

    @property
    def picture(self) -> str:
        """The icon beside the sentence."""
        return "check" if self.sure else "eye"


def checks(card: Card, wanted: Wanted | None) -> list[Check]:
    """Sentences for the card, in the language now being spoken; `wanted` is what the offer would say."""
    if card.offer is None or wanted is None:
        return [*_about_business(card), Check(False, _("Is it a real business, and theirs?"))]
    place = _place(card.offer, wanted)
    return [*_business(card), *place, *_times(card.offer), *_words(wanted), *_price(wanted)]


def _about_business(card: Card) -> Iterator[Check]:
    if card.provider.account is None:
        yield Check(False, _("Brought in from a directory; nobody signs in for it yet"))
    elif card.provider.account.confirmed_at is not None:
        yield Check(True, _("Their e-mail address is confirmed"))
    if any(place.lat is not None for place in card.provider.locations):
        yield Check(True, _("Address found"))
    else:
        yield Check(False, _("No address found on the map yet"))
    if CONTACT.search(card.provider.about):
        yield Check(False, _("There is a phone number or a link in the text"))


def _business(card: Card) -> Iterator[Check]:
    if card.provider.state != State.APPROVED:
        yield Check(False, _("The business itself has not been approved yet"))
        return
    yeses = approvals(card.provider.id)
    if not yeses:
        yield Check(True, _("Business approved"))
        return
    names = _(" and ").join(dict.fromkeys(one.moderator.name for one in yeses))
    yield Check(
        True,
        _(
            "Business approved by %(names)s, %(date)s",
            names=names,
            date=short_date(yeses[-1].at.date()),
        ),
    )


def approvals(provider_id: int) -> list[Decision]:
    """The two yeses a business was approved by, oldest first; empty where it was seeded."""
    wish = (
        sa.select(Decision)
        .where(
            Decision.subject == f"provider:{provider_id}",
            Decision.ruling.in_([Ruling.FIRST_YES, Ruling.PUBLISHED]),
        )
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id.desc())
        .limit(2)
    )
    return list(db.session.scalars(wish))[::-1]


def _place(offer: Offer, wanted: Wanted) -> Iterator[Check]:
    if "by_video" in wanted["facts"]:
        yield Check(True, _("By video, from anywhere"))
    elif offer.location is None or offer.location.lat is None:
        yield Check(False, _("No place on the map yet: set the pin"))
    elif "step_free" in wanted["facts"]:
        yield Check(True, _("Address found, entrance step-free"))
    else:
        yield Check(True, _("Address found"))
        yield Check(False, _("Does it say whether there is a step?"))


def _times(offer: Offer) -> Iterator[Check]:
    if offer.information_only:
        yield Check(True, _("Information only: nobody can book it here"))
    elif not db.session.scalar(sa.select(sa.exists().where(Schedule.offer_id == offer.id))):
        yield Check(False, _("It has no times yet"))


def _words(wanted: Wanted) -> Iterator[Check]:
    texts = " ".join(f"{text['title']} {text['description']}" for text in wanted["texts"])
    if CONTACT.search(f"{texts} {wanted['meets']}"):
        yield Check(False, _("There is a phone number or a link in the text"))
    else:
        yield Check(True, _("No phone number, no outside link"))
    yield Check(False, _("Nothing asks for documents or about the past?"))


def _price(wanted: Wanted) -> Iterator[Check]:
    minor, currency = wanted["price_minor"], wanted["currency"]
    if minor == 0:
        yield Check(True, _("Free"))
        return
    price = money(minor, currency)
    usual = usual_prices(currency)
    if usual is None:
        yield Check(False, _("Is %(price)s symbolic?", price=price))
        return
    low, high = (money(edge, currency) for edge in usual)
    yield Check(
        False,
        _(
            "Is %(price)s symbolic? Most here ask %(low)s to %(high)s",
            price=price,
            low=low,
            high=high,
        ),
    )


def usual_prices(currency: str) -> tuple[int, int] | None:
    """Between which prices the middle half of what is published with one lies, in minor units."""
    prices = sorted(
        db.session.scalars(
            sa.select(Offer.price_minor)
            .where(Offer.state == State.APPROVED, Offer.currency == currency, Offer.price_minor > 0)
            .order_by(Offer.id.desc())
            .limit(PRICES_READ)
        )
    )
    if len(prices) < ENOUGH_PRICES:
        return None
    return prices[len(prices) // 4], prices[(len(prices) * 3) // 4]
