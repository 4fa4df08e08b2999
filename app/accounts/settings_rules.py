"""What a person chooses for themselves."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member, Moderator, ProviderAccount
from app.db import db
from app.notifications.rules import Recipient, notify, speak_to

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


def tell_of_way_in(member: Member, way: str, *, now: datetime) -> None:
    """Tell a member that a "screen" has come in or a "passkey" was made, and lead to where it can be ended."""
    link = "/settings#where" if way == "screen" else "/settings/passkeys"
    notify(
        Recipient(member.recipient, member.language),
        "new_way_in",
        subject="way-in",
        link=link,
        values={"way": way},
        now=now,
    )
