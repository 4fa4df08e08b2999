"""A short thank-you is read like any text before it goes on; the ruling is kept, the words are not."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import Moderator
from app.bookings import word_rules
from app.bookings.word_models import Thanks
from app.db import db
from app.i18n import _
from app.moderation.models import Decision, Ruling
from app.offers.models import State


def pass_on(thanks_id: str, by: Moderator, *, now: datetime) -> None:
    """The business reads it. Refused: `NotFound` unless it waits."""
    row = word_rules.waiting_one(thanks_id)
    _write(row, by, Ruling.PUBLISHED, State.APPROVED, now)
    word_rules.let_pass(row, now=now)


def hold_back(thanks_id: str, by: Moderator, *, now: datetime) -> None:
    """It is forgotten. Refused: `NotFound` unless it waits."""
    row = word_rules.waiting_one(thanks_id)
    _write(row, by, Ruling.DECLINED, State.DENIED, now)
    word_rules.hold_back(row)


def _write(row: Thanks, by: Moderator, ruling: Ruling, after: State, now: datetime) -> None:
    # Without an id of its own: the log is kept for ever, the visit is not.
    db.session.add(
        Decision(
            subject="thanks",
            title=_("A thank-you"),
            was=State.PENDING,
            now=after,
            ruling=ruling,
            moderator_id=by.id,
            waited_minutes=int((now - row.since).total_seconds() // 60),
            at=now,
        )
    )
