"""The inbox: what a person has been told and may still read. A stopped worker hides nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.db import db
from app.errors import NotFound
from app.notifications.kinds import Told, tell
from app.notifications.models import Notice, Planned

KEPT = timedelta(days=7)
PAGE = 20


@dataclass(frozen=True)
class Item:
    """One row of the inbox. Usually one notice; several where they are told together, in the order of their visits."""

    notices: tuple[Notice, ...]

    @property
    def first(self) -> Notice:
        """The one that gives the row its name, its picture and its title."""
        return self.notices[0]

    @property
    def due_at(self) -> datetime:
        """When it was told."""
        return max(notice.planned.due_at for notice in self.notices)

    @property
    def fresh(self) -> bool:
        """Whether something of it has not been opened yet."""
        return any(notice.read_at is None for notice in self.notices)

    @property
    def link(self) -> str:
        """Where it leads; several things lead to their own page first."""
        return self.first.link if len(self.notices) == 1 else f"/n/{self.first.public_id}"

    def told(self, now: datetime) -> Told:
        """Title and text in the language now being spoken."""
        told = [tell(notice.kind, notice.values, now=now) for notice in self.notices]
        return Told(told[0].title, " ".join(one.text for one in told))


def inbox(recipient: str, *, now: datetime, after: str = "") -> list[Item]:
    """The newest `PAGE` items that are due and not over; those after the one with this public id."""
    items = _items(recipient, now)
    if after:
        ids = [item.first.public_id for item in items]
        items = items[ids.index(after) + 1 :] if after in ids else []
    return items[:PAGE]


def unread(recipient: str, *, now: datetime) -> int:
    """How many items are new."""
    fresh = _readable(recipient, now).where(Notice.read_at.is_(None))
    return len({_group(notice) for notice in db.session.scalars(fresh)})


def find(recipient: str, notice_id: str, *, now: datetime) -> Item:
    """The item that holds one's own notice. Somebody else's, an unknown and a forgotten one raise `NotFound`."""
    for item in _items(recipient, now):
        if notice_id in {notice.public_id for notice in item.notices}:
            return item
    raise NotFound()


def read(item: Item, *, now: datetime) -> None:
    """It was opened; the first time is kept."""
    for notice in item.notices:
        notice.read_at = notice.read_at or now


def read_all(recipient: str, *, now: datetime) -> None:
    """Everything there is has been seen."""
    for item in _items(recipient, now):
        read(item, now=now)


def _items(recipient: str, now: datetime) -> list[Item]:
    rows = _readable(recipient, now).order_by(Planned.due_at.desc(), Notice.id.desc())
    groups: dict[str, list[Notice]] = {}
    for notice in db.session.scalars(rows):
        groups.setdefault(_group(notice), []).append(notice)
    return [Item(_in_order(group)) for group in groups.values()]


def _group(notice: Notice) -> str:
    """Notices that are told together share a word; any other stands for itself."""
    return notice.planned.together or notice.public_id


def _in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(sorted(notices, key=lambda notice: str(notice.values.get("starts_at", ""))))


def _readable(recipient: str, now: datetime) -> sa.Select[Notice]:
    return (
        sa.select(Notice)
        .join(Notice.planned)
        .options(sa.orm.contains_eager(Notice.planned))
        .where(Notice.recipient == recipient)
        .where(Planned.due_at <= now, Planned.due_at > now - KEPT)
    )
