"""Who is told of what was decided about offers, businesses, accounts and appeals."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import Member
from app.notifications.rules import Recipient, call_off, notify
from app.offers.models import Offer, Provider, State
from app.offers.texts import text_for


def business_of_offer(offer: Offer, decision: str, words: str, *, now: datetime) -> None:
    """`decision`: hidden, upheld, put_back, again or stays."""
    account = offer.provider.account
    if account is None:
        return
    _tell_business(
        offer.provider,
        f"offer:{offer.id}",
        f"/my/offers/{offer.id}",
        {
            "title": text_for(offer, account.language).title,
            "decision": decision,
            "words": words,
            "what": "offer",
        },
        now,
    )


def business(provider: Provider, decision: str, words: str, *, now: datetime) -> None:
    """`decision`: suspended, put_back, again or stays."""
    values = {"title": provider.name, "decision": decision, "words": words, "what": "business"}
    _tell_business(provider, f"provider:{provider.id}", "/my/business", values, now)


def _tell_business(
    provider: Provider, subject: str, link: str, values: dict[str, str], now: datetime
) -> None:
    account = provider.account
    if account is None:
        return
    place = next((one.timezone for one in provider.locations), "Europe/Warsaw")
    call_off(subject, ["offer_decided"])
    notify(
        Recipient(account.recipient, account.language, place),
        "offer_decided",
        subject=subject,
        link=link,
        values={**values},
        now=now,
    )


def reporter(member: Member, offer: Offer, upheld: bool, *, now: datetime) -> None:
    """Whoever told of an offer hears what came of it."""
    notify(
        Recipient(member.recipient, member.language),
        "report_decided",
        subject=f"offer:{offer.id}",
        link=f"/offers/{offer.id}" if offer.state is State.APPROVED else "/nearby",
        values={
            "title": text_for(offer, member.language).title,
            "decision": "upheld" if upheld else "put_back",
        },
        now=now,
    )


def member(member: Member, decision: str, words: str, *, now: datetime) -> None:
    """`decision`: stopped, open or stays."""
    notify(
        Recipient(member.recipient, member.language),
        "account_decided",
        subject="account",
        link="/my-case",
        values={"decision": decision, "words": words},
        now=now,
    )
