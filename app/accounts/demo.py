"""The demo's three sign-ins: a business and two moderators, with secrets drawn on the spot.

Everybody can read these addresses here, so production refuses to start while they can still sign in.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Moderator, ProviderAccount
from app.accounts.session_rules import end_sessions
from app.accounts.sign_in_rules import account_of, email_key, plain_email
from app.accounts.staff_rules import Drawn, draw, new_moderator
from app.db import db, public_id
from app.notifications.rules import forget, set_email
from app.settings import settings

BUSINESS = "studio@example.org"
STAFF = {"Olga": "olga@example.org", "Marek": "marek@example.org"}
ADDRESSES = (BUSINESS, *STAFF.values())
SignIns = dict[str, Drawn]


def draw_sign_ins() -> SignIns:
    """Secrets for the addresses that have no account yet. Outside any write: it hashes passwords."""
    return {email: draw() for email in ADDRESSES if account_of(email) is None}


def seat_demo(drawn: SignIns, *, now: datetime) -> ProviderAccount:
    """Make what is missing; the business's account. Call inside `writing()`."""
    for name, email in STAFF.items():
        if email in drawn:
            new_moderator(email, name, drawn[email], "en", now=now)
    found = account_of(BUSINESS)
    if isinstance(found, ProviderAccount):
        return found
    return confirmed_business(BUSINESS, drawn[BUSINESS].kept, "pl", now=now)


def told(drawn: SignIns, base_url: str) -> str:
    """What a first start prints."""
    lines = [f"Sign in at {base_url}/sign-in"]
    if not drawn:
        lines.append("  with what the first start has printed")
    for email, secret in drawn.items():
        code = "" if email == BUSINESS else f"  second factor {secret.totp}"
        role = "business " if email == BUSINESS else "moderator"
        lines.append(f"  {role}  {email}  {secret.password}{code}")
    return "\n".join(lines)


def confirmed_business(
    email: str, password_hash: str, language: str, *, now: datetime
) -> ProviderAccount:
    """The account of a business whose address needs no letter."""
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


def demo_accounts() -> list[ProviderAccount | Moderator]:
    """The demo's accounts that can still sign in."""
    keys = [email_key(email) for email in ADDRESSES]
    businesses = sa.select(ProviderAccount).where(ProviderAccount.email_lookup.in_(keys))
    staff = sa.select(Moderator).where(
        Moderator.email_lookup.in_(keys), Moderator.suspended_at.is_(None)
    )
    return [*db.session.scalars(businesses), *db.session.scalars(staff)]


def close_demo_accounts(*, now: datetime) -> int:
    """Nobody signs in with the demo's addresses any more; how many could. Decisions keep their author's row."""
    closed = demo_accounts()
    for account in closed:
        end_sessions(account)
        forget(account.recipient)
        if isinstance(account, Moderator):
            account.suspended_at, account.password_hash, account.totp_secret = now, None, None
        else:
            db.session.delete(account)
    return len(closed)


def refuse_demo_accounts(app: Flask) -> None:
    """In production the web server does not start while they can sign in (safety.md)."""
    with app.app_context():
        if not settings().production or not sa.inspect(db.engine).has_table("moderator"):
            return
        if demo_accounts():
            raise SystemExit(
                "pobach: the demo's sign-ins are in this database; `flask demo-remove` closes them."
            )
