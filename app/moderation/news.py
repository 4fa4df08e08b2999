"""Who is told of a ruling: the business, in its own language. An unclaimed business has nobody to tell."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.moderation.cards import Card
from app.notifications.rules import Recipient, call_off, notify

UNDO_LASTS = timedelta(seconds=10)


def tell_business(card: Card, decision: str, words: str = "", *, now: datetime) -> None:
    """Put it into the inbox and promise to send it; a yes is sent only once it cannot be taken back."""
    account = card.provider.account
    if account is None:
        return
    notify(
        Recipient(account.recipient, account.language, _timezone(card)),
        "offer_decided",
        subject=card.subject,
        link=f"/my/offers/{card.offer.id}" if card.offer else "/my/business",
        values={"title": card.title, "decision": decision, "words": words, "what": _what(card)},
        now=now,
        due_at=now + UNDO_LASTS if decision == "published" else None,
    )


def _what(card: Card) -> str:
    return "offer" if card.offer else "business"


def take_back(subject: str) -> None:
    """Nothing of it is sent any more."""
    call_off(subject, ["offer_decided"])


def _timezone(card: Card) -> str:
    place = card.offer.location if card.offer else None
    places = [place] if place else card.provider.locations
    return places[0].timezone if places else "Europe/Warsaw"
