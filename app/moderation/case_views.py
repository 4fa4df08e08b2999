"""One case put into words: what was said, what has been decided, and what can be done by this moderator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.accounts.models import Moderator
from app.db import db
from app.errors import NotFound
from app.i18n import _, day_and_time, ngettext, short_date
from app.moderation import appeal_rules, queue, report_rules, rulings, truth_view, visit_rules
from app.moderation.case_models import Appeal, VisitReport
from app.moderation.models import Decision
from app.moderation.reasons import OF_A_VISIT, OF_AN_OFFER
from app.offers.models import Offer, Provider, State
from app.offers.texts import text_for


class Deed(NamedTuple):
    """A button; `about` is what it does, in a sentence."""

    value: str
    word: str
    picture: str
    look: str = "quiet"


class Said(NamedTuple):
    """One thing somebody said: a ready sentence, own words, and the day."""

    picture: str
    sentence: str
    words: str
    when: str


@dataclass(frozen=True)
class Shown:
    """`hints` are sentences above the buttons; without `deeds` somebody else decides.

    `of_member`: why it is decided so is kept with the case, not in the log.
    """

    subject: str
    heading: str
    title: str
    sub: str
    said: list[Said]
    hints: list[str]
    deeds: list[Deed]
    business: int | None = None
    offers: list[Any] | None = None
    of_member: bool = False


def case_view(subject: str, me: Moderator, *, now: datetime) -> Shown:
    """The case for this moderator. `NotFound`: decided, unknown, or of their own business."""
    kind, _colon, key = subject.partition(":")
    if kind in ("report", "business") and not queue.key_of(key):
        raise NotFound()
    make = {"report": _report, "visit": _visit, "appeal": _appeal, "business": _business}.get(kind)
    if make is None:
        raise NotFound()
    return make(key, me, now)


def _report(key: str, me: Moderator, now: datetime) -> Shown:
    offer = db.session.get(Offer, int(key))
    reports = report_rules.waiting_on(int(key))
    if offer is None or not report_rules.waits(offer, reports):
        raise NotFound()
    _not_own(f"offer:{key}", me)
    said = [
        Said(*_ready(OF_AN_OFFER[one.reason]), one.words or "", short_date(one.made_at.date()))
        for one in reports
    ]
    spoken = appeal_rules.spoken(f"offer:{key}") if offer.state is State.HIDDEN else None
    hidden = offer.state is State.HIDDEN
    shown = _("hidden until somebody looks") if hidden else _("still shown")
    return Shown(
        f"report:{key}",
        _("Told by members"),
        text_for(offer, "").title,
        f"{offer.provider.name} · {shown}",
        said + _answer(spoken),
        [_("Nobody learns who told, not even you. Call or visit the business if in doubt.")],
        [
            Deed("put_back", _("Put back") if hidden else _("It may stay"), "check", ""),
            Deed("uphold", _("It is so: take it down"), "eye-off"),
        ],
        business=offer.provider_id,
    )


def _ready(found: tuple[str, Any]) -> tuple[str, str]:
    return found[0], str(found[1])


def _answer(spoken: Appeal | None) -> list[Said]:
    if spoken is None:
        return []
    when = short_date(spoken.made_at.date())
    return [Said("scale", _("How they see it"), spoken.words or "", when)]


def _visit(key: str, me: Moderator, now: datetime) -> Shown:
    row = visit_rules.find(key)
    if row.ruled_at is not None:
        raise NotFound()
    _not_own(f"provider:{row.provider_id}", me)
    yes = visit_rules.first_yes(row)
    mine = yes is not None and yes.moderator_id == me.id
    hints = [
        _(
            "It takes two to stop an account. Nobody sees whose it is: that person is told and may object."
        )
    ]
    if mine:
        hints.append(_("You have said yes. Somebody else says the second."))
    elif yes is not None:
        hints.append(_("%(name)s has said yes. Yours is the second.", name=yes.moderator.name))
    return Shown(
        f"visit:{key}",
        _("A business tells of a visit"),
        row.provider.name,
        _visit_said(row, now),
        [
            Said(*_ready(OF_A_VISIT[row.reason]), row.words or "", short_date(row.made_at.date())),
            *_first_yes(row, yes),
        ],
        hints,
        [Deed("let_be", _("Nothing needs doing"), "check", "")]
        + ([] if mine else [Deed("stop", _("Stop this account"), "hand")]),
        business=row.provider_id,
        of_member=True,
    )


def _first_yes(row: VisitReport, yes: Decision | None) -> list[Said]:
    if yes is None:
        return []
    return [Said("check", yes.moderator.name, row.why or "", short_date(yes.at.date()))]


def _visit_said(row: VisitReport, now: datetime) -> str:
    visit = visit_rules.visit_of(row)
    starts = datetime.fromisoformat(str(visit["starts_at"]))
    when = day_and_time(starts, str(visit["timezone"]), now)
    return " · ".join([str(visit["title"]), when, _("Code") + f" {visit['code']}"])


def _appeal(key: str, me: Moderator, now: datetime) -> Shown:
    row = appeal_rules.find(key)
    if row.ruled_at is not None or row.decision_id is None:
        raise NotFound()
    if row.provider_id is not None:
        _not_own(f"provider:{row.provider_id}", me)
    decided = me.id in rulings.deciders(row.subject)
    deeds = [
        Deed("keep", _("The decision stays"), "check"),
        Deed("grant", _("They are right: give it back"), "undo-2", ""),
    ]
    return Shown(
        f"appeal:{key}",
        _("An objection"),
        appeal_rules.title_of(row),
        short_date(row.made_at.date()),
        [*_decided(row), *_answer(row)],
        [_("You have decided this before: somebody else looks at the objection.")]
        if decided
        else [],
        [] if decided else deeds[::-1],
        business=row.provider_id,
        of_member=row.member_id is not None,
    )


def _decided(row: Appeal) -> list[Said]:
    decision = rulings.last(row.subject, rulings.AGAINST)
    if decision is None:
        return []
    who = _("Decided by %(name)s", name=decision.moderator.name)
    why = visit_rules.why(row.subject) if row.member_id else decision.reason
    return [Said("clipboard-check", who, why, short_date(decision.at.date()))]


def _business(key: str, me: Moderator, now: datetime) -> Shown:
    business = db.session.get(Provider, int(key))
    if business is None or business.state not in (State.APPROVED, State.SUSPENDED):
        raise NotFound()
    _not_own(f"provider:{key}", me)
    suspended = business.state is State.SUSPENDED
    mine = suspended and me.id in rulings.deciders(f"provider:{key}")
    offers = truth_view.of_business(business)
    deed = (
        Deed("reinstate", _("Reinstate"), "undo-2", "")
        if suspended
        else Deed("suspend", _("Suspend this business"), "hand")
    )
    return Shown(
        f"business:{key}",
        _("A business"),
        business.name,
        _("suspended") if suspended
        else ngettext("%(num)d offer", "%(num)d offers", len(offers)),
        [Said("hand", _("Why"), business.review_note, "")] if suspended else [],
        [_("You suspended it: somebody else reinstates it.")] if mine
        else [] if suspended
        else [_("All its offers are hidden at once; everybody who was coming is told and offered other times.")],
        [] if mine else [deed],
        offers=offers,
    )  # fmt: skip


def _not_own(subject: str, me: Moderator) -> None:
    if queue.is_own(subject, me):
        raise NotFound()
