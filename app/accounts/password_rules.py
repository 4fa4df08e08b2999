"""Passwords: argon2id, 19 MiB, two passes, one lane (OWASP; RFC 9106), at most four at once.

Every path that takes a password costs exactly one call, known e-mail or not, so that neither the answer
nor its time says who has an account (ASVS 6.3.8). Never under the write lock: it would hold everybody up.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.db import db
from app.errors import BadInput
from app.i18n import _l

LEAST_LETTERS = 12
MOST_LETTERS = 200
LEFT_OVER = 4  # different letters or digits of one's own, once common words are taken away
TOO_SHORT = _l("At least 12 characters, please. A few words in a row are easy to remember.")
TOO_LONG = _l("At most 200 characters, please.")
TOO_COMMON = _l("This password is among the first that a stranger would try. Another one, please.")

hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_four_at_once = threading.BoundedSemaphore(4)
# Of a random text that nobody kept: compared with where there is no account, at the same cost.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$J4yHKGcrxp2n2fg53BjzOg$xJVwbLt2Obo9mdMBd9xenVv2Xvtvq4jCR28BXUBmo24"


def hash_password(password: str) -> str:
    """The one call for a new password (97 characters to keep)."""
    _not_under_the_lock()
    with _four_at_once:
        return hasher.hash(password.encode("utf-8", "surrogatepass"))


def is_right(kept: str | None, password: str) -> bool:
    """The one call for a password brought; `kept` None (nobody, or no password set) is never right."""
    _not_under_the_lock()
    with _four_at_once:
        try:
            same = hasher.verify(kept or NOBODYS, password.encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return same and kept is not None


def refuse_weak(password: str, *, field: str = "password", about: str = "") -> None:
    """Raises `BadInput` for under 12 characters, over 200, or what strangers try first (ASVS 6.2.1, 6.2.4).

    `about` is what everybody knows of the person (the e-mail): it is no secret either.
    """
    complaint = None
    if len(password) < LEAST_LETTERS:
        complaint = TOO_SHORT
    elif len(password) > MOST_LETTERS:
        complaint = TOO_LONG
    elif _is_common(password, about):
        complaint = TOO_COMMON
    if complaint is not None:
        raise BadInput(errors={field: [complaint]})


def _is_common(password: str, about: str) -> bool:
    """True where little is left of it without common words and the e-mail's own."""
    left = password.casefold()
    own = [word for word in re.split(r"[^\w]+", about.casefold()) if len(word) > 2]
    for word in sorted({*_common_words(), *own}, key=len, reverse=True):
        left = left.replace(word, "")
    return len(set(re.sub(r"[\W_]+", "", left))) < LEFT_OVER


@cache
def _common_words() -> tuple[str, ...]:
    return tuple((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def _not_under_the_lock() -> None:
    if db.session().info.get("writing"):
        raise RuntimeError("A password is hashed before writing(), never inside: it takes 50 ms.")
