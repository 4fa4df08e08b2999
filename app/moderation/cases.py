"""What people have told the moderators and what they object to: queries, not tables, oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Moderator
from app.db import UTCDateTime, db
from app.i18n import _
from app.moderation import appeal_rules, queue, visit_rules
from app.moderation.case_models import Appeal, Report, VisitReport
from app.moderation.models import QueueClaim
from app.offers.models import Offer, Provider, State
from app.offers.texts import text_for


@dataclass(frozen=True)
class Case:
    """`subject` is "report:12", "visit:…" or "appeal:…"; `since` is when the first of it came (UTC)."""

    subject: str
    title: str
    what: str
    picture: str
    tone: str
    since: datetime
    claim: QueueClaim | None = None


def open_cases(me: Moderator, *, now: datetime) -> list[Case]:
    """All that this moderator may look at; nothing of their own business."""
    found = sorted([*_reports(me), *_visits(me), *_appeals(me)], key=lambda one: one.since)
    claims = _claims([one.subject for one in found], now)
    return [Case(**{**vars(one), "claim": claims.get(one.subject)}) for one in found]


def _reports(me: Moderator) -> Iterator[Case]:
    first = sa.func.min(Report.made_at, type_=UTCDateTime())
    told = sa.select(Report.offer_id, first, sa.func.count()).where(Report.ruled_at.is_(None))
    rows: dict[int, Any] = {
        offer_id: (since, count)
        for offer_id, since, count in db.session.execute(told.group_by(Report.offer_id))
    }
    hidden = sa.and_(Offer.state == State.HIDDEN, Provider.state == State.APPROVED)
    alone = sa.and_(Offer.id.in_(rows), Offer.state != State.DENIED)
    wish = sa.select(Offer).join(Provider).where(sa.or_(alone, hidden))
    for offer in db.session.scalars(wish):
        since, count = rows.get(offer.id, (offer.published_at or offer.created_at, 0))
        if not queue.is_own(f"offer:{offer.id}", me):
            yield Case(
                f"report:{offer.id}", text_for(offer, "").title,
                _report_said(offer, count), "megaphone", "clay", since,
            )  # fmt: skip


def _report_said(offer: Offer, count: int) -> str:
    told = _("told of by members: %(count)s", count=count)
    hidden = _("hidden until somebody looks") if offer.state is State.HIDDEN else ""
    return " · ".join(part for part in (offer.provider.name, told, hidden) if part)


def _visits(me: Moderator) -> Iterator[Case]:
    wish = sa.select(VisitReport).where(VisitReport.ruled_at.is_(None))
    for row in db.session.scalars(wish):
        if not queue.is_own(f"provider:{row.provider_id}", me):
            yes = visit_rules.first_yes(row)
            what = _("%(name)s said yes", name=yes.moderator.name) if yes else _("needs two")
            yield Case(
                f"visit:{row.public_id}", row.provider.name,
                _("tells of a visit") + f" · {what}", "door-open", "rye", row.made_at,
            )  # fmt: skip


def _appeals(me: Moderator) -> Iterator[Case]:
    wish = sa.select(Appeal).where(Appeal.ruled_at.is_(None), Appeal.decision_id.is_not(None))
    for row in db.session.scalars(wish):
        if not (row.provider_id and queue.is_own(f"provider:{row.provider_id}", me)):
            yield Case(
                f"appeal:{row.public_id}", appeal_rules.title_of(row),
                _("objects to a decision"), "scale", "mist", row.made_at,
            )  # fmt: skip


def open_appeals() -> int:
    """How many objections wait, for the log's page."""
    wish = sa.select(sa.func.count()).select_from(Appeal)
    return (
        db.session.scalar(wish.where(Appeal.ruled_at.is_(None), Appeal.decision_id.is_not(None)))
        or 0
    )


def _claims(subjects: list[str], now: datetime) -> dict[str, QueueClaim]:
    wish = sa.select(QueueClaim).where(QueueClaim.subject.in_(subjects), QueueClaim.until > now)
    return {claim.subject: claim for claim in db.session.scalars(wish)}
