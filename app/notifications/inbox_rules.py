"""The inbox: what a person has been told and may still read. A stopped worker hides nothing and keeps nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.db import db
from app.errors import NotFound
from app.notifications.models import Notice, Planned

KEPT = timedelta(days=7)
PAGE = 20


def inbox(recipient: str, *, now: datetime, after: str = "") -> list[Notice]:
    """The newest `PAGE` notices that are due and not over; those after the one with this public id."""
    wish = _readable(recipient, now).order_by(Planned.due_at.desc(), Notice.id.desc())
    rows = list(db.session.scalars(wish))
    if after:
        ids = [notice.public_id for notice in rows]
        rows = rows[ids.index(after) + 1 :] if after in ids else []
    return rows[:PAGE]


def unread(recipient: str, *, now: datetime) -> int:
    """How many are new."""
    fresh = _readable(recipient, now).where(Notice.read_at.is_(None)).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(fresh)) or 0


def find(recipient: str, notice_id: str, *, now: datetime) -> Notice:
    """One's own notice. Somebody else's, an unknown and a forgotten one all raise `NotFound`."""
    notice = db.session.scalars(
        _readable(recipient, now).where(Notice.public_id == notice_id)
    ).one_or_none()
    if notice is None:
        raise NotFound()
    return notice


def read(notice: Notice, *, now: datetime) -> None:
    """It was opened; the first time is kept."""
    notice.read_at = notice.read_at or now


def _readable(recipient: str, now: datetime) -> sa.Select[Notice]:
    return (
        sa.select(Notice)
        .join(Notice.planned)
        .options(sa.orm.contains_eager(Notice.planned))
        .where(Notice.recipient == recipient)
        .where(Planned.due_at <= now, Planned.due_at > now - KEPT)
    )
