"""Who is told that something waits for a look: every moderator, in the same transaction."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.db import db
from app.notifications.rules import Recipient, notify


def tell_reviewers(subject: str, title: str, *, now: datetime) -> None:
    """`subject` is "offer:12" or "provider:3"; `title` is what stands on its card."""
    wish = sa.select(Moderator).where(Moderator.suspended_at.is_(None))
    for moderator in db.session.scalars(wish):
        notify(
            Recipient(moderator.recipient, moderator.language),
            "new_review",
            subject=subject,
            link=f"/queue/{subject}",
            values={"title": title},
            now=now,
        )
