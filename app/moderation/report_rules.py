"""Members tell of an offer: two trusted voices hide it until a moderator has looked. Nobody learns who told."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Invitation, Member, Moderator
from app.bookings import ending_rules, seats, times
from app.bookings.models import Booking, BookingState
from app.db import db, public_id
from app.errors import NotFound, Refusal
from app.i18n import _l
from app.moderation import queue, rulings, told
from app.moderation.case_models import Appeal, Reason, Report
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.offers import hiding_rules
from app.offers.models import Offer, State
from app.offers.news import tell_reviewers
from app.offers.texts import text_for

VOICES = 2
MOST_OPEN = 5


class EnoughTold(Refusal):
    """Five reports that nobody has looked at yet are enough for one member."""

    type = "enough-told"
    sentence = _l("You have told us of five offers: let us look at them first.")


def reportable(offer_id: int, member: Member) -> Offer:
    """What this member can see, or has booked. Refused: `NotFound`."""
    offer = db.session.get(Offer, offer_id) if offer_id < 2**62 else None
    if offer is None or not (times.is_published(offer) or _booked(offer, member)):
        raise NotFound()
    return offer


def report(offer_id: int, member: Member, reason: Reason, words: str, *, now: datetime) -> Report:
    """Tell of an offer; telling again of the same one replaces what was told. Refused: `NotFound`, `EnoughTold`.

    Trusted is who came in before today, or was there by the business's own word. Two trusted voices hide the
    offer; guests of one inviter are one voice, unless they have been there (safety.md, T6).
    """
    seats.lock_member(member.id)
    _offer(offer_id)  # two at once stand in line, so that the second finds the first
    offer = reportable(offer_id, member)
    _forget_former(offer, member)
    been = _has_been(offer, member)
    row = Report(
        public_id=public_id(),
        offer_id=offer.id,
        member_id=member.id,
        reason=reason,
        trusted=been or not _came_today(member, now),
        been=been,
        made_at=now,
    )
    row.words = words or None
    db.session.add(row)
    db.session.flush()
    if voices(offer.id) >= VOICES and hiding_rules.hide(offer):
        told.business_of_offer(offer, "hidden", "", now=now)
    tell_reviewers(
        f"report:{offer.id}", text_for(offer, "").title, now=now, link=f"/cases/report:{offer.id}"
    )
    return row


def _forget_former(offer: Offer, member: Member) -> None:
    own = Report.member_id == member.id
    db.session.execute(sa.delete(Report).where(own, Report.offer_id == offer.id))
    waiting = sa.select(sa.func.count()).where(own, Report.ruled_at.is_(None))
    if (db.session.scalar(waiting) or 0) >= MOST_OPEN:
        raise EnoughTold()


def voices(offer_id: int) -> int:
    """How many independent, trusted voices speak against an offer now; guests of a frozen inviter have none."""
    wish = (
        sa.select(Member.id, Member.invited_by_id, Report.been)
        .join(Report, Report.member_id == Member.id)
        .outerjoin(Moderator, Moderator.id == Member.invited_by_id)
        .where(Report.offer_id == offer_id, Report.ruled_at.is_(None), Report.trusted)
        .where(Moderator.frozen_at.is_(None), Member.stopped_on.is_(None))
    )
    found = db.session.execute(wish).all()
    return len({("m", one) if been or by is None else ("i", by) for one, by, been in found})


def waiting_on(offer_id: int) -> list[Report]:
    """What nobody has ruled on yet, oldest first."""
    wish = sa.select(Report).where(Report.offer_id == offer_id, Report.ruled_at.is_(None))
    return list(db.session.scalars(wish.order_by(Report.made_at, Report.id)))


def uphold(offer_id: int, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """It is so: the offer is taken down, its visits are called off, the business reads why and may object.

    Refused: `NotFound`, `NobodyDecidesOnTheirOwn`.
    """
    known = db.session.get(Offer, offer_id)
    if known is None:
        raise NotFound()
    slots = ending_rules.hold_times(known, now)  # times before the offer, as whoever books does
    offer, reports = _to_rule_on(offer_id, by)
    was, since = offer.state, _since(reports)
    hiding_rules.take_down(offer, reason)
    ending_rules.call_off(slots, now)
    decision = _write(offer, Ruling.UPHELD, by, reason, was, since, now)
    told.business_of_offer(offer, "upheld", reason, now=now)
    _close(reports, offer, True, now)
    spoken = sa.update(Appeal).where(
        Appeal.subject == f"offer:{offer_id}", Appeal.ruled_at.is_(None)
    )
    db.session.execute(spoken.values(decision_id=decision.id))
    return decision


def put_back(offer_id: int, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """It is not so, or mended: the offer can be seen again. Refused as in `uphold`."""
    offer, reports = _to_rule_on(offer_id, by)
    was = offer.state
    hiding_rules.put_back(offer, now=now)
    if was is not offer.state:
        told.business_of_offer(offer, "put_back", reason, now=now)
    decision = _write(offer, Ruling.PUT_BACK, by, reason, was, _since(reports), now)
    _close(reports, offer, False, now)
    spoken = sa.update(Appeal).where(
        Appeal.subject == f"offer:{offer_id}", Appeal.ruled_at.is_(None)
    )
    db.session.execute(spoken.values(ruled_at=now, granted=True))
    return decision


def _to_rule_on(offer_id: int, by: Moderator) -> tuple[Offer, list[Report]]:
    if queue.is_own(f"offer:{offer_id}", by):
        raise NobodyDecidesOnTheirOwn()
    offer, reports = _offer(offer_id), waiting_on(offer_id)
    if not waits(offer, reports):
        raise NotFound()
    return offer, reports


def waits(offer: Offer, reports: list[Report]) -> bool:
    """Something is told, or it is hidden although whoever told has erased themselves since."""
    hidden = offer.state is State.HIDDEN and offer.provider.state is State.APPROVED
    return hidden or (bool(reports) and offer.state is not State.DENIED)


def _offer(offer_id: int) -> Offer:
    # Not a lock that a booking's reference to the offer would wait for: that would be a ring.
    wish = sa.select(Offer).where(Offer.id == offer_id).with_for_update(of=Offer, key_share=True)
    offer: Offer | None = db.session.scalar(wish.execution_options(populate_existing=True))
    if offer is None:
        raise NotFound()
    return offer


def _since(reports: list[Report]) -> datetime | None:
    return reports[0].made_at if reports else None


def _write(
    offer: Offer, ruling: Ruling, by: Moderator, reason: str, was: State,
    since: datetime | None, now: datetime,
) -> Decision:  # fmt: skip
    title = text_for(offer, "").title
    return rulings.write(
        f"offer:{offer.id}", title, ruling, by, reason,
        states=(was, offer.state), since=since, now=now,
    )  # fmt: skip


def _close(reports: list[Report], offer: Offer, upheld: bool, now: datetime) -> None:
    for row in reports:
        row.ruled_at, row.upheld = now, upheld
        told.reporter(db.session.get_one(Member, row.member_id), offer, upheld, now=now)


def _booked(offer: Offer, member: Member) -> bool:
    mine = sa.exists().where(Booking.offer_id == offer.id, Booking.member_id == member.id)
    return bool(db.session.scalar(sa.select(mine)))


def _has_been(offer: Offer, member: Member) -> bool:
    there = sa.exists().where(
        Booking.provider_id == offer.provider_id,
        Booking.member_id == member.id,
        Booking.state == BookingState.ATTENDED,
    )
    return bool(db.session.scalar(sa.select(there)))


def _came_today(member: Member, now: datetime) -> bool:
    """A used card is kept for 14 days, so whoever came today still has theirs."""
    today = sa.exists().where(Invitation.member_id == member.id, Invitation.used_on >= now.date())
    return bool(db.session.scalar(sa.select(today)))
