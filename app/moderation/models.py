"""Tables of the moderation room."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Moderator
from app.db import Base, UTCDateTime, as_text


class Ruling(enum.StrEnum):
    """What a moderator decided."""

    PUBLISHED = "published"
    FIRST_YES = "first_yes"  # of the two that a new business needs
    ASKED_TO_FIX = "asked_to_fix"
    DECLINED = "declined"
    PINNED = "pinned"
    TAKEN_BACK = "taken_back"
    UPHELD = "upheld"  # what people told of an offer is so
    PUT_BACK = "put_back"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    STOPPED = "stopped"  # the account behind a code
    LET_BE = "let_be"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_KEPT = "appeal_kept"  # the decision stays


class Decision(Base):
    """Who ruled what, when and why. Rows are only ever added: the database itself refuses the rest."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(40), index=True)  # "offer:12", "provider:3"
    title: Mapped[str] = mapped_column(sa.String(120))
    was: Mapped[str] = mapped_column(sa.String(12))
    now: Mapped[str] = mapped_column(sa.String(12))
    ruling: Mapped[Ruling] = mapped_column(as_text(Ruling, 14))
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")
    # What a published change has replaced: ten seconds long it can be put back.
    replaced: Mapped[dict[str, object] | None] = mapped_column(sa.JSON(none_as_null=True))
    moderator_id: Mapped[int] = mapped_column(sa.ForeignKey("moderator.id"), index=True)
    waited_minutes: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    moderator: Mapped[Moderator] = relationship()


class QueueClaim(Base):
    """Whoever looks at a card now, so that two people do not do the same work. Ends by itself."""

    __tablename__ = "queue_claim"

    subject: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    moderator_id: Mapped[int] = mapped_column(sa.ForeignKey("moderator.id", ondelete="CASCADE"))
    until: Mapped[datetime] = mapped_column(UTCDateTime)

    moderator: Mapped[Moderator] = relationship()
