"""Ready phrases of a visit, both ways, and ready-made thank-yous, each said in the reader's language."""

from __future__ import annotations

from typing import Any

from app.bookings.models import Side
from app.i18n import _l

PHRASES: dict[Side, dict[str, Any]] = {
    Side.MEMBER: {
        "late": _l("I will be about 15 minutes late."),
        "lost": _l("I cannot find the place."),
        "here": _l("I am at the door."),
        "thanks": _l("Understood, thank you."),
    },
    Side.PROVIDER: {
        "late": _l("We are about 15 minutes late."),
        "door": _l("Door code: %(more)s"),
        "wait": _l("Please wait a moment, we are coming."),
        "thanks": _l("Understood, see you soon."),
    },
}
CARRIES = {"door"}
THANKS: dict[str, Any] = {
    "warm": _l("Thank you, it was lovely."),
    "helped": _l("It has helped me a lot."),
    "kind": _l("Thank you for your kindness."),
}


def say(side: Side, said: str) -> str:
    """`door|1234` as words: "Door code: 1234"."""
    key, _bar, more = said.partition("|")
    return str(PHRASES[side][key]) % {"more": more}
