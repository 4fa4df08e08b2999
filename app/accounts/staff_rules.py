"""Staff: invited by two, and the demo's three sign-ins."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Moderator, ProviderAccount
from app.accounts.sign_in_rules import account_of, email_key, plain_email
from app.db import db, public_id
from app.notifications.rules import set_email

ENOUGH_EYES = 2


def new_moderator(
    email: str, name: str, password_hash: str, totp_secret: str, language: str, *, now: datetime
) -> Moderator | None:
    """A moderator invited by the operator; None where the address has an account already.

    Until two moderators are accepted the operator counts as both pairs of eyes; later a moderator accepts.
    """
    if account_of(email) is not None:
        return None
    accepted = sa.select(sa.func.count()).where(Moderator.accepted_at.is_not(None))
    on_duty = db.session.scalar(accepted) or 0
    moderator = Moderator(
        public_id=public_id(),
        name=name,
        email_lookup=email_key(email),
        password_hash=password_hash,
        language=language,
        can_invite=True,
        created_at=now,
        accepted_at=now if on_duty < ENOUGH_EYES else None,
    )
    moderator.email, moderator.totp_secret = plain_email(email), totp_secret
    db.session.add(moderator)
    db.session.flush()
    return moderator


def confirmed_business(
    email: str, password_hash: str, language: str, *, now: datetime
) -> ProviderAccount:
    """The account of a business whose address needs no letter: the demo's."""
    found = account_of(email)
    if isinstance(found, ProviderAccount):
        return found
    account = ProviderAccount(
        public_id=public_id(),
        email_lookup=email_key(email),
        password_hash=password_hash,
        language=language,
        confirmed_at=now,
        created_at=now,
    )
    account.email = plain_email(email)
    db.session.add(account)
    db.session.flush()
    set_email(account.recipient, plain_email(email), now, language)
    return account


def accept(moderator: Moderator, by: Moderator, *, now: datetime) -> None:
    """The second pair of eyes."""
    moderator.accepted_at, moderator.accepted_by_id = now, by.id
