"""What a person chooses for themselves."""

from __future__ import annotations

import sqlalchemy as sa

from app.accounts.models import Member, Moderator, ProviderAccount
from app.db import db
from app.notifications.rules import speak_to

TABLES: dict[str, type[Member | ProviderAccount | Moderator]] = {
    "member": Member,
    "provider": ProviderAccount,
    "moderator": Moderator,
}


def speak(recipient: str, language: str) -> None:
    """Pages and notices in this language from now on, for "member:17" and the like."""
    kind, _, number = recipient.partition(":")
    table = TABLES[kind]
    db.session.execute(sa.update(table).where(table.id == int(number)).values(language=language))
    speak_to(recipient, language)
