"""How long each table lives, what belongs to one person, and erasing it (safety.md, "Life of data").

A table without a line in `LIVES` is a red build. What is over is hidden when read, by the rooms themselves;
`purge` only makes the file forget it too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.accounts.address_models import AddressChange
from app.accounts.arrival_models import Arrival
from app.accounts.hand_over_models import HandOver
from app.accounts.models import DailyKey, Failure, Invitation, Member, ProviderAccount, Session
from app.bookings.change_rules import free_all
from app.bookings.models import Booking, Proposal, WaitingPlace
from app.bookings.word_models import ConsentCode
from app.db import Base, db
from app.moderation.case_models import Appeal, Report, VisitReport
from app.moderation.models import QueueClaim
from app.notifications.models import Notice, OriginPause, Planned, PushSubscription
from app.offers.models import ClosedDay, ScheduleException, Slot
from app.offers.wish_models import Wish
from app.seal import Sealed, lookup
from app.settings import settings

ERASED_KEPT = timedelta(days=15)  # a day longer than the oldest backup
Condition = sa.ColumnElement[bool]


class Life(NamedTuple):
    """How long a row lives, in words for the inventory, and the condition that says it is over."""

    words: str
    over: Callable[[datetime], Condition] | None = None


def _days(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _told_before(now: datetime) -> sa.Select[int]:
    return sa.select(Planned.notice_id).where(Planned.due_at < _days(now, 7))


AFTER_RULING = "until it is decided, and 30 days"
# Children before their parents: purge deletes in this order.
LIVES: dict[str, Life] = {
    "delivery": Life("with its notice"),
    "planned": Life("with its notice"),
    "notice": Life("7 days after it was due", lambda now: Notice.id.in_(_told_before(now))),
    "push_subscription": Life(
        "30 days after the device was last seen; at once when its push service says it is gone",
        lambda now: PushSubscription.seen_on < _days(now, 30).date(),
    ),
    "delivery_count": Life("while the installation stays; numbers only"),
    "origin_pause": Life("until it ends", lambda now: OriginPause.until < now),
    "preference": Life("with its recipient"),
    "email_address": Life("with its recipient, or until taken back"),
    "appeal": Life(AFTER_RULING, lambda now: Appeal.ruled_at < _days(now, 30)),
    "report": Life(AFTER_RULING, lambda now: Report.ruled_at < _days(now, 30)),
    "visit_report": Life(AFTER_RULING, lambda now: VisitReport.ruled_at < _days(now, 30)),
    "queue_claim": Life("20 minutes", lambda now: QueueClaim.until < now),
    "waiting_place": Life(
        "until the time is over",
        lambda now: WaitingPlace.slot_id.in_(sa.select(Slot.id).where(Slot.ends_at < now)),
    ),
    "wish": Life("30 days", lambda now: Wish.made_on <= _days(now, 30).date()),
    "proposal": Life(
        "until it is answered or over", lambda now: Proposal.until < now - timedelta(days=1)
    ),
    "calendar_feed": Life("until the business takes it back"),
    "booking_word": Life("with its booking"),
    "thanks": Life("with its booking"),
    "consent_code": Life("15 minutes, or until used", lambda now: ConsentCode.until < now),
    "hand_over": Life("10 minutes, or until used", lambda now: HandOver.until < now),
    "visit_count": Life("while the business stays; numbers by month, nothing about people"),
    "booking": Life("7 days after the visit", lambda now: Booking.ends_at < _days(now, 7)),
    "slot": Life("7 days after", lambda now: Slot.ends_at < _days(now, 8)),
    "schedule_exception": Life(
        "7 days after", lambda now: ScheduleException.day < _days(now, 8).date()
    ),
    "closed_day": Life("7 days after", lambda now: ClosedDay.day < _days(now, 8).date()),
    "session": Life(
        "120 days without a visit (members), 30 days (businesses), 8 hours (staff)",
        lambda now: sa.or_(
            Session.expires_on < now.date(), Session.began_at < now - timedelta(hours=8)
        ),
    ),
    "invitation": Life(
        "14 days unused, 14 days used",
        lambda now: sa.or_(
            sa.and_(Invitation.used_on.is_(None), Invitation.expires_on < now.date()),
            Invitation.used_on < _days(now, 14).date(),
        ),
    ),
    "arrival": Life("7 days after its day", lambda now: Arrival.arrives_on < _days(now, 7).date()),
    "address_change": Life(
        "2 days, or until it counts", lambda now: AddressChange.due_at < _days(now, 1)
    ),
    "passkey": Life("with its account, or until taken away"),
    "failure": Life("20 minutes", lambda now: Failure.at < now - timedelta(minutes=20)),
    "daily_key": Life("1 day", lambda now: DailyKey.day < _days(now, 1).date()),
    "member": Life(
        "120 days without a visit", lambda now: Member.week_last_seen < _days(now, 127).date()
    ),
    "provider_account": Life(
        "while the business stays; 14 days where the address is never confirmed",
        lambda now: sa.and_(
            ProviderAccount.confirmed_at.is_(None), ProviderAccount.created_at < _days(now, 14)
        ),
    ),
    "moderator": Life("while the volunteer stays"),
    "provider": Life("while the business stays"),
    "location": Life("while the business stays"),
    "offer": Life("while the business stays"),
    "offer_text": Life("with its offer"),
    "offer_change": Life("until it is decided"),
    "schedule": Life("with its offer"),
    "imported_row": Life("while the installation stays; nothing about people"),
    "decision": Life("while the installation stays; it names staff only"),
}


def purge(now: datetime) -> int:
    """Delete everything whose life is over; the number of rows. Call it inside `writing()`."""
    old = sa.update(Member).where(Member.new_until < now.date())
    db.session.execute(old.values(new_until=None))
    gone = 0
    for name, life in LIVES.items():
        if name == "member" and life.over is not None:
            gone += _erase_idle(life.over(now), now)
        elif life.over is not None:
            table = db.metadata.tables[name]
            gone += db.session.execute(sa.delete(table).where(life.over(now))).rowcount  # type: ignore[attr-defined]
    return gone


def belongings(member: Member) -> dict[str, Condition]:
    """Which rows of which tables are this member's.

    Found by the tables' own references and by `recipient`, so that a new table cannot be forgotten.
    """
    mine: dict[str, Condition] = {"member": Member.id == member.id}
    for table in db.metadata.sorted_tables:  # parents before their children
        ways: list[Condition] = [way.in_(wish) for way, wish in _ways_to(table, mine)]
        if "recipient" in table.c:
            ways.append(table.c.recipient == member.recipient)
        if ways:
            mine[table.name] = sa.or_(*ways)
    return mine


def _ways_to(
    table: sa.Table, mine: dict[str, Condition]
) -> Iterator[tuple[sa.Column[Any], sa.Select[Any]]]:
    for reference in table.foreign_keys:
        parent = reference.column.table
        if parent.name in mine and parent is not table:
            yield reference.parent, sa.select(reference.column).where(mine[parent.name])


def export(member: Member) -> dict[str, list[dict[str, object]]]:
    """Everything kept about this member, table by table, sealed texts opened, times in UTC (RFC 3339).

    Of a hash it is said that there is one; of a volunteer, that it was one: whoever vouched stays unnamed.
    """
    tables = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]
    return {
        name: [_told(row) for row in db.session.scalars(sa.select(tables[name]).where(which))]
        for name, which in belongings(member).items()
    }


def _told(row: Base) -> dict[str, object]:
    if isinstance(row, VisitReport) and row.ruled_at is None:
        return {
            "ruled_at": "not yet"
        }  # that there is one: what a business tells is read by two first
    opened = {
        seal.column: text for text, seal in vars(type(row)).items() if isinstance(seal, Sealed)
    }
    return {
        column.name: getattr(row, opened[column.name])
        if column.name in opened
        else _plain(column, getattr(row, column.key))
        for column in type(row).__table__.columns
    }


def _plain(column: sa.ColumnElement[Any], value: object) -> object:
    if value is not None and any(r.column.table.name == "moderator" for r in column.foreign_keys):
        return "a volunteer"
    if isinstance(value, bytes):
        return "a hash"
    return value.isoformat() if isinstance(value, date) else value


def erase(member: Member, data_dir: Path, now: datetime) -> None:
    """Forget this member: seats go back, businesses are told, every row of theirs is deleted.

    First a keyed hash is written to `data_dir`/erased and synced: a backup restored later must not bring
    them back. Call it inside `writing()`, and `fold_the_log()` after it.
    """
    _remember_erased(member.public_id, data_dir, now)
    free_all(member.id, now)
    db.session.flush()
    for name, which in reversed(belongings(member).items()):
        table = db.metadata.tables[name]
        if not _only_mentions(table):
            db.session.execute(sa.delete(table).where(which))
    db.session.expire_all()


def erase_again(hashes: set[str], data_dir: Path, now: datetime) -> int:
    """Erase whoever a restored backup brought back against their will; how many. Inside `writing()`."""
    everybody = db.session.scalars(sa.select(Member)).all()
    back = [m for m in everybody if lookup("erased", m.public_id).hex() in hashes]
    for member in back:
        erase(member, data_dir, now)
    return len(back)


def _only_mentions(table: sa.Table) -> bool:
    """A card's row stays for its maker and forgets whom it let in (ON DELETE SET NULL)."""
    ways = [r for r in table.foreign_keys if r.column.table.name == "member"]
    return bool(ways) and all(way.ondelete == "SET NULL" for way in ways)


def _remember_erased(public_id: str, data_dir: Path, now: datetime) -> None:
    with (data_dir / "erased").open("a") as file:
        file.write(f"{now.date()} {lookup('erased', public_id).hex()}\n")
        file.flush()
        os.fsync(file.fileno())


def _erase_idle(over: Condition, now: datetime) -> int:
    idle = db.session.scalars(sa.select(Member).where(over)).all()
    for member in idle:
        erase(member, settings().data_dir, now)
    return len(idle)
