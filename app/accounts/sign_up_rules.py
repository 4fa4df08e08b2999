"""A business signs up: an address, a password, a letter. Known addresses get the same answer (ASVS 6.3.8)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.accounts import address_rules
from app.accounts.failure_rules import TooManyTries, note_failure, too_many
from app.accounts.models import ProviderAccount
from app.accounts.session_rules import Secrets, end_all_ways_in, end_session, open_session
from app.accounts.sign_in_rules import Account, account_of, email_key, plain_email
from app.db import db, public_id
from app.errors import Refusal
from app.i18n import _l
from app.notifications.rules import set_email

LETTERS_TO_ONE = 3
LETTERS_FROM_ONE = 20


class LinkTooOld(Refusal):
    """A link of a letter that is over, used, or not ours."""

    status = 410
    type = "link-too-old"
    sentence = _l("This link works no more.")
    what_now = _l("Ask for a new letter, please. It comes at once.")


def sign_up(email: str, password_hash: str, language: str, *, now: datetime) -> Account:
    """The account of this address: a new one, an unconfirmed one with the newer password, or one that was there.

    Whoever is already confirmed is left as they are; the caller tells only the owner of the address.
    """
    account = account_of(email) or _new_account(email, password_hash, language, now)
    if isinstance(account, ProviderAccount) and account.confirmed_at is None:
        account.password_hash, account.language = password_hash, language
    return account


def may_write_to(email: str, *, visitor: str, now: datetime) -> bool:
    """Three letters to one address in ten minutes, and no more; noted when there is one.

    Raises `TooManyTries` after twenty asked for from one address of the network.
    """
    if too_many("letter from", visitor, now=now, most=LETTERS_FROM_ONE):
        raise TooManyTries()
    enough = too_many("letter to", plain_email(email), now=now, most=LETTERS_TO_ONE)
    note_failure("letter from", visitor, now=now)
    if not enough:
        note_failure("letter to", plain_email(email), now=now)
    return not enough


def confirm(account: ProviderAccount, *, instead_of: str | None, now: datetime) -> Secrets:
    """The address is theirs: they speak for a business, letters about it may come, and they are in.

    Ends the session `instead_of` that this browser held before.
    """
    account.confirmed_at = now
    set_email(account.recipient, account.email or "", now, account.language)
    if instead_of is not None:
        end_session(instead_of)
    return open_session(account, now=now)


def change_password(account: Account, password_hash: str) -> None:
    """The new password counts from now on; whatever somebody else has left in the account ends.

    That is every session, every passkey, and a new address that waits: no letter of it counts any more.
    """
    account.password_hash = password_hash
    end_all_ways_in(account)
    if isinstance(account, ProviderAccount):
        address_rules.drop(account)


def _new_account(email: str, password_hash: str, language: str, now: datetime) -> Account:
    account = ProviderAccount(
        public_id=public_id(),
        email_lookup=email_key(email),
        password_hash=password_hash,
        language=language,
        created_at=now,
    )
    account.email = plain_email(email)
    try:
        with db.session.begin_nested():
            db.session.add(account)
    except IntegrityError:  # another request made it in the same moment
        wish = sa.select(ProviderAccount).filter_by(email_lookup=email_key(email))
        return db.session.scalars(wish).one()
    return account
