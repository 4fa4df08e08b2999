"""A way back without a phone: a number and twenty digits, known to the member alone (safety.md, "Signing in").

Made when the member asks for them, so that coming in stays one tap. The digits are stored as an argon2id
hash only, work once, and are drawn anew each time they do.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.accounts.entry_rules import Entry
from app.accounts.failure_rules import TooManyTries, note_failure, too_many
from app.accounts.models import Member
from app.accounts.password_rules import hash_password, is_right
from app.accounts.session_rules import end_all_ways_in, open_session
from app.db import db
from app.errors import Refusal
from app.i18n import _l

NUMBER_DIGITS = 10
SECRET_DIGITS = 20
MOST_TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)


class WrongWayBack(Refusal):
    """The same for an unknown number and for wrong digits."""

    status = 422
    type = "wrong-way-back"
    sentence = _l("This number and these digits do not belong together.")
    kept = _l("The number you typed is still here.")
    what_now = _l(
        "Compare both with what you wrote down. They are digits alone, 10 and 20 of them."
    )


class WayBack(NamedTuple):
    """New digits, shown once; `kept` is what the table keeps of them."""

    number: str
    digits: str
    kept: str

    @property
    def lines(self) -> tuple[str, str]:
        """As they are written down: "48210 90317" and "55062 71934 08841 36275"."""
        return _in_fives(self.number), _in_fives(self.digits)


def draw_way_back() -> WayBack:
    """A number of 33 random bits, digits of 66, and the hash of the digits. Outside any write: argon2."""
    number = _random_digits(NUMBER_DIGITS)
    digits = _random_digits(SECRET_DIGITS)
    return WayBack(number, digits, hash_password(digits))


def keep_way_back(member: Member, drawn: WayBack) -> WayBack:
    """From now on these digits lead back, and no older ones. The number stays once a member has one."""
    member.recovery_number = member.recovery_number or drawn.number
    member.recovery_hash = drawn.kept
    return drawn._replace(number=member.recovery_number)


def member_by_way_back(number: str, digits: str, *, now: datetime) -> Member | None:
    """Whose number and digits these are; None for anybody else's. One argon2 call, outside any write.

    After five failures at this number in a quarter of an hour nothing is compared any more: `come_back` says so.
    """
    if _is_shut(number, now):
        return None
    wish = sa.select(Member).where(Member.recovery_number == only_digits(number))
    member: Member | None = db.session.scalar(wish)
    right = is_right(member.recovery_hash if member else None, only_digits(digits))
    return member if right else None


def come_back(
    member: Member | None, number: str, drawn: WayBack, *, visitor: str, now: datetime
) -> tuple[Entry, WayBack] | Refusal:
    """A fresh session for whoever the digits were right for, and new digits; every other session and
    every passkey ends: the lost phone may hold both.

    Two at once with the same digits: the second finds them changed. A refusal is counted, not raised.
    """
    if member is not None:
        known = member.recovery_hash
        now_kept = db.session.scalar(
            sa.select(Member.recovery_hash).where(Member.id == member.id).with_for_update()
        )
        if now_kept is not None and now_kept == known:
            end_all_ways_in(member)
            fresh = keep_way_back(member, drawn)
            return (member, open_session(member, now=now)), fresh
    if _is_shut(number, now) or too_many("way back from", visitor, now=now):
        return TooManyTries()
    note_failure("way back", only_digits(number), now=now)
    note_failure("way back from", visitor, now=now)
    return WrongWayBack()


def only_digits(typed: str) -> str:
    """What was typed, without the spaces people put between."""
    return re.sub(r"\D", "", typed)


def _is_shut(number: str, now: datetime) -> bool:
    whose = only_digits(number)
    return too_many("way back", whose, now=now, most=MOST_TRIES, within=TRIES_WITHIN)


def _random_digits(count: int) -> str:
    return f"{secrets.randbelow(10**count):0{count}}"


def _in_fives(digits: str) -> str:
    return " ".join(digits[at : at + 5] for at in range(0, len(digits), 5))
