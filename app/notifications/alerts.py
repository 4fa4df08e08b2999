"""When a push service refuses our own key or claims, people must hear of it: nothing else will mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

import sqlalchemy as sa

from app.db import db
from app.notifications.models import Notice
from app.notifications.outbox import Verdict
from app.notifications.rules import Recipient, notify

ONCE_IN = timedelta(days=1)
Watchers = Callable[[], list[Recipient]]


def tell_of_refusals(verdicts: list[Verdict], watchers: Watchers, now: datetime) -> None:
    """A notice to those who watch, once a day for each push service that answered 401 or 403."""
    for origin, status in {(v.refused_by, v.status) for v in verdicts if v.refused_by}:
        subject = f"push:{origin}"[:60]
        if _told_lately(subject, now):
            continue
        for who in watchers():
            values = cast(
                "dict[str, str | int]", {"title": urlsplit(origin).hostname or "", "code": status}
            )
            notify(who, "push_refused", subject=subject, link="/", values=values, now=now)


def _told_lately(subject: str, now: datetime) -> bool:
    lately = sa.select(Notice.id).where(Notice.subject == subject, Notice.made_at > now - ONCE_IN)
    return db.session.execute(lately.limit(1)).first() is not None
