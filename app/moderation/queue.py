"""What waits for a look: a query, not a table. Oldest first, without the listings of whoever is asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa

from app.accounts.models import Moderator, ProviderAccount
from app.db import UTCDateTime, db
from app.errors import NotFound
from app.moderation.cards import Card, make_cards
from app.moderation.models import Decision, Ruling
from app.offers.models import Offer, OfferChange, Provider, State

SHOWN = 50
MEDIAN_OVER = timedelta(days=30)
FINAL = (
    *(Ruling.PUBLISHED, Ruling.ASKED_TO_FIX, Ruling.DECLINED),
    *(Ruling.UPHELD, Ruling.PUT_BACK, Ruling.STOPPED, Ruling.LET_BE),
    *(Ruling.APPEAL_GRANTED, Ruling.APPEAL_KEPT),
)
SHUT = (State.DENIED, State.SUSPENDED)


def _rows(me: Moderator) -> sa.CompoundSelect[str, int, datetime]:
    return sa.union_all(
        *(wish.where(_not_own(me)) for wish in (_businesses(), _offers(), _changes()))
    )


def _not_own(me: Moderator) -> sa.ColumnElement[bool]:
    return sa.or_(ProviderAccount.id.is_(None), ProviderAccount.email_lookup != me.email_lookup)


def _businesses() -> sa.Select[str, int, datetime]:
    offered = sa.exists().where(Offer.provider_id == Provider.id, Offer.state == State.PENDING)
    return (
        sa.select(
            sa.literal("provider").label("what"),
            Provider.id.label("id"),
            sa.func.coalesce(
                Provider.submitted_at,
                ProviderAccount.confirmed_at,
                Provider.created_at,
                type_=UTCDateTime(),
            ).label("since"),
        )
        .outerjoin(Provider.account)
        .where(
            Provider.state == State.PENDING,
            sa.or_(ProviderAccount.confirmed_at.is_not(None), offered),
        )
    )


def _offers() -> sa.Select[str, int, datetime]:
    return (
        sa.select(
            sa.literal("offer"),
            Offer.id,
            sa.func.coalesce(Offer.submitted_at, Offer.created_at, type_=UTCDateTime()),
        )
        .join(Offer.provider)
        .outerjoin(Provider.account)
        .where(Offer.state == State.PENDING, Provider.state.not_in(SHUT))
    )


def _changes() -> sa.Select[str, int, datetime]:
    return (
        sa.select(sa.literal("offer"), Offer.id, OfferChange.submitted_at)
        .join(Offer, Offer.id == OfferChange.offer_id)
        .join(Offer.provider)
        .outerjoin(Provider.account)
        .where(
            Offer.state.in_([State.APPROVED, State.PAUSED, State.HIDDEN]),
            Provider.state.not_in(SHUT),
            OfferChange.note == "",  # otherwise the business has it back, to mend
        )
    )


def count(me: Moderator) -> int:
    """How many cards wait for this moderator."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_rows(me).subquery())) or 0


def waiting(me: Moderator, *, now: datetime, limit: int = SHOWN) -> list[Card]:
    """The oldest cards this moderator may decide, oldest first."""
    found = db.session.execute(_rows(me).order_by("since", "what", "id").limit(limit)).all()
    wanted = {f"{what}:{number}": since for what, number, since in found}
    return make_cards(wanted, now)


def find(subject: str, me: Moderator, *, now: datetime) -> Card:
    """The card of "offer:12" or "provider:3". `NotFound` when it is decided, unknown or one's own."""
    rows = _rows(me).subquery()
    what, _, number = subject.partition(":")
    since = db.session.scalar(
        sa.select(rows.c.since).where(rows.c.what == what, rows.c.id == key_of(number))
    )
    if since is None:
        raise NotFound()
    return make_cards({subject: since}, now)[0]


def is_own(subject: str, me: Moderator) -> bool:
    """The business behind this subject is the moderator's own: the same e-mail signs in for it."""
    what, _, number = subject.partition(":")
    wish = sa.select(ProviderAccount.email_lookup).join(
        Provider, Provider.account_id == ProviderAccount.id
    )
    if what == "offer":
        wish = wish.join(Offer, Offer.provider_id == Provider.id)
    wanted = Offer.id if what == "offer" else Provider.id
    return db.session.scalar(wish.where(wanted == key_of(number))) == me.email_lookup


def key_of(number: str) -> int:
    """A row's id as an address writes it; 0, which no row has, for anything else.

    "012" and the digits of other scripts are no id: one row would be many subjects, each with its own log.
    """
    plain = number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if plain and str(int(number)) == number else 0


def median_wait(now: datetime) -> timedelta | None:
    """Half of what was decided in the last 30 days waited no longer than this; None where nothing was."""
    waits = db.session.scalars(
        sa.select(Decision.waited_minutes).where(
            Decision.at > now - MEDIAN_OVER,
            Decision.ruling.in_(FINAL),
            Decision.waited_minutes.is_not(None),
        )
    ).all()
    return timedelta(minutes=median(w for w in waits if w is not None)) if waits else None
