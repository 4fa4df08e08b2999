"""Signing in with e-mail and password, and the second factor of whoever reviews (safety.md T10)."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa

from app.accounts.failure_rules import TooManyTries, counted, too_many
from app.accounts.models import Moderator, ProviderAccount, Session
from app.accounts.password_rules import is_right
from app.accounts.session_rules import Secrets, end_session, open_session
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.seal import digest, lookup

Account = ProviderAccount | Moderator
Entry = tuple[Account, Secrets]
MOST_CODES = 5
STEP_SECONDS = 30  # RFC 6238
FRESH_FOR = timedelta(minutes=5)


class WrongSignIn(Refusal):
    """The same for a wrong password, an unknown e-mail and somebody who may not come in."""

    status = 422
    type = "wrong-sign-in"
    sentence = _l("E-mail or password is not right.")
    kept = _l("The e-mail you typed is still here.")
    what_now = _l("Check both once more. If the password is lost, ask for a new one.")


class WrongCode(Refusal):
    """Not the code of this half minute, or one that has been used."""

    status = 422
    type = "wrong-code"
    sentence = _l("This code is not right.")
    what_now = _l("Wait for the next code on your device and type that one.")


def plain_email(email: str) -> str:
    """An address as it is looked up: without spaces around it, in small letters."""
    return email.strip().lower()


def email_key(email: str) -> bytes:
    """What finds an account by its address, which itself is only stored sealed."""
    return lookup("email", plain_email(email))


def account_of(email: str) -> Account | None:
    """The account with this address, of a business or of staff."""
    key = email_key(email)
    staff = db.session.scalar(sa.select(Moderator).where(Moderator.email_lookup == key))
    return staff or db.session.scalar(
        sa.select(ProviderAccount).where(ProviderAccount.email_lookup == key)
    )


def account_by_password(
    email: str, password: str, *, visitor: str, now: datetime
) -> Account | None:
    """Whose e-mail and password these are; None for anybody else's. One argon2 call, outside any write.

    After twenty failures from this address of the network nothing is compared any more: `sign_in` says so.
    """
    if too_many("password", visitor, now=now):
        return None
    account = account_of(email)
    right = is_right(account.password_hash if account else None, password)
    return account if right and not _is_out(account) else None


def sign_in(
    account: Account | None, *, visitor: str, instead_of: str | None, now: datetime
) -> Entry | Refusal:
    """Whoever the password was right for, and a session; else `WrongSignIn`, counted (or `TooManyTries`).

    Ends the session `instead_of`. A moderator's is worth nothing until the second factor is proved.
    """

    def open_one() -> Entry:
        if account is None:
            raise WrongSignIn()
        if instead_of is not None:
            end_session(instead_of)
        return account, open_session(account, now=now)

    return counted("password", visitor, open_one, now=now)


def is_unconfirmed(account: Account | None) -> bool:
    """A business that has not opened the link of its letter yet."""
    return isinstance(account, ProviderAccount) and account.confirmed_at is None


def prove_second_factor(
    moderator: Moderator, typed: str, *, instead_of: str, now: datetime
) -> Secrets | Refusal:
    """A new, full session in place of the half one. Five wrong codes in ten minutes, and none is looked at.

    A code opens once: the half minute it belongs to is written down, and only a later one passes (RFC 6238, 5.2).
    """
    refused = _take_code(moderator, typed, now)
    if refused is not None:
        return refused
    end_session(instead_of)
    return open_session(moderator, now=now, second_factor=True)


def is_fresh(session: Session, *, now: datetime) -> bool:
    """True while the second step of this session is not over five minutes old."""
    proved = session.second_factor_at
    return proved is not None and now - proved <= FRESH_FOR


def prove_again(moderator: Moderator, typed: str, *, secret: str, now: datetime) -> Refusal | None:
    """This session's second step is fresh from now on; or the refusal, counted as at sign-in."""
    refused = _take_code(moderator, typed, now)
    if refused is None:
        refresh(secret, now=now)
    return refused


def refresh(secret: str, *, now: datetime) -> None:
    """The second step was proved just now, in this session."""
    mine = sa.update(Session).where(Session.id_hash == digest(secret))
    db.session.execute(mine.values(second_factor_at=now))


def _take_code(moderator: Moderator, typed: str, now: datetime) -> Refusal | None:
    """None for the right code, which is used up by it."""
    if too_many("code", moderator.public_id, now=now, most=MOST_CODES):
        return TooManyTries()

    def take() -> None:
        step = _step_of(moderator, typed, now)
        if step is None or _is_out(moderator) or not _take_step(moderator, step):
            raise WrongCode()

    return counted("code", moderator.public_id, take, now=now)


def _step_of(moderator: Moderator, typed: str, now: datetime) -> int | None:
    """The half minute this code belongs to: now, or the one before or after (a clock that is off)."""
    code, secret = re.sub(r"\s", "", typed), moderator.totp_secret
    this = int(now.timestamp()) // STEP_SECONDS
    if secret is None or not re.fullmatch(r"[0-9]{6}", code):
        return None
    totp = pyotp.TOTP(secret)
    fits = [
        s for s in (this - 1, this, this + 1) if hmac.compare_digest(totp.generate_otp(s), code)
    ]
    return max(fits, default=None)


def _take_step(moderator: Moderator, step: int) -> bool:
    taken = db.session.execute(
        sa.update(Moderator)
        .where(Moderator.id == moderator.id, Moderator.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _is_out(account: Account | None) -> bool:
    """A suspended moderator, or one whom a second moderator has not accepted yet."""
    return isinstance(account, Moderator) and not account.is_on_duty
