"""The code by which the operator can erase an account without knowing whose it is.

Derived, not stored: twenty digits of an HMAC over the member's random id. A thief of the database cannot
tell them, and nobody has to type a name. They change when `SECRET_KEY` does.
"""

from __future__ import annotations

import hmac
import re

import sqlalchemy as sa

from app.accounts.models import Member
from app.db import db
from app.seal import lookup

DIGITS = 20


def erase_code(member: Member) -> str:
    """The member's own code, in fives: "48210 90317 55062 71934"."""
    digits = _digits(member.public_id)
    return " ".join(digits[at : at + 5] for at in range(0, DIGITS, 5))


def member_of_code(typed: str) -> Member | None:
    """Whose code this is; None for anything else. Looks at every account: a rare deed of the operator's."""
    meant = re.sub(r"\D", "", typed)
    found = None
    for public_id in db.session.scalars(sa.select(Member.public_id)):
        if hmac.compare_digest(_digits(public_id), meant):
            found = public_id
    return db.session.scalar(sa.select(Member).where(Member.public_id == found)) if found else None


def _digits(public_id: str) -> str:
    number = int.from_bytes(lookup("erase code", public_id), "big") % 10**DIGITS
    return f"{number:0{DIGITS}}"
