"""A person's own address for letters: nothing is sent there before whoever reads it has said yes."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.notifications.models import EmailAddress
from app.notifications.preference_rules import remind_by
from app.notifications.rules import put_email
from app.seal import lookup

LINK_LASTS = timedelta(days=2)
LETTERS_A_DAY = 5


class EnoughLetters(Refusal):
    """Somebody else's mailbox is not to be filled from here."""

    status = 429
    type = "enough-letters"
    sentence = _l("Enough letters were sent for today.")
    what_now = _l("Please look for them among the unwanted ones, or try again tomorrow.")


class LinkOver(Refusal):
    """Used, older than two days, replaced by another address, or never made."""

    status = 410
    type = "link-over"
    sentence = _l("This link is over.")
    what_now = _l("Give the address again, and a new letter will come.")


def propose(recipient: str, address: str, language: str, *, now: datetime) -> str:
    """Keep the address, unconfirmed, and return the secret word of the letter to it. Raises `EnoughLetters`."""
    kept = db.session.get(EmailAddress, recipient)
    sent_today = kept.letters if kept and kept.set_on == now.date() else 0
    if sent_today >= LETTERS_A_DAY:
        raise EnoughLetters()
    kept = put_email(recipient, address, now, language)
    kept.letters = sent_today + 1
    return f"{kept.public_id}.{_mark(kept)}"


def proposed(word: str, *, now: datetime) -> EmailAddress:
    """The address this word of a letter belongs to. Raises `LinkOver`."""
    row, _dot, mark = word.partition(".")
    wish = sa.select(EmailAddress).where(EmailAddress.public_id == row)
    kept = db.session.scalars(wish).one_or_none()
    if kept is None or kept.confirmed_on or kept.set_on < (now - LINK_LASTS).date():
        raise LinkOver()
    if not hmac.compare_digest(_mark(kept).encode(), mark.encode()):
        raise LinkOver()
    return kept


def confirm(word: str, *, now: datetime) -> None:
    """Its reader said yes: reminders and changes go there from now on. Raises `LinkOver`."""
    kept = proposed(word, now=now)
    kept.confirmed_on, kept.letters = now.date(), 0
    remind_by(kept.recipient, "email")


def _mark(kept: EmailAddress) -> str:
    """Bound to the address: a letter to the one before confirms nothing."""
    keyed = lookup("confirm email", f"{kept.public_id}|{kept.address}")
    return base64.urlsafe_b64encode(keyed[:24]).decode()
