"""Passkeys: a second way in for members and businesses, the second step of staff."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.accounts import address_rules, ceremonies
from app.accounts.ceremonies import PasskeyNotGood, Person
from app.accounts.failure_rules import TooManyTries, counted, too_many
from app.accounts.models import Member, Moderator, ProviderAccount
from app.accounts.passkey_models import Passkey
from app.accounts.session_rules import Secrets, end_session, is_frozen, open_session
from app.accounts.settings_rules import tell_of_way_in
from app.accounts.sign_in_rules import MOST_CODES, refresh
from app.db import db
from app.errors import NotFound, Refusal
from app.seal import digest

TO_ENTER = "enter"
COLUMNS = {"member": "member_id", "provider": "provider_account_id", "moderator": "moderator_id"}


def own_passkeys(person: Person) -> list[Passkey]:
    """The keys of one person, the oldest first."""
    wish = sa.select(Passkey).filter_by(**_of(person)).order_by(Passkey.made_on, Passkey.id)
    return list(db.session.scalars(wish))


def keep(answer: str, person: Person, *, now: datetime) -> None:
    """From now on this key is theirs. Raises `PasskeyNotGood`, for a key that is somebody's already as well."""
    new = ceremonies.made(answer, person, now=now)
    passkey = Passkey(
        **_of(person),
        credential_id=new.credential_id,
        public_key=new.credential_public_key,
        sign_count=new.sign_count,
        made_on=now.date(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(passkey)
    except IntegrityError as why:
        raise PasskeyNotGood() from why
    if isinstance(person, Member):
        tell_of_way_in(person, "passkey", now=now)


def keep_with_password(
    answer: str, account: ProviderAccount, right: bool, *, now: datetime
) -> Refusal | None:
    """As `keep`, by whoever knows the password, too: a borrowed session makes no lasting way in.

    A wrong password is counted with those of `address_rules`, and handed back.
    """

    def check() -> None:
        if not right:
            raise address_rules.WrongPassword()

    if too_many("own password", account.public_id, now=now):
        return TooManyTries()
    refused = counted("own password", account.public_id, check, now=now)
    if refused is None:
        keep(answer, account, now=now)
    return refused


def take_away(person: Person, public_id: str) -> None:
    """This key opens nothing any more; in the phone it stays. Raises `NotFound` for anybody else's."""
    gone = sa.delete(Passkey).filter_by(**_of(person), public_id=public_id)
    if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
        raise NotFound()


def enter(
    answer: str, *, visitor: str, instead_of: str | None, now: datetime
) -> tuple[Person, Secrets] | Refusal:
    """Whoever holds this key, and a session; staff have proved both factors by it. A refusal is counted.

    Ends the session `instead_of`.
    """

    def open_one() -> tuple[Person, Secrets]:
        person = _holder(_prove(answer, purpose=TO_ENTER, of=None, now=now))
        if instead_of is not None:
            end_session(instead_of)
        return person, open_session(person, now=now, second_factor=isinstance(person, Moderator))

    if too_many("passkey", visitor, now=now):
        return TooManyTries()
    return counted("passkey", visitor, open_one, now=now)


def prove_second_step(
    moderator: Moderator, answer: str, *, instead_of: str, now: datetime
) -> Secrets | Refusal:
    """As `prove_second_factor`, by a key of the moderator's own."""
    refused = _proved_by(moderator, answer, now)
    if refused is not None:
        return refused
    end_session(instead_of)
    return open_session(moderator, now=now, second_factor=True)


def prove_again(moderator: Moderator, answer: str, *, secret: str, now: datetime) -> Refusal | None:
    """This session's second step is fresh from now on; or the refusal, counted among the codes."""
    refused = _proved_by(moderator, answer, now)
    if refused is None:
        refresh(secret, now=now)
    return refused


def _proved_by(moderator: Moderator, answer: str, now: datetime) -> Refusal | None:
    if too_many("code", moderator.public_id, now=now, most=MOST_CODES):
        return TooManyTries()

    def prove() -> None:
        purpose = ceremonies.purpose_of(moderator)
        _holder(_prove(answer, purpose=purpose, of=moderator, now=now))

    return counted("code", moderator.public_id, prove, now=now)


def _prove(answer: str, *, purpose: str, of: Moderator | None, now: datetime) -> Passkey:
    """The key that answered; its count goes on. The same answer a second time proves nothing."""
    wish = sa.select(Passkey).where(Passkey.credential_id == ceremonies.id_in(answer))
    passkey: Passkey | None = db.session.scalar(wish.with_for_update())
    if passkey is None or (of is not None and passkey.moderator_id != of.id):
        raise PasskeyNotGood()
    told = ceremonies.proved(answer, passkey, purpose, now=now)
    once = digest(ceremonies.question_in(answer, purpose, now).hex())
    if passkey.answered == once:
        raise PasskeyNotGood()
    passkey.sign_count, passkey.answered = told.new_sign_count, once
    return passkey


def _holder(passkey: Passkey) -> Person:
    """Whose it is, if they may come in now. Raises `PasskeyNotGood`."""
    person = passkey.member or passkey.provider_account or passkey.moderator
    kept_out = (
        (isinstance(person, Member) and is_frozen(person))
        or (isinstance(person, ProviderAccount) and person.confirmed_at is None)
        or (isinstance(person, Moderator) and not person.is_on_duty)
    )
    if person is None or kept_out:
        raise PasskeyNotGood()
    return person


def _of(person: Person) -> dict[str, int]:
    return {COLUMNS[person.kind]: person.id}
