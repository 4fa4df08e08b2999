"""A business's new address counts after a day, and the old one hears of it at once (safety.md, "Signing in").

Whoever has got hold of a session cannot take the account away unseen: the old address has a day to say no.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.address_models import AddressChange
from app.accounts.failure_rules import TooManyTries, counted, too_many
from app.accounts.models import ProviderAccount
from app.accounts.password_rules import is_right
from app.accounts.sign_in_rules import account_of, email_key, plain_email
from app.db import db, public_id
from app.errors import Refusal
from app.i18n import _l
from app.notifications.rules import set_email

AFTER = timedelta(hours=24)
KEPT = timedelta(days=2)


class WrongPassword(Refusal):
    """Not the password of this account."""

    status = 422
    type = "wrong-password"
    sentence = _l("The password is not right.")
    what_now = _l("Check it once more. If it is lost, ask for a new one.")


def knows_password(account: ProviderAccount, password: str, *, now: datetime) -> bool:
    """One argon2 call, outside any write; none after twenty failures."""
    if too_many("own password", account.public_id, now=now):
        return False
    return is_right(account.password_hash, password)


def ask_for(
    account: ProviderAccount, email: str, right: bool, *, now: datetime
) -> AddressChange | Refusal:
    """The new address waits, in place of one that waited before. A wrong password is counted."""

    def begin() -> AddressChange:
        if not right:
            raise WrongPassword()
        drop(account)
        change = AddressChange(account=account, public_id=public_id(), due_at=now + AFTER)
        change.email = plain_email(email)
        db.session.add(change)
        db.session.flush()
        return change

    if too_many("own password", account.public_id, now=now):
        return TooManyTries()
    return counted("own password", account.public_id, begin, now=now)


def waiting_change(account: ProviderAccount, *, now: datetime) -> AddressChange | None:
    """What waits for this business, unless it is over."""
    change = db.session.get(AddressChange, account.id)
    return change if change is not None and now < change.due_at + KEPT - AFTER else None


def change_called(name: str | None, *, now: datetime) -> AddressChange | None:
    """The change a letter speaks of, unless it is over."""
    wish = sa.select(AddressChange).where(AddressChange.public_id == (name or ""))
    change: AddressChange | None = db.session.scalar(wish)
    return change if change is not None and now < change.due_at + KEPT - AFTER else None


def say_yes(change: AddressChange, *, now: datetime) -> None:
    """Whoever reads the new address agrees."""
    change.confirmed_at = change.confirmed_at or now


def drop(account: ProviderAccount) -> None:
    """Everything stays as it is."""
    mine = AddressChange.provider_account_id == account.id
    db.session.execute(sa.delete(AddressChange).where(mine))


def apply_due(now: datetime) -> int:
    """What has waited a day and was agreed to counts now; how many. An address taken meanwhile stays its owner's."""
    due = sa.select(AddressChange).where(
        AddressChange.due_at <= now, AddressChange.confirmed_at.is_not(None)
    )
    changes = db.session.scalars(due.order_by(AddressChange.provider_account_id)).all()
    for change in changes:
        email, account = change.email or "", change.account
        if account_of(email) is None:
            account.email, account.email_lookup = email, email_key(email)
            set_email(account.recipient, email, now, account.language)
        db.session.delete(change)
        db.session.flush()
    return len(changes)
