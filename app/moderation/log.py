"""The decision log: every ruling, who made it and why, newest first, by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.db import db
from app.i18n import _, _l, clock_time, day_word
from app.moderation.models import Decision, Ruling
from app.moderation.phrases import in_the_log

PAGE = 30
WEEK = timedelta(days=7)
LOOKS = {
    Ruling.PUBLISHED: ("moss", "check", _l("Published")),
    Ruling.FIRST_YES: ("mist", "check", _l("First of two said yes")),
    Ruling.ASKED_TO_FIX: ("rye", "pencil", _l("Asked to fix")),
    Ruling.DECLINED: ("clay", "x", _l("Declined")),
    Ruling.PINNED: ("corn", "map-pin", _l("Pin set")),
    Ruling.TAKEN_BACK: ("mist", "undo-2", _l("Taken back")),
    Ruling.UPHELD: ("clay", "eye-off", _l("Hidden: what people told is so")),
    Ruling.PUT_BACK: ("moss", "undo-2", _l("Put back")),
    Ruling.SUSPENDED: ("clay", "hand", _l("Business suspended")),
    Ruling.REINSTATED: ("moss", "undo-2", _l("Business reinstated")),
    Ruling.STOPPED: ("clay", "hand", _l("Account stopped by two")),
    Ruling.LET_BE: ("mist", "check", _l("Looked at, nothing done")),
    Ruling.APPEAL_GRANTED: ("moss", "undo-2", _l("Appeal accepted")),
    Ruling.APPEAL_KEPT: ("rye", "scale", _l("Appeal declined")),
}


@dataclass(frozen=True)
class Entry:
    """One ruling in words."""

    tone: str
    picture: str
    word: str
    title: str
    why: str
    who: str


@dataclass(frozen=True)
class Log:
    """A page of the log; `earlier` is the id to ask on from, None at its end."""

    days: list[tuple[str, list[Entry]]]
    earlier: int | None


def log_view(before: int | None, zone: str, *, now: datetime) -> Log:
    """Rulings older than `before` (by default the newest), in the language now being spoken."""
    wish = sa.select(Decision).options(joinedload(Decision.moderator)).order_by(Decision.id.desc())
    if before is not None:
        wish = wish.where(Decision.id < before)
    found = list(db.session.scalars(wish.limit(PAGE + 1)))
    shown = found[:PAGE]
    days = [
        (day, [_entry(one, shown, zone) for one in rulings if not _spoken_for(one, shown)])
        for day, rulings in groupby(shown, key=lambda one: day_word(one.at, zone, now))
    ]
    more = shown[-1].id if len(found) > PAGE else None
    return Log([(day, entries) for day, entries in days if entries], more)


def decided_lately(now: datetime) -> int:
    """Rulings of the last seven days."""
    wish = sa.select(sa.func.count()).where(Decision.at > now - WEEK)
    return db.session.scalar(wish) or 0


def _first_of(decision: Decision, shown: Sequence[Decision]) -> Decision | None:
    """The first yes that this publication completed."""
    older = [one for one in shown if one.subject == decision.subject and one.id < decision.id]
    complete = decision.ruling is Ruling.PUBLISHED and older
    return older[0] if complete and older[0].ruling is Ruling.FIRST_YES else None


def _spoken_for(decision: Decision, shown: Sequence[Decision]) -> bool:
    return decision.ruling is Ruling.FIRST_YES and any(
        _first_of(one, shown) is decision for one in shown
    )


def _entry(decision: Decision, shown: Sequence[Decision], zone: str) -> Entry:
    tone, picture, word = LOOKS[decision.ruling]
    first, name = _first_of(decision, shown), decision.moderator.name
    who = (
        _("%(first)s, then %(second)s", first=first.moderator.name, second=name) if first else name
    )
    fixed = decision.ruling is Ruling.ASKED_TO_FIX
    return Entry(
        tone=tone,
        picture=picture,
        word=_("Published by two") if first else str(word),
        title=decision.title,
        why=in_the_log(decision.reason) if fixed else decision.reason,
        who=f"{who} · {clock_time(decision.at, zone)}",
    )
