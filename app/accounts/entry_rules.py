"""Coming in with a card: the card, the count of failures, the session, in one write."""

from __future__ import annotations

from datetime import datetime

from app.accounts.failure_rules import counted
from app.accounts.invitation_rules import redeem
from app.accounts.models import Member
from app.accounts.session_rules import Secrets, open_session
from app.errors import Refusal

Entry = tuple[Member, Secrets]


def enter_with_card(
    token: str, nonce: str, *, language: str, visitor: str, now: datetime
) -> Entry | Refusal:
    """The member and a fresh session; or the refusal, already counted against `visitor` (an address).

    A valid card is accepted whatever else came from that address.
    """
    member = counted("card", visitor, lambda: redeem(token, nonce, language, now), now=now)
    return member if isinstance(member, Refusal) else (member, open_session(member, now=now))
