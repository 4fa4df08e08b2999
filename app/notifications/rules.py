"""Telling people: every function here writes rows in the caller's own transaction and sends nothing.

If the deed is undone, so is the promise. The room is handed a kind, a subject and a recipient; it
does not know what a booking or an account is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.db import db, public_id
from app.notifications import reminders
from app.notifications.kinds import KINDS
from app.notifications.models import (
    Channel,
    EmailAddress,
    Notice,
    Planned,
    PlannedState,
    Preference,
    PushSubscription,
    Values,
)

NEWS_LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Recipient:
    """Who is told: "member:17", "provider:3" or "moderator:2", and how to speak to them."""

    key: str
    language: str = "be"
    timezone: str = "Europe/Warsaw"


def notify(
    recipient: Recipient,
    kind: str,
    *,
    subject: str,
    link: str,
    values: Values,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Notice:
    """An inbox item, and a promise to push or mail it when it is due (by default at once).

    `subject` names the thing ("booking:<public id>"), `link` is the page it leads to. Unsent
    after `expires_at` (3 days by default) it stays in the inbox alone. An unknown kind is a KeyError.
    """
    notice = Notice(
        public_id=public_id(),
        recipient=recipient.key,
        language=recipient.language,
        kind=KINDS[kind].name,
        subject=subject,
        link=link,
        made_at=now,
    )
    notice.values = values
    together = None
    if due_at is None and _wants_summary(recipient.key, kind):
        due_at = reminders.next_morning(now, recipient.timezone)
        together = f"{recipient.key}|summary|{due_at.date()}"
    due_at = due_at or now
    notice.planned = Planned(
        due_at=due_at, expires_at=expires_at or due_at + NEWS_LASTS, together=together
    )
    db.session.add(notice)
    return notice


def plan_reminders(
    recipient: Recipient,
    *,
    subject: str,
    link: str,
    values: Values,
    starts_at: datetime,
    timezone: str,
    now: datetime,
) -> list[Notice]:
    """Reminders a day and two hours before, where they still lie ahead, outside the quiet hours.

    Two visits of one person on one day are reminded of together, a day ahead, at the earlier of
    both moments; of what falls on the same minute, one reminder is sent.
    """
    due = {kind: reminders.due_at(kind, starts_at, timezone) for kind in reminders.BEFORE}
    ahead = {kind: moment for kind, moment in due.items() if moment > now}
    groups = {
        kind: f"{recipient.key}|{_group(kind, starts_at, timezone, moment)}"
        for kind, moment in ahead.items()
    }
    others = _waiting_in(groups.values())
    made = []
    for kind, together in groups.items():
        with_it = others.get(together, [])
        due_at = min([ahead[kind], *(other.due_at for other in with_it)])
        for other in with_it:
            other.due_at = due_at
        notice = notify(
            recipient,
            kind,
            subject=subject,
            link=link,
            values=values,
            now=now,
            due_at=due_at,
            expires_at=starts_at,
        )
        notice.planned.together = together
        made.append(notice)
    return made


def _group(kind: str, starts_at: datetime, timezone: str, due_at: datetime) -> str:
    if kind == "reminder_day":
        return f"day|{reminders.day_of(starts_at, timezone)}"
    return f"soon|{due_at.isoformat(timespec='minutes')}"


def _waiting_in(groups: Iterable[str]) -> dict[str, list[Planned]]:
    """The reminders that wait in these groups already: all of a group move to its earliest moment."""
    waiting = Planned.state == PlannedState.WAITING
    wish = sa.select(Planned).where(Planned.together.in_(list(groups)), waiting)
    found: dict[str, list[Planned]] = {}
    for planned in db.session.scalars(wish):
        found.setdefault(str(planned.together), []).append(planned)
    return found


def call_off(subject: str, kinds: Iterable[str] | None = None) -> None:
    """Nothing more is sent about this subject (or these kinds of it).

    What was still ahead, such as a reminder, vanishes; what the inbox already has stays there.
    """
    for planned in _standing(subject, kinds):
        if planned.state == PlannedState.WAITING and planned.due_at > planned.notice.made_at:
            db.session.delete(planned)
            db.session.delete(planned.notice)
        else:
            planned.state = PlannedState.CALLED_OFF


def reschedule(subject: str, kind: str, due_at: datetime, expires_at: datetime) -> None:
    """Move what waits. A visit that moves needs new texts too: call off its reminders, plan anew."""
    for planned in _standing(subject, [kind]):
        if planned.state == PlannedState.WAITING:
            planned.due_at, planned.expires_at = due_at, expires_at


def _standing(subject: str, kinds: Iterable[str] | None) -> list[Planned]:
    wish = (
        sa.select(Planned)
        .join(Planned.notice)
        .options(sa.orm.contains_eager(Planned.notice))
        .where(Notice.subject == subject, Planned.state != PlannedState.CALLED_OFF)
    )
    if kinds is not None:
        wish = wish.where(Notice.kind.in_(list(kinds)))
    return list(db.session.scalars(wish))


def set_email(recipient_key: str, address: str, now: datetime, language: str = "be") -> None:
    """Mail to this recipient goes to this address from now on; that it is theirs was proved elsewhere."""
    kept = put_email(recipient_key, address, now, language)
    kept.confirmed_on = now.date()


def put_email(recipient_key: str, address: str, now: datetime, language: str) -> EmailAddress:
    """The address in the place of any older one, not confirmed yet."""
    kept = db.session.get(EmailAddress, recipient_key)
    if kept is None:
        kept = EmailAddress(recipient=recipient_key, public_id=public_id())
        db.session.add(kept)
    kept.address, kept.language, kept.set_on, kept.confirmed_on = (
        address,
        language,
        now.date(),
        None,
    )
    return kept


def forget_email(recipient_key: str) -> None:
    """No mail any more."""
    db.session.execute(sa.delete(EmailAddress).where(EmailAddress.recipient == recipient_key))


def speak_to(recipient_key: str, language: str) -> None:
    """Screens and letters are in this language from now on."""
    for table in (PushSubscription, EmailAddress):
        mine = sa.update(table).where(table.recipient == recipient_key)
        db.session.execute(mine.values(language=language))


def forget(recipient_key: str) -> None:
    """Everything this room holds of a recipient goes; their planned rows and sends with it."""
    for table in (Notice, PushSubscription, Preference, EmailAddress):
        db.session.execute(sa.delete(table).where(table.recipient == recipient_key))


def _wants_summary(recipient_key: str, kind: str) -> bool:
    if kind != "booking_new":
        return False
    choice = db.session.get(Preference, (recipient_key, kind, Channel.SUMMARY))
    return choice is not None and choice.on
