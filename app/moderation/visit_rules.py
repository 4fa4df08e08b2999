"""A business tells of a visit by its code; two moderators can stop the account behind it, unseen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from app.accounts.models import Member, Moderator
from app.bookings import change_rules, ending_rules, times
from app.bookings.models import Booking
from app.db import db
from app.db import public_id as new_public_id
from app.errors import NotFound, Refusal
from app.i18n import _, _l
from app.moderation import queue, rulings, told
from app.moderation.case_models import VisitReason, VisitReport
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.notifications.models import Values
from app.offers.news import tell_reviewers
from app.offers.texts import text_for

OPEN, STOPPED = "open", "stopped"
KEPT = timedelta(days=30)


class AlreadyRead(Refusal):
    """The second yes is about the very words of the first."""

    type = "already-read"
    sentence = _l(
        "Volunteers have begun to decide about what you told: it can no longer be changed."
    )
    kept = _l("What you wrote before has arrived.")


def report_visit(
    booking: Booking, reason: VisitReason, words: str, *, now: datetime
) -> VisitReport:
    """Tell of a visit this business may see (until 72 hours after). Once more replaces the words, until a first yes.

    Refused: `AlreadyRead`.
    """
    row = of_booking(booking, lock=True)  # before its times, as whoever rules on it does
    change_rules.fresh(booking)
    row = row or of_booking(booking)
    if row is None:
        row = VisitReport(
            public_id=new_public_id(),
            booking_id=booking.id,
            member_id=booking.member_id,
            provider_id=booking.provider_id,
            reason=reason,
            made_at=now,
        )
        row.visit = json.dumps(_copy(booking), ensure_ascii=False)
        db.session.add(row)
    if not may_change(row):
        raise AlreadyRead()
    row.reason, row.words = reason, words or None
    db.session.flush()
    subject = f"visit:{row.public_id}"
    tell_reviewers(subject, booking.provider.name, now=now, link=f"/cases/{subject}")
    return row


def of_booking(booking: Booking, *, lock: bool = False) -> VisitReport | None:
    """What was told of this visit, if anything."""
    wish = sa.select(VisitReport).where(VisitReport.booking_id == booking.id)
    found: VisitReport | None = db.session.scalar(wish.with_for_update() if lock else wish)
    return found


def may_change(row: VisitReport) -> bool:
    """Nobody has decided anything on what was told."""
    return row.ruled_at is None and first_yes(row) is None


def _copy(booking: Booking) -> Values:
    return {
        "title": text_for(booking.offer, "").title,
        "code": booking.code_in_two,
        "starts_at": booking.starts_at.isoformat(),
        "timezone": times.zone_of(booking.offer),
    }


def visit_of(row: VisitReport) -> Values:
    """What the business saw of it: title, code, starts_at (UTC), timezone."""
    return cast(Values, json.loads(row.visit or "{}"))


def first_yes(row: VisitReport) -> Decision | None:
    """The first of the two yeses that stopping an account needs."""
    return rulings.last(f"visit:{row.public_id}", (Ruling.FIRST_YES,))


def stop(public_id: str, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """Yes, stop booking for whoever this was: the first waits for a second, by somebody else.

    The second frees their seats, tells them why, and shows nobody who they are. Refused: `NotFound`,
    `NobodyDecidesOnTheirOwn`.
    """
    row = _to_rule_on(public_id, by)
    yes = first_yes(row)
    if yes is None:
        subject = f"visit:{row.public_id}"
        tell_reviewers(subject, row.provider.name, but=by, now=now, link=f"/cases/{subject}")
        return _write(row, Ruling.FIRST_YES, by, reason, OPEN, now)
    if yes.moderator_id == by.id:
        raise NobodyDecidesOnTheirOwn()
    member = db.session.get_one(Member, row.member_id)
    ending_rules.stop(member, f"visit:{row.public_id}", now)
    row.ruled_at, row.stopped = now, True
    told.member(member, "stopped", reason, now=now)
    return _write(row, Ruling.STOPPED, by, reason, STOPPED, now)


def let_be(public_id: str, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """No reason to stop anybody. Refused as in `stop`."""
    row = _to_rule_on(public_id, by)
    row.ruled_at, row.stopped = now, False
    return _write(row, Ruling.LET_BE, by, reason, OPEN, now)


def _to_rule_on(public_id: str, by: Moderator) -> VisitReport:
    row = find(public_id, lock=True)
    if row.ruled_at is not None:
        raise NotFound()
    if queue.is_own(f"provider:{row.provider_id}", by):
        raise NobodyDecidesOnTheirOwn()
    return row


def find(public_id: str, *, lock: bool = False) -> VisitReport:
    """One report of a visit; with `lock` it is about to be ruled on. Refused: `NotFound`."""
    wish = sa.select(VisitReport).where(VisitReport.public_id == public_id)
    row: VisitReport | None = db.session.scalar(wish.with_for_update() if lock else wish)
    if row is None:
        raise NotFound()
    return row


def stopped_for(member: Member, *, now: datetime) -> VisitReport | None:
    """The report this member was stopped for; thirty days after the ruling it is forgotten, worker or not."""
    key = (member.stopped_for or "").partition(":")[2]
    wish = sa.select(VisitReport).where(VisitReport.public_id == key)
    return db.session.scalar(wish.where(VisitReport.ruled_at >= now - KEPT))


def why(subject: str) -> str:
    """Why the account of "visit:…" was stopped; nothing once the report is forgotten."""
    key = subject.partition(":")[2]
    row = db.session.scalar(sa.select(VisitReport).where(VisitReport.public_id == key))
    return (row.why or "") if row else ""


def _write(
    row: VisitReport, ruling: Ruling, by: Moderator, reason: str, after: str, now: datetime
) -> Decision:
    # Without the business, the code, the hour or a word of why: the log is kept for ever, the visit is not.
    row.why = reason or None
    final = ruling is not Ruling.FIRST_YES
    return rulings.write(
        f"visit:{row.public_id}", _("A visit"), ruling, by,
        states=(OPEN, after), since=row.made_at if final else None, now=now,
    )  # fmt: skip
