"""An arrival: cards for many people at once, beyond anybody's quota, by two pairs of eyes (safety.md T6).

While it is open, half of the free times of the coming week are kept for newcomers (booking.md, "fair share").
Closing it cuts what ties its cards to it and to a city; who came with them is written nowhere else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from app.accounts.arrival_models import Arrival
from app.accounts.invitation_rules import Card, mint_one
from app.accounts.models import Invitation, Moderator
from app.accounts.staff_rules import OwnSecondEye
from app.db import db
from app.errors import NotFound, Refusal
from app.i18n import _l

OPEN_DAYS = 7  # after its day, unless closed before
AHEAD_DAYS = 13  # a card lives 14
MOST_PEOPLE = 200
AT_ONCE = 50


class AllCardsMade(Refusal):
    """As many cards as people."""

    type = "all-cards-made"
    sentence = _l("All cards of this arrival are made.")
    what_now = _l("If more people come, ask for another arrival.")


def ask_for(
    people: int, arrives_on: date, city: str | None, by: Moderator, *, now: datetime
) -> Arrival:
    """Say that people come: the first of two pairs of eyes. Raises `NotFound` for a day out of reach."""
    ahead = (arrives_on - now.date()).days
    if not (0 <= ahead <= AHEAD_DAYS and 1 <= people <= MOST_PEOPLE):
        raise NotFound()
    arrival = Arrival(people=people, arrives_on=arrives_on, city=city, asked_by_id=by.id)
    db.session.add(arrival)
    return arrival


def approve(arrival_id: str, by: Moderator, *, now: datetime) -> None:
    """The second pair of eyes lifts the quota. Raises `OwnSecondEye`, `NotFound`."""
    arrival = _live(arrival_id, now)
    if arrival.asked_by_id == by.id:
        raise OwnSecondEye()
    if arrival.approved_on is None:
        arrival.approved_on, arrival.approved_by_id = now.date(), by.id


def make_cards(arrival_id: str, by: Moderator, *, now: datetime) -> list[Card]:
    """The cards still to be made, at most fifty at once; `by` answers for them as for their own.

    Raises `NotFound` before the second yes and after the end, `AllCardsMade`.
    """
    arrival = _live(arrival_id, now)
    if arrival.approved_on is None:
        raise NotFound()
    number = min(AT_ONCE, cards_to_make(arrival))
    if number <= 0:
        raise AllCardsMade()
    arrival.cards_made += number
    return [
        mint_one(by.id, now=now, city=arrival.city, arrival_id=arrival.id) for _ in range(number)
    ]


def close(arrival_id: str, *, now: datetime) -> None:
    """Over: unused cards stop working, and no card is tied to this arrival or to a city any more."""
    arrival = _live(arrival_id, now)
    mine = sa.update(Invitation).where(Invitation.arrival_id == arrival.id)
    unused = mine.where(Invitation.used_on.is_(None), Invitation.revoked_on.is_(None))
    db.session.execute(unused.values(revoked_on=now.date()))
    db.session.execute(mine.values(arrival_id=None, city=None))
    arrival.closed_on, arrival.city = now.date(), None


def live_arrivals(now: datetime) -> list[Arrival]:
    """Asked for or open, the next first."""
    return list(
        db.session.scalars(
            sa.select(Arrival).where(_is_live(now)).order_by(Arrival.arrives_on, Arrival.id)
        )
    )


def own_states(arrival: Arrival, by: Moderator) -> tuple[int, int]:
    """How many of `by`'s own cards of it were used, and how many wait. Nobody sees anybody else's."""
    mine = (Invitation.arrival_id == arrival.id) & (Invitation.made_by_id == by.id)
    used = sa.func.count(Invitation.used_on)
    made, gone = db.session.execute(sa.select(sa.func.count(), used).where(mine)).one()
    return gone, made - gone


def cards_to_make(arrival: Arrival) -> int:
    """People without a card yet."""
    return max(0, arrival.people - arrival.cards_made)


def open_since(city: str, now: datetime) -> date | None:
    """Since when an arrival is open in this city (or in no named one); None where none is."""
    here = sa.or_(Arrival.city.is_(None), Arrival.city == city)
    wish = sa.select(sa.func.min(Arrival.approved_on)).where(_is_live(now), here)
    since: date | None = db.session.scalar(wish)
    return since


def _is_live(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Arrival.closed_on.is_(None), Arrival.arrives_on >= now.date() - timedelta(days=OPEN_DAYS)
    )


def _live(public_id: str, now: datetime) -> Arrival:
    wish = sa.select(Arrival).where(Arrival.public_id == public_id, _is_live(now))
    arrival: Arrival | None = db.session.scalar(wish.with_for_update())
    if arrival is None:
        raise NotFound()
    return arrival
