"""Cards: made by somebody who may let people in, good for one person and 14 days (safety.md T5, T6)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.aliases import draw_alias
from app.accounts.models import Invitation, Member, Moderator
from app.db import db
from app.errors import Refusal
from app.i18n import _l
from app.seal import digest

CARD_DAYS = 14
CARDS_A_DAY = 10
NEW_DAYS = 20
SAME_ANSWER_FOR = timedelta(minutes=15)
# Crockford's base 32: no I, L, O, U, so that nothing on paper is read as something else.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 24  # x 5 bits = 120 random bits
# What people type for what they see: small letters, look-alikes, Cyrillic twins of Latin letters.
MEANT = str.maketrans("OILАВСЕНКМОРТХУІ", "011ABCEHKM0PTXY1")


class CardNotGood(Refusal):
    """Unknown, malformed, used, expired and revoked look alike: a finder of a card learns nothing."""

    status = 422
    type = "card-not-good"
    sentence = _l("This card does not open anything.")
    kept = _l("What you typed is still here.")
    what_now = _l("Check the letters once more, or ask for another card. A card works once.")


class EnoughForToday(Refusal):
    """The inviter's cards of today are all made."""

    status = 409
    type = "enough-for-today"
    sentence = _l("You have made all your cards for today.")
    what_now = _l("Tomorrow there will be ten more.")


@dataclass(frozen=True)
class Card:
    """A card in the hand: the only moment its token is known. The table keeps the hash."""

    token: str
    invitation: Invitation

    @property
    def lines(self) -> tuple[str, str]:
        """The token to type, in fours: 'K7QM 4RXE 9TBA' and '2WHN C6PD 5JVS'."""
        fours = [self.token[at : at + 4] for at in range(0, LENGTH, 4)]
        return " ".join(fours[:3]), " ".join(fours[3:])

    def link(self, base_url: str) -> str:
        """What the QR says. After the '#': browsers do not send it, so no log can keep it."""
        return f"{base_url}/card#{self.token}"


def read_token(typed: str) -> str | None:
    """The 24 letters meant by what was typed (or by a whole link); None where it cannot be a token."""
    meant = re.sub(r"[\s\-–·.]", "", typed[-200:].rpartition("#")[2].upper()).translate(MEANT)
    return meant if re.fullmatch(f"[{LETTERS}]{{{LENGTH}}}", meant) else None


def mint(by: Moderator | None, *, now: datetime, city: str | None = None) -> Card:
    """One new card. `by` None is the operator's own command, without a quota. Raises `EnoughForToday`."""
    if by is not None and cards_left(by, now=now, lock=True) == 0:
        raise EnoughForToday()
    return mint_one(by.id if by else None, now=now, city=city)


def mint_one(
    by_id: int | None, *, now: datetime, city: str | None, arrival_id: int | None = None
) -> Card:
    """One new card beside any quota: whoever calls this has asked whether it may be."""
    token = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    made = Invitation(
        token_hash=digest(token),
        made_by_id=by_id,
        arrival_id=arrival_id,
        city=city,
        made_on=now.date(),
        expires_on=now.date() + timedelta(days=CARD_DAYS),
    )
    db.session.add(made)
    db.session.flush()
    return Card(token, made)


def cards_left(by: Moderator, *, now: datetime, lock: bool = False) -> int:
    """How many cards `by` can still make today (UTC). `lock` makes parallel makers wait for one another."""
    if lock:
        db.session.execute(sa.select(Moderator.id).where(Moderator.id == by.id).with_for_update())
    made = sa.select(sa.func.count()).where(
        Invitation.made_by_id == by.id,
        Invitation.made_on == now.date(),
        Invitation.arrival_id.is_(None),
    )
    return max(0, CARDS_A_DAY - (db.session.scalar(made) or 0))


def own_cards(by: Moderator, *, now: datetime) -> list[Invitation]:
    """The cards `by` made and that still matter, newest first; those of an open arrival are counted there.

    Nobody sees anybody else's.
    """
    since = now.date() - timedelta(days=CARD_DAYS)
    wish = (
        sa.select(Invitation)
        .where(Invitation.made_by_id == by.id, Invitation.made_on >= since)
        .where(Invitation.arrival_id.is_(None))
        .order_by(Invitation.made_on.desc(), Invitation.id.desc())
    )
    return list(db.session.scalars(wish))


def revoke(invitation: Invitation, *, now: datetime) -> None:
    """An unused card stops working; a used one is past recalling, and nothing happens."""
    db.session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_on.is_(None))
        .values(revoked_on=now.date())
    )


def redeem(token: str, nonce: str, language: str, now: datetime) -> Member:
    """The member this card makes; the same (token, nonce) within 15 minutes gives the same member again.

    A hundred at once make one account: the row is taken by one UPDATE that can succeed once.
    Raises `CardNotGood`, before anything is written.
    """
    meant = read_token(token)
    if meant is None:
        raise CardNotGood()
    if not _take(digest(meant), digest(nonce), now):
        return _the_same_again(digest(meant), digest(nonce), now)
    card = _card(digest(meant))
    member = _new_member(card, language, now)
    db.session.add(member)
    db.session.flush()
    card.member_id = member.id
    return member


def _take(token_hash: bytes, nonce_hash: bytes, now: datetime) -> bool:
    today = now.date()
    taken = db.session.execute(
        sa.update(Invitation)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.used_on.is_(None),
            Invitation.revoked_on.is_(None),
            Invitation.expires_on >= today,
            _maker_is_trusted(),
        )
        .values(used_on=today, nonce_hash=nonce_hash, again_until=now + SAME_ANSWER_FOR),
        execution_options={"synchronize_session": False},
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _maker_is_trusted() -> sa.ColumnElement[bool]:
    """The operator's own cards, and those of inviters who are neither suspended nor frozen."""
    trusted = sa.select(Moderator.id).where(
        Moderator.suspended_at.is_(None), Moderator.frozen_at.is_(None)
    )
    return sa.or_(Invitation.made_by_id.is_(None), Invitation.made_by_id.in_(trusted))


def _the_same_again(token_hash: bytes, nonce_hash: bytes, now: datetime) -> Member:
    wish = (
        sa.select(Member)
        .join(Invitation, Invitation.member_id == Member.id)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.nonce_hash == nonce_hash,
            Invitation.again_until >= now,
        )
    )
    member: Member | None = db.session.scalar(wish)
    if member is None:
        raise CardNotGood()
    return member


def _card(token_hash: bytes) -> Invitation:
    wish = sa.select(Invitation).where(Invitation.token_hash == token_hash)
    return db.session.scalars(wish.execution_options(populate_existing=True)).one()


def _new_member(card: Invitation, language: str, now: datetime) -> Member:
    """A month and weeks, never a moment: nothing that could be matched with a list of dates.

    Somebody is new until the Sunday of the third week, their first one counted.
    """
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    return Member(
        alias=draw_alias(),
        language=language,
        city=card.city,
        invited_by_id=card.made_by_id,
        month_created=today.replace(day=1),
        week_last_seen=monday,
        new_until=monday + timedelta(days=NEW_DAYS),
    )
