"""Who hears of what: the rows of the page of choices, each several kinds a person thinks of as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.i18n import _l

MEMBER, PROVIDER, MODERATOR = "member", "provider", "moderator"


@dataclass(frozen=True)
class About:
    """A row of the page of choices: several kinds a person thinks of as one thing."""

    name: str
    audience: str
    label: Any
    push: bool = True
    email: bool = False


ABOUT = (
    About("reminders", MEMBER, _l("Reminders of visits")),
    About("changes", MEMBER, _l("Changes and cancellations")),
    About("nearby", MEMBER, _l("New nearby"), push=False),
    About("bookings", PROVIDER, _l("Bookings"), email=True),
    About("offers", PROVIDER, _l("Your offers"), email=True),
    About("review", MODERATOR, _l("Something to look at"), email=True),
)
