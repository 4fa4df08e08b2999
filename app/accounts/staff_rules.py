"""Staff: invited by two."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import NamedTuple

import pyotp
import sqlalchemy as sa

from app.accounts.models import Moderator
from app.accounts.password_rules import hash_password
from app.accounts.session_rules import end_all_ways_in
from app.accounts.sign_in_rules import account_of, email_key, plain_email
from app.db import db, public_id
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.notifications.rules import Recipient, set_email

ENOUGH_EYES = 2


class OwnSecondEye(Refusal):
    """Nobody is both pairs of eyes (ASVS 2.3.5)."""

    status = 403
    type = "own-second-eye"
    sentence = _l("Somebody else has to look at this, too.")


class Drawn(NamedTuple):
    """The secrets of one new sign-in, shown once; `kept` is what the table keeps of the password."""

    password: str
    totp: str
    kept: str

    def uri(self, email: str) -> str:
        """What an authenticator reads, typed or as a QR code (otpauth)."""
        return pyotp.TOTP(self.totp).provisioning_uri(name=plain_email(email), issuer_name="Pobach")


def draw() -> Drawn:
    """A password of 64 random bits, a TOTP secret of 160, and the password's hash. Outside any write."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    return Drawn(password, pyotp.random_base32(), hash_password(password))


def new_moderator(
    email: str, name: str, drawn: Drawn, language: str, *, now: datetime
) -> Moderator | None:
    """A moderator invited by the operator; None where the address has an account already.

    Until two moderators are accepted the operator counts as both pairs of eyes; later a moderator accepts.
    """
    if account_of(email) is not None:
        return None
    accepted = sa.select(sa.func.count()).where(Moderator.accepted_at.is_not(None))
    eyes = db.session.scalar(accepted) or 0
    moderator = Moderator(
        public_id=public_id(),
        name=name,
        email_lookup=email_key(email),
        password_hash=drawn.kept,
        language=language,
        can_invite=True,
        created_at=now,
        accepted_at=now if eyes < ENOUGH_EYES else None,
    )
    moderator.email, moderator.totp_secret = plain_email(email), drawn.totp
    db.session.add(moderator)
    db.session.flush()
    set_email(moderator.recipient, plain_email(email), now, language)
    return moderator


def staff_on_the_list() -> list[Moderator]:
    """Whoever is accepted, suspended ones included: colleagues know each other. Never members."""
    wish = sa.select(Moderator).where(
        sa.or_(Moderator.accepted_at.is_not(None), Moderator.suspended_at.is_not(None))
    )
    return list(db.session.scalars(wish.order_by(Moderator.name, Moderator.id)))


def on_duty() -> list[Moderator]:
    """Whoever is accepted and not suspended."""
    wish = sa.select(Moderator).where(
        Moderator.accepted_at.is_not(None), Moderator.suspended_at.is_(None)
    )
    return list(db.session.scalars(wish.order_by(Moderator.id)))


def watchers() -> list[Recipient]:
    """Who hears that a push service refuses us: every moderator on duty."""
    return [Recipient(one.recipient, one.language) for one in on_duty()]


def waiting_staff() -> list[Moderator]:
    """Whoever is invited and not accepted yet."""
    wish = sa.select(Moderator).where(
        Moderator.accepted_at.is_(None), Moderator.suspended_at.is_(None)
    )
    return list(db.session.scalars(wish.order_by(Moderator.id)))


def accept(public_id: str, by_id: int, *, now: datetime) -> None:
    """The second pair of eyes. Raises `NotFound` for whoever does not wait, `OwnSecondEye` for oneself."""
    wish = sa.select(Moderator).where(Moderator.public_id == public_id)
    moderator = db.session.scalar(wish)
    if moderator is None or moderator.accepted_at is not None:
        raise NotFound()
    if moderator.id == by_id:
        raise OwnSecondEye()
    moderator.accepted_at, moderator.accepted_by_id = now, by_id


def suspend(public_id: str, by_id: int, *, now: datetime) -> None:
    """Out at once, everywhere: one pair of eyes is enough to stop somebody, never to bring them back.

    Refused: `NotFound`, `OwnSecondEye` for oneself.
    """
    moderator = _colleague(public_id, by_id)
    if moderator.suspended_at is None:
        moderator.suspended_at, moderator.suspended_by_id = now, by_id
    end_all_ways_in(moderator)


def reinstate(public_id: str, by_id: int) -> None:
    """Back again. Refused: `OwnSecondEye` for oneself and for whoever suspended them, `NotFound`."""
    moderator = _colleague(public_id, by_id)
    if moderator.suspended_by_id == by_id:
        raise OwnSecondEye()
    moderator.suspended_at = moderator.suspended_by_id = None


def freeze(public_id: str, by_id: int, *, now: datetime) -> None:
    """Keep out everybody this inviter has let in, and stop their cards, from this moment (safety.md T6).

    Nothing is lost: their visits stay, and `thaw` opens the same accounts again. Refused as in `suspend`.
    """
    moderator = _colleague(public_id, by_id)
    if moderator.frozen_at is None:
        moderator.frozen_at, moderator.frozen_by_id = now, by_id


def thaw(public_id: str, by_id: int) -> None:
    """Let them in again. Refused: `OwnSecondEye` for the inviter and for whoever froze them, `NotFound`."""
    moderator = _colleague(public_id, by_id)
    if moderator.frozen_by_id == by_id:
        raise OwnSecondEye()
    moderator.frozen_at = moderator.frozen_by_id = None


def _colleague(public_id: str, by_id: int) -> Moderator:
    wish = sa.select(Moderator).where(Moderator.public_id == public_id).with_for_update()
    moderator: Moderator | None = db.session.scalar(wish)
    if moderator is None or (moderator.accepted_at is None and moderator.suspended_at is None):
        raise NotFound()
    if moderator.id == by_id:
        raise OwnSecondEye()
    return moderator
