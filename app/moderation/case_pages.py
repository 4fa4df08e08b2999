"""What people told, objections, businesses: one page for each case, for moderators."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.accounts.fresh import needs_fresh_proof_for
from app.accounts.models import Moderator
from app.db import clock, db, writing
from app.errors import NotFound
from app.moderation import (
    appeal_rules,
    case_views,
    cases,
    queue,
    report_rules,
    rules,
    suspension_rules,
    truth_view,
    views,
    visit_rules,
)
from app.moderation.case_schemas import RulingForm

bp = Blueprint("cases", __name__)
# Kind and ruling -> the rule, and how its key is read.
RULES: dict[tuple[str, str], tuple[Any, Any]] = {
    ("report", "uphold"): (report_rules.uphold, int),
    ("report", "put_back"): (report_rules.put_back, int),
    ("visit", "stop"): (visit_rules.stop, str),
    ("visit", "let_be"): (visit_rules.let_be, str),
    ("appeal", "grant"): (appeal_rules.grant, str),
    ("appeal", "keep"): (appeal_rules.keep, str),
    ("business", "suspend"): (suspension_rules.suspend, int),
    ("business", "reinstate"): (suspension_rules.reinstate, int),
}


def _me() -> Moderator:
    return db.session.get_one(Moderator, cast(int, current_user.id))


@bp.get("/cases/<subject>")
@may("review")
def case(subject: str) -> str:
    """What was said, and what can be done."""
    return _page(subject)


def _page(subject: str, typed: Any = None, wrong: ValidationError | None = None) -> str:
    return render_template(
        "moderation/case.html",
        case=case_views.case_view(subject, _me(), now=clock()),
        typed=typed or {},
        errors=wrong.messages if wrong else {},
    )


@bp.post("/cases/<subject>/claim")
@may("review")
def claim(subject: str) -> Response:
    """I am looking: the others see it for twenty minutes."""
    with writing():
        case_views.case_view(subject, _me(), now=clock())
        rules.hold(subject, _me(), now=clock())
    return redirect(url_for(".case", subject=subject), 303)


@bp.post("/cases/<subject>/ruling")
@may("review")
@needs_fresh_proof_for(lambda subject: subject.startswith(("business:", "appeal:", "visit:")))
def rule(subject: str) -> Response | tuple[str, int]:
    """Decide. What is decided against somebody says why: they read it."""
    try:
        form = RulingForm().load(request.form)
    except ValidationError as wrong:
        return _page(subject, request.form, wrong), 422
    kind, _colon, key = subject.partition(":")
    decide, read = RULES.get((kind, form["ruling"]), (None, str))
    if decide is None or (read is int and not queue.key_of(key)):
        raise NotFound()
    with writing():
        decide(read(key), _me(), form["words"], now=clock())
        rules.let_go(subject)
    return redirect(url_for("moderation.waiting"), 303)


@bp.get("/businesses")
@may("review")
def businesses() -> str:
    """Found by name; suspended ones, and those who have not said yet that all is still true."""
    name = request.args.get("q", "")[:60].strip()
    return render_template(
        "moderation/businesses.html",
        name=name,
        found=truth_view.found(name),
        silent=[] if name else truth_view.unanswered(),
    )


@bp.app_context_processor
def waiting() -> dict[str, Any]:
    """For the queue's page and the log: what people have told, and how many objections wait."""
    return {"cases_waiting": _lines, "open_appeals": cases.open_appeals}


def _lines() -> list[tuple[cases.Case, str]]:
    me, now = _me(), clock()
    return [(one, _wait(one, me)) for one in cases.open_cases(me, now=now)]


def _wait(one: cases.Case, me: Moderator) -> str:
    waits = views.waiting_words(clock() - one.since)
    if one.claim is None:
        return waits
    return f"{waits}, {views.hands(one.claim, me)}"
