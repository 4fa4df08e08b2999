"""Writing a ruling down, and who has ruled on a subject before."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.moderation.models import Decision, Ruling

AGAINST = (Ruling.DECLINED, Ruling.UPHELD, Ruling.SUSPENDED, Ruling.STOPPED)


class SomebodyElseDecides(Refusal):
    """Who decided first, or said the first yes, does not decide again (ASVS 2.3.5)."""

    status = 403
    type = "somebody-else-decides"
    sentence = _l("Somebody else has to decide this.")
    kept = _l("Nothing was changed.")


def write(
    subject: str,
    title: str,
    ruling: Ruling,
    by: Moderator,
    reason: str = "",
    *,
    states: tuple[str, str],
    since: datetime | None = None,
    now: datetime,
) -> Decision:
    """A row of the log; `states` are before and after, `since` is when it began to wait (UTC)."""
    waited = int((now - since).total_seconds() // 60) if since else None
    decision = Decision(
        subject=subject,
        title=title[:120],
        was=states[0],
        now=states[1],
        ruling=ruling,
        reason=reason,
        moderator_id=by.id,
        waited_minutes=waited,
        at=now,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def last(subject: str, rulings: tuple[Ruling, ...]) -> Decision | None:
    """The newest of these rulings on a subject."""
    wish = sa.select(Decision).where(Decision.subject == subject, Decision.ruling.in_(rulings))
    return db.session.scalar(wish.order_by(Decision.id.desc()).limit(1))


def deciders(subject: str) -> set[int]:
    """Who ruled against this subject last; of an account that was stopped, both."""
    decision = last(subject, AGAINST)
    if decision is None:
        return set()
    first = sa.select(Decision.moderator_id).where(
        Decision.subject == subject, Decision.ruling == Ruling.FIRST_YES
    )
    both = set(db.session.scalars(first)) if subject.startswith("visit:") else set()
    return both | {decision.moderator_id}
