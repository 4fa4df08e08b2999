"""Server-side sessions: opened, found, kept alive, ended. The table knows hashes only (safety.md T7, T11)."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.accounts.hand_over_models import HandOver
from app.accounts.models import Holder, Member, Moderator, ProviderAccount, Session
from app.accounts.passkey_models import Passkey
from app.db import db
from app.errors import NotFound
from app.notifications.subscription_rules import silence_session
from app.seal import digest

MEMBER_DAYS = 120
PROVIDER_DAYS = 30
STAFF_IDLE = timedelta(minutes=30)
STAFF_ABSOLUTE = timedelta(hours=8)
SEEN_EVERY = timedelta(days=7)
ACTIVE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Secrets:
    """The two values a browser keeps: the HttpOnly one, and the twin a script can delete offline."""

    session: str
    here: str


def open_session(holder: Holder, *, now: datetime, second_factor: bool = False) -> Secrets:
    """A new session with new secrets; whatever id came with the request before is worth nothing."""
    given = Secrets(secrets.token_urlsafe(32), secrets.token_urlsafe(16))
    today = now.date()
    staff = isinstance(holder, Moderator)
    db.session.add(
        Session(
            id_hash=digest(given.session),
            here_hash=digest(given.here),
            member_id=holder.id if isinstance(holder, Member) else None,
            provider_account_id=holder.id if isinstance(holder, ProviderAccount) else None,
            moderator_id=holder.id if staff else None,
            made_on=today,
            seen_on=today,
            expires_on=today + _life_of(holder),
            began_at=now if staff else None,
            active_at=now if staff else None,
            second_factor_at=now if second_factor else None,
        )
    )
    return given


def find_holder(secret: str, here: str, *, now: datetime) -> Holder | None:
    """Who this browser is, or None: unknown, ended, expired, idle, frozen, or its readable twin was erased."""
    session = db.session.get(Session, digest(secret))
    if (
        session is None
        or not hmac.compare_digest(session.here_hash, digest(here))
        or is_over(session, now)
        or is_frozen(session.member)
    ):
        return None
    holder: Holder | None = session.member or session.provider_account or session.moderator
    if holder is not None:
        session.secret = secret
        holder.session = session
    return holder


def is_over(session: Session, now: datetime) -> bool:
    """True past the absolute or idle limit: decided when read, so that a stopped worker opens nothing."""
    if session.expires_on < now.date():
        return True
    if session.began_at is None or session.active_at is None:
        return False
    return now - session.began_at > STAFF_ABSOLUTE or now - session.active_at > STAFF_IDLE


def is_frozen(member: Member | None) -> bool:
    """True while whoever let this member in is doubted: decided when read, so it holds from that moment on."""
    if member is None or member.invited_by is None:
        return False
    return member.invited_by.frozen_at is not None


def needs_touch(session: Session, now: datetime) -> bool:
    """Reads write nothing, but for this: once a week for people, once a minute for staff."""
    if session.active_at is not None:
        return now - session.active_at >= ACTIVE_EVERY
    return now.date() - session.seen_on >= SEEN_EVERY


def touch(secret: str, *, now: datetime) -> None:
    """Roll the session on. A member's week last seen is written with it: a week, never a moment."""
    session = db.session.get(Session, digest(secret))
    if session is None:
        return
    holder = session.member or session.provider_account or session.moderator
    if holder is not None:
        session.expires_on = now.date() + _life_of(holder)
    session.seen_on = now.date()
    if session.active_at is not None:
        session.active_at = now
    if session.member is not None:
        session.member.week_last_seen = now.date() - timedelta(days=now.weekday())


def end_session(secret: str) -> None:
    """Sign out: the row is gone, so a replayed cookie is dead."""
    _end(Session.id_hash == digest(secret))


def end_sessions(holder: Holder, *, but: str | None = None) -> None:
    """Sign a person out everywhere, except where `but` is the secret in hand.

    Whoever has been let in by a code and has not come in yet stays outside.
    """
    if holder.kind == "member":
        db.session.execute(sa.delete(HandOver).where(HandOver.member_id == holder.id))
    _end(_of(holder) if but is None else _of(holder) & (Session.id_hash != digest(but)))


def end_all_ways_in(holder: Holder) -> None:
    """An account is taken back, or stopped: no passkey, no agreed hand-over and no session of it stays."""
    # Passkeys first: whoever comes in by one at this moment holds its row, and their session is found below.
    db.session.execute(sa.delete(Passkey).where(_of(holder, Passkey)))
    end_sessions(holder)


def _life_of(holder: Holder) -> timedelta:
    if isinstance(holder, Member):
        return timedelta(days=MEMBER_DAYS)
    return timedelta(days=PROVIDER_DAYS if isinstance(holder, ProviderAccount) else 1)


def own_sessions(holder: Holder, *, now: datetime) -> list[Session]:
    """Where this person is signed in, the newest first. Days are all that is known of each."""
    wish = sa.select(Session).where(_of(holder)).order_by(Session.seen_on.desc(), Session.id_hash)
    return [session for session in db.session.scalars(wish) if not is_over(session, now)]


def end_own_session(holder: Holder, public_id: str) -> None:
    """Sign one browser of this person out. Raises `NotFound` for anything else."""
    if not _end(_of(holder) & (Session.public_id == public_id)):
        raise NotFound()


def _end(which: sa.ColumnElement[bool]) -> bool:
    """Delete these rows; the devices that signed in with them fall silent. True when there were any.

    A hand-over its member has agreed to ends with them: whoever waits did not come in before.
    """
    members = sa.select(Session.member_id).where(which)
    db.session.execute(sa.delete(HandOver).where(HandOver.member_id.in_(members)))
    over = db.session.scalars(sa.delete(Session).where(which).returning(Session.id_hash)).all()
    for session_hash in over:
        silence_session(session_hash)
    return bool(over)


def _of(holder: Holder, table: type[Session] | type[Passkey] = Session) -> sa.ColumnElement[bool]:
    column = {"member": table.member_id, "provider": table.provider_account_id}.get(
        holder.kind, table.moderator_id
    )
    return column == holder.id
