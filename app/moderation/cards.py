"""One thing to decide, with all that is known about it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.db import db
from app.moderation.models import Decision, QueueClaim, Ruling
from app.offers.models import Category, Offer, Provider, State

NEED_TWO = {Category.DOCTOR, Category.PSYCHOLOGIST}


class Asked(enum.StrEnum):
    """What somebody wishes to see published."""

    BUSINESS = "business"
    OFFER = "offer"
    CHANGE = "change"


@dataclass(frozen=True)
class Card:
    """`subject` is "offer:12" or "provider:3", `since` the moment it was sent (UTC).

    `title` and `state` are as they were before any decision.
    """

    subject: str
    asked: Asked
    title: str
    state: State
    provider: Provider
    offer: Offer | None
    since: datetime
    claim: QueueClaim | None
    first_yes: Decision | None

    @property
    def needs_two(self) -> bool:
        """A new business, and whoever treats body or soul, is looked at by two people."""
        return self.offer is None or self.offer.category in NEED_TWO

    @property
    def needs_pin(self) -> bool:
        """Brought in by an import without a valid place: nobody nearby could find it."""
        offer = self.offer
        return offer is not None and (offer.location is None or offer.location.lat is None)

    @property
    def needs_business(self) -> bool:
        """An offer is seen only once its business is approved."""
        return self.offer is not None and self.provider.state != State.APPROVED

    @property
    def has_reader(self) -> bool:
        """Somebody signs in for this business, and can be asked."""
        return self.provider.account is not None


def make_cards(wanted: dict[str, datetime], now: datetime) -> list[Card]:
    """Cards for these subjects, each with the moment since when it waits; in the given order."""
    offers = {f"offer:{offer.id}": offer for offer in _load_offers(_numbers(wanted, "offer"))}
    businesses = {
        f"provider:{one.id}": one for one in _load_businesses(_numbers(wanted, "provider"))
    }
    claims, yeses = _claims(wanted, now), _first_yeses(wanted)
    made = []
    for subject, since in wanted.items():
        offer = offers.get(subject)
        provider = offer.provider if offer else businesses[subject]
        made.append(
            Card(
                subject=subject,
                asked=_asked(offer),
                title=offer.texts[0].title if offer and offer.texts else provider.name,
                state=offer.state if offer else provider.state,
                provider=provider,
                offer=offer,
                since=since,
                claim=claims.get(subject),
                first_yes=yeses.get(subject),
            )
        )
    return made


def _numbers(subjects: Iterable[str], what: str) -> list[int]:
    return [int(s.partition(":")[2]) for s in subjects if s.startswith(what + ":")]


def _asked(offer: Offer | None) -> Asked:
    if offer is None:
        return Asked.BUSINESS
    return Asked.OFFER if offer.change is None else Asked.CHANGE


def _load_offers(ids: list[int]) -> list[Offer]:
    wish = (
        sa.select(Offer)
        .where(Offer.id.in_(ids))
        .options(
            joinedload(Offer.provider).joinedload(Provider.account),
            joinedload(Offer.location),
            joinedload(Offer.change),
            selectinload(Offer.texts),
        )
    )
    return list(db.session.scalars(wish)) if ids else []


def _load_businesses(ids: list[int]) -> list[Provider]:
    wish = (
        sa.select(Provider)
        .where(Provider.id.in_(ids))
        .options(joinedload(Provider.account), selectinload(Provider.locations))
    )
    return list(db.session.scalars(wish)) if ids else []


def _claims(subjects: Iterable[str], now: datetime) -> dict[str, QueueClaim]:
    wish = (
        sa.select(QueueClaim)
        .where(QueueClaim.subject.in_(list(subjects)), QueueClaim.until > now)
        .options(joinedload(QueueClaim.moderator))
    )
    return {claim.subject: claim for claim in db.session.scalars(wish)}


def _first_yeses(wanted: dict[str, datetime]) -> dict[str, Decision]:
    """The first of two yeses, where it stands: given since the business last sent it, and not taken back."""
    wish = (
        sa.select(Decision)
        .where(Decision.subject.in_(list(wanted)), Decision.ruling != Ruling.PINNED)
        .options(joinedload(Decision.moderator))
        .order_by(Decision.id)
    )
    standing: dict[str, list[Decision]] = {}
    for decision in db.session.scalars(wish):
        stack = standing.setdefault(decision.subject, [])
        if decision.ruling != Ruling.TAKEN_BACK:
            stack.append(decision)
        elif stack:
            stack.pop()
    return {
        subject: stack[-1]
        for subject, stack in standing.items()
        if stack and stack[-1].ruling == Ruling.FIRST_YES and stack[-1].at >= wanted[subject]
    }
