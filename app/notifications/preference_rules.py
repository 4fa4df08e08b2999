"""What each person wants to hear, and where. Everything may be turned off: the inbox has it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from app.db import db
from app.notifications.audiences import ABOUT, About
from app.notifications.kinds import KINDS, Kind
from app.notifications.models import Channel, EmailAddress, Preference


@dataclass(frozen=True)
class One:
    """One kind of notice, and where it goes."""

    kind: Kind
    push: bool
    email: bool


@dataclass(frozen=True)
class Choice:
    """Several kinds that a person thinks of as one thing; it goes where any of them goes."""

    about: About
    kinds: tuple[One, ...]

    @property
    def push(self) -> bool:
        return any(one.push for one in self.kinds)

    @property
    def email(self) -> bool:
        return any(one.email for one in self.kinds)


def choices(recipient: str) -> list[Choice]:
    """The rows this person sees, as chosen or as the defaults have it."""
    made = {
        (row.kind, row.channel): row.on
        for row in db.session.scalars(
            sa.select(Preference).where(Preference.recipient == recipient)
        )
    }

    def one(kind: str, row: About) -> One:
        push = made.get((kind, Channel.PUSH), row.push)
        return One(KINDS[kind], push, made.get((kind, Channel.EMAIL), row.email))

    return [
        Choice(row, tuple(one(kind, row) for kind in kinds_about(row.name)))
        for row in ABOUT
        if row.audience == recipient.partition(":")[0]
    ]


def choose(recipient: str, about: str, *, push: bool, email: bool) -> None:
    """Write down the choice for every kind of this row."""
    for kind in kinds_about(about):
        for channel, on in ((Channel.PUSH, push), (Channel.EMAIL, email)):
            _set(recipient, kind, channel, on)


def choose_all(recipient: str, push: Iterable[str], email: Iterable[str]) -> None:
    """All rows at once: the names of those that are ticked, by channel.

    A row whose ticks stayed as they were shown is left alone: its kinds may have been chosen one by one.
    """
    by_push, by_email = set(push), set(email)
    for row in choices(recipient):
        ticked = row.about.name in by_push, row.about.name in by_email
        if ticked != (row.push, row.email):
            choose(recipient, row.about.name, push=ticked[0], email=ticked[1])


def choose_each(recipient: str, push: Iterable[str], email: Iterable[str]) -> None:
    """Every kind by itself: the names of those that are ticked, by channel."""
    by_push, by_email = set(push), set(email)
    for kind in (one.kind.name for row in choices(recipient) for one in row.kinds):
        _set(recipient, kind, Channel.PUSH, kind in by_push)
        _set(recipient, kind, Channel.EMAIL, kind in by_email)


def remind_by(recipient: str, how: str) -> None:
    """Of visits and their changes one hears by "push", by "email", or ("inbox") only in Pobach."""
    for about in ("reminders", "changes"):
        choose(recipient, about, push=how == "push", email=how == "email")


def want(recipient: str, about: str) -> None:
    """Somebody has just asked for this: the phone tells it, whatever was chosen before; letters stay as chosen."""
    for kind in kinds_about(about):
        _set(recipient, kind, Channel.PUSH, True)


def choose_summary(recipient: str, *, on: bool) -> None:
    """A business hears of new bookings once in the morning, or (off) at once."""
    _set(recipient, "booking_new", Channel.SUMMARY, on)


def has_summary(recipient: str) -> bool:
    """Whether new bookings are told once in the morning."""
    made = db.session.get(Preference, (recipient, "booking_new", Channel.SUMMARY))
    return made is not None and made.on


def has_email(recipient: str) -> bool:
    """Whether mail has an address to go to, confirmed by whoever reads it."""
    kept = db.session.get(EmailAddress, recipient)
    return kept is not None and kept.confirmed_on is not None


def waits_for_yes(recipient: str) -> bool:
    """Whether an address was given, and the letter to it not answered yet."""
    kept = db.session.get(EmailAddress, recipient)
    return kept is not None and kept.confirmed_on is None


def kinds_about(about: str) -> list[str]:
    """The kinds behind one row."""
    return [kind.name for kind in KINDS.values() if about in kind.about]


def _set(recipient: str, kind: str, channel: Channel, on: bool) -> None:
    made = db.session.get(Preference, (recipient, kind, channel))
    if made is None:
        db.session.add(Preference(recipient=recipient, kind=kind, channel=channel, on=on))
    else:
        made.on = on
