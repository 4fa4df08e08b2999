"""Objecting to a decision, once; somebody else than who decided first looks at it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import Member, Moderator
from app.bookings import ending_rules, seats
from app.db import db
from app.db import public_id as new_public_id
from app.errors import NotFound, Refusal
from app.i18n import _, _l
from app.moderation import queue, rulings, suspension_rules, told
from app.moderation.case_models import Appeal
from app.moderation.models import Decision, Ruling
from app.moderation.rules import NobodyDecidesOnTheirOwn
from app.offers import hiding_rules
from app.offers.models import Offer, Provider, State
from app.offers.news import tell_reviewers
from app.offers.texts import text_for


class AlreadyObjected(Refusal):
    """One objection to one decision."""

    type = "already-objected"
    sentence = _l("You have already told us how you see it.")
    kept = _l("What you wrote before has arrived.")


def object_as_business(subject: str, business: Provider, words: str, *, now: datetime) -> Appeal:
    """To a declined, taken down or hidden offer, or to a decision about the business itself.

    Refused: `NotFound`, `AlreadyObjected`.
    """
    one = sa.select(Provider.id).where(Provider.id == business.id)
    db.session.execute(one.with_for_update(key_share=True))
    if not may_object(subject, business):
        raise NotFound()
    title = _title(subject) or business.name
    return _write(subject, words, title, now, provider_id=business.id)


def may_object(subject: str, business: Provider) -> bool:
    """It is theirs, and it has been decided against them, or hidden."""
    if subject == f"provider:{business.id}":
        return business.state in (State.DENIED, State.SUSPENDED)
    offer = _offer(subject)
    mine = offer is not None and offer.provider_id == business.id
    against = offer is not None and offer.state in (State.DENIED, State.HIDDEN)
    return mine and against and business.state is State.APPROVED


def object_as_member(member: Member, words: str, *, now: datetime) -> Appeal:
    """To being stopped. Refused: `NotFound`, `AlreadyObjected`."""
    seats.lock_member(member.id)
    if member.stopped_for is None:
        raise NotFound()
    return _write(member.stopped_for, words, _("A visit"), now, member_id=member.id)


def spoken(subject: str) -> Appeal | None:
    """What was objected to the standing decision on this subject, or to its being hidden."""
    decision = rulings.last(subject, rulings.AGAINST)
    wish = sa.select(Appeal).where(Appeal.subject == subject)
    standing = Appeal.decision_id == (decision.id if decision else None)
    if subject.startswith("offer:") and _is_hidden(subject):
        standing = Appeal.ruled_at.is_(None)
    return db.session.scalar(wish.where(standing).order_by(Appeal.made_at.desc()).limit(1))


def _is_hidden(subject: str) -> bool:
    offer = _offer(subject)
    return offer is not None and offer.state is State.HIDDEN


def _write(
    subject: str, words: str, title: str, now: datetime, *,
    provider_id: int | None = None, member_id: int | None = None,
) -> Appeal:  # fmt: skip
    if spoken(subject) is not None:
        raise AlreadyObjected()
    decision = None if _is_hidden(subject) else rulings.last(subject, rulings.AGAINST)
    row = Appeal(
        public_id=new_public_id(),
        subject=subject,
        provider_id=provider_id,
        member_id=member_id,
        decision_id=decision.id if decision else None,
        made_at=now,
    )
    row.words = words
    db.session.add(row)
    db.session.flush()
    case = f"appeal:{row.public_id}" if decision else f"report:{subject.partition(':')[2]}"
    tell_reviewers(case, title, now=now, link=f"/cases/{case}")
    return row


def grant(public_id: str, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """The objection is right: what was taken is given back. What no two people have ever approved waits for a
    look again. Refused: `NotFound`, `SomebodyElseDecides`, `NobodyDecidesOnTheirOwn`.
    """
    row = _to_rule_on(public_id, by)
    was, after = "against", "granted"
    if row.member_id is not None:
        member = db.session.get_one(Member, row.member_id)
        ending_rules.let_book(member)
        told.member(member, "open", reason, now=now)
    elif row.subject.startswith("provider:"):
        _give_back_business(_business(row), reason, now)
    else:
        _give_back_offer(row, reason, now)
    return _close(row, True, Ruling.APPEAL_GRANTED, by, reason, was, after, now)


def keep(public_id: str, by: Moderator, reason: str, *, now: datetime) -> Decision:
    """The decision stays. Refused as in `grant`."""
    row = _to_rule_on(public_id, by)
    offer = _offer(row.subject)
    if row.member_id is not None:
        told.member(db.session.get_one(Member, row.member_id), "stays", reason, now=now)
    elif offer is not None:
        told.business_of_offer(offer, "stays", reason, now=now)
    else:
        told.business(_business(row), "stays", reason, now=now)
    return _close(row, False, Ruling.APPEAL_KEPT, by, reason, "against", "against", now)


def find(public_id: str, *, lock: bool = False) -> Appeal:
    """One objection; with `lock` it is about to be ruled on. Refused: `NotFound`."""
    wish = sa.select(Appeal).where(Appeal.public_id == public_id)
    row: Appeal | None = db.session.scalar(wish.with_for_update() if lock else wish)
    if row is None:
        raise NotFound()
    return row


def title_of(row: Appeal) -> str:
    """What it is about, for moderators."""
    return _title(row.subject) or (_business(row).name if row.provider_id else _("A visit"))


def _to_rule_on(public_id: str, by: Moderator) -> Appeal:
    row = find(public_id, lock=True)
    if row.ruled_at is not None or row.decision_id is None:
        raise NotFound()
    if row.provider_id is not None and queue.is_own(f"provider:{row.provider_id}", by):
        raise NobodyDecidesOnTheirOwn()
    if by.id in rulings.deciders(row.subject):
        raise rulings.SomebodyElseDecides()
    return row


def _give_back_business(business: Provider, reason: str, now: datetime) -> None:
    if business.state is State.SUSPENDED:
        suspension_rules.open_again(business, now=now)
        told.business(business, "put_back", reason, now=now)
    elif business.state is State.DENIED:
        business.state, business.submitted_at, business.review_note = State.PENDING, now, ""
        told.business(business, "again", reason, now=now)


def _give_back_offer(row: Appeal, reason: str, now: datetime) -> None:
    offer = _offer(row.subject)
    if offer is None or offer.state is not State.DENIED:
        raise NotFound()
    offer.review_note = ""
    if offer.published_at is not None:
        offer.state = State.HIDDEN
        hiding_rules.put_back(offer, now=now)
        told.business_of_offer(offer, "put_back", reason, now=now)
    else:
        offer.state, offer.submitted_at = State.PENDING, now
        told.business_of_offer(offer, "again", reason, now=now)


def _close(
    row: Appeal, granted: bool, ruling: Ruling, by: Moderator, reason: str,
    was: str, after: str, now: datetime,
) -> Decision:  # fmt: skip
    row.ruled_at, row.granted = now, granted
    if row.member_id is not None:
        row.why, reason = reason or None, ""
    return rulings.write(
        row.subject, title_of(row), ruling, by, reason,
        states=(was, after), since=row.made_at, now=now,
    )  # fmt: skip


def _business(row: Appeal) -> Provider:
    return db.session.get_one(Provider, row.provider_id)


def _offer(subject: str) -> Offer | None:
    what, _colon, number = subject.partition(":")
    wanted = queue.key_of(number) if what == "offer" else 0
    return db.session.get(Offer, wanted) if wanted else None


def _title(subject: str) -> str:
    offer = _offer(subject)
    return text_for(offer, "").title if offer else ""
