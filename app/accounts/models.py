"""Tables of the accounts room. What a member is, is listed in safety.md: nothing else may be added lightly."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, UTCDateTime, public_id, random_key
from app.seal import Sealed


class Holder(UserMixin):
    """What `current_user` can be asked, whoever it is."""

    __allow_unmapped__ = True  # `session` belongs to the request, not to the table

    kind: ClassVar[str] = ""
    id: Mapped[int]
    session: Session

    is_member = is_provider = is_moderator = False

    def get_id(self) -> str:
        """Flask-Login keeps the random server-side session id, never a row number."""
        return self.session.secret

    @property
    def recipient(self) -> str:
        """Who is told: the key the notifications room knows this person by."""
        return f"{self.kind}:{self.id}"


class Member(Holder, Base):
    """A person somebody vouches for. No name, no contact, no history; days, never moments."""

    __tablename__ = "member"
    kind = "member"
    is_member = True

    id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, default=random_key
    )
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    alias: Mapped[str] = mapped_column(sa.String(60))
    language: Mapped[str] = mapped_column(sa.String(2))
    city: Mapped[str | None] = mapped_column(sa.String(40))
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderator.id"))
    month_created: Mapped[date]
    week_last_seen: Mapped[date]
    new_until: Mapped[date | None]
    recovery_number: Mapped[str | None] = mapped_column(sa.String(12), unique=True)
    recovery_hash: Mapped[str | None] = mapped_column(sa.String(120))
    # Two moderators have stopped booking; what is kept can still be read, taken along and erased.
    stopped_on: Mapped[date | None]
    stopped_for: Mapped[str | None] = mapped_column(sa.String(40))  # the decision's subject

    invited_by: Mapped[Moderator | None] = relationship(foreign_keys=[invited_by_id])


class ProviderAccount(Holder, Base):
    """The sign-in of a business: e-mail and password."""

    __tablename__ = "provider_account"
    kind = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    email_lookup: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    email = Sealed("email_sealed")
    password_hash: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(2))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def is_provider(self) -> bool:  # type: ignore[override]
        """Only a confirmed address speaks for a business."""
        return self.confirmed_at is not None


class Moderator(Holder, Base):
    """A volunteer who reviews; `can_invite` lets people in. Always with a second factor."""

    __tablename__ = "moderator"
    kind = "moderator"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    name: Mapped[str] = mapped_column(sa.String(60))
    email_lookup: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(sa.LargeBinary)
    email = Sealed("email_sealed")
    password_hash: Mapped[str | None] = mapped_column(sa.String(120))
    totp_sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    totp_secret = Sealed("totp_sealed")
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    language: Mapped[str] = mapped_column(sa.String(2))
    can_invite: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Two pairs of eyes: invited by the operator or a moderator, accepted by a (second) moderator.
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("moderator.id", ondelete="SET NULL")
    )
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    suspended_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("moderator.id", ondelete="SET NULL")
    )
    # Whoever this one has let in is kept out, all of them, without anybody seeing who they are.
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    frozen_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("moderator.id", ondelete="SET NULL")
    )

    @property
    def is_on_duty(self) -> bool:
        """Accepted, and not suspended: may come in at all."""
        return self.accepted_at is not None and self.suspended_at is None

    @property
    def is_moderator(self) -> bool:  # type: ignore[override]
        """True only in a session that proved the second factor."""
        return self.is_on_duty and self.session.second_factor_at is not None


class Session(Base):
    """One signed-in browser. The cookie holds 256 random bits, the table their hash; deleting the row ends it."""

    __tablename__ = "session"
    __allow_unmapped__ = True

    id_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    here_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    member_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("member.id", ondelete="CASCADE"), index=True
    )
    provider_account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("provider_account.id", ondelete="CASCADE"), index=True
    )
    moderator_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("moderator.id", ondelete="CASCADE"), index=True
    )
    made_on: Mapped[date]
    seen_on: Mapped[date]
    expires_on: Mapped[date]
    # Staff alone: minutes matter for their idle and absolute limits.
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    active_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    second_factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    secret: str  # known only while the request that carries it is answered

    member: Mapped[Member | None] = relationship(lazy="joined")
    provider_account: Mapped[ProviderAccount | None] = relationship(lazy="joined")
    moderator: Mapped[Moderator | None] = relationship(lazy="joined")

    __table_args__ = (
        sa.CheckConstraint(
            "(CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN provider_account_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN moderator_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_holder",
        ),
    )


class Invitation(Base):
    """A card: 120 random bits in a URL fragment, single use, 14 days, only the hash stored."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(22), unique=True, default=public_id)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("moderator.id"), index=True)
    city: Mapped[str | None] = mapped_column(sa.String(40))
    # Cut when the arrival is closed.
    arrival_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("arrival.id", ondelete="SET NULL"), index=True
    )
    made_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(index=True)
    revoked_on: Mapped[date | None]
    used_on: Mapped[date | None]
    member_id: Mapped[int | None] = mapped_column(sa.ForeignKey("member.id", ondelete="SET NULL"))
    # The same (token, nonce) within 15 minutes gives the same account: on a weak network the answer gets lost.
    nonce_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))
    again_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Failure(Base):
    """Failed guesses, counted in the database so that a restart forgets nothing. Only failures count."""

    __tablename__ = "failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(20))
    key: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (sa.Index("ix_failure_what_key_at", "what", "key", "at"),)


class DailyKey(Base):
    """The secret that turns addresses into keys of `Failure`; deleted a day later, and they mean nothing."""

    __tablename__ = "daily_key"

    day: Mapped[date] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
