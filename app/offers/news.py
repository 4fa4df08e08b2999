"""Who is told that something waits for a look: every moderator on duty, in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.accounts.staff_rules import on_duty
from app.db import db
from app.notifications.models import Notice
from app.notifications.rules import Recipient, notify
from app.offers.models import Offer
from app.offers.texts import text_for

ONCE_IN = timedelta(hours=1)


def tell_reviewers(
    subject: str, title: str, *, now: datetime, but: Moderator | None = None, link: str = ""
) -> None:
    """`subject` is "offer:12" or "provider:3"; `title` is what stands on its card; `link` is where it waits.

    Not those who have heard of it within the hour and not looked yet, nor `but`, who knows.
    """
    told = _told_lately(subject, now) | ({but.recipient} if but else set())
    for moderator in on_duty():
        if moderator.recipient not in told:
            notify(
                Recipient(moderator.recipient, moderator.language),
                "new_review",
                subject=subject,
                link=link or f"/queue/{subject}",
                values={"title": title},
                now=now,
            )


def tell_of_change(offer: Offer, *, now: datetime) -> None:
    """A published offer's new words wait for a look, if there are any."""
    if offer.change is not None and not offer.change.note:
        words = text_for(offer, "").title
        tell_reviewers(f"offer:{offer.id}", words, now=now)


def _told_lately(subject: str, now: datetime) -> set[str]:
    wish = sa.select(Notice.recipient).where(
        Notice.subject == subject,
        Notice.kind == "new_review",
        Notice.read_at.is_(None),
        Notice.made_at > now - ONCE_IN,
    )
    return set(db.session.scalars(wish))
