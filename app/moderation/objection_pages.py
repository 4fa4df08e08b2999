"""Objecting: a business to a decision about an offer or itself, a member to being stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.accounts.models import Member
from app.db import clock, db, writing
from app.errors import NotFound
from app.i18n import day_and_time, language
from app.moderation import appeal_rules, visit_rules
from app.moderation.case_models import VisitReport
from app.moderation.case_schemas import ObjectionForm
from app.moderation.reasons import OF_A_VISIT
from app.offers.mine import my_own_business
from app.offers.models import Offer
from app.offers.texts import text_for

bp = Blueprint("objections", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/my/objections/<subject>")
@may("list offers")
def of_business(subject: str) -> str:
    """What was decided, and room to say how the business sees it."""
    return _objection_page(subject, {})


def _objection_page(subject: str, errors: dict[str, Any]) -> str:
    business = my_own_business()
    if not appeal_rules.may_object(subject, business):
        raise NotFound()
    what, _colon, number = subject.partition(":")
    offer = db.session.get(Offer, int(number)) if what == "offer" else None
    return render_template(
        "moderation/objection.html",
        title=text_for(offer, language()).title if offer else business.name,
        back=f"/my/offers/{offer.id}" if offer else "/my/business",
        reason=offer.review_note if offer else business.review_note,
        spoken=appeal_rules.spoken(subject),
        typed=request.form,
        errors=errors,
    )


@bp.post("/my/objections/<subject>")
@may("list offers")
def object_as_business(subject: str) -> Page:
    """Sent to somebody else than who decided first."""
    try:
        words = ObjectionForm().load(request.form)["words"]
    except ValidationError as wrong:
        return _objection_page(subject, wrong.messages_dict), 422
    with writing():
        appeal_rules.object_as_business(subject, my_own_business(), words, now=clock())
    return redirect(request.path, 303)


@bp.get("/my-case")
@may("own my data")
def my_case() -> Page:
    """Why booking is stopped, and how to object; own data is a tap away."""
    subject = _me().stopped_for
    return _case_page(subject, {}) if subject else redirect("/", 303)


def _case_page(subject: str, errors: dict[str, Any]) -> str:
    row = visit_rules.stopped_for(_me(), now=clock())
    return render_template(
        "moderation/my_case.html",
        told=OF_A_VISIT[row.reason][1] if row else "",
        business=row.provider.name if row else "",
        when=_when(row) if row else "",
        reason=row.why or "" if row else "",
        spoken=appeal_rules.spoken(subject),
        typed=request.form,
        errors=errors,
    )


def _when(row: VisitReport) -> str:
    about = visit_rules.visit_of(row)
    starts_at = datetime.fromisoformat(str(about["starts_at"]))
    return day_and_time(starts_at, str(about["timezone"]), clock())


@bp.post("/my-case")
@may("own my data")
def object_as_member() -> Page:
    """Sent to somebody else than the two who decided."""
    try:
        words = ObjectionForm().load(request.form)["words"]
    except ValidationError as wrong:
        return _case_page(_me().stopped_for or "", wrong.messages_dict), 422
    with writing():
        appeal_rules.object_as_member(_me(), words, now=clock())
    return redirect(request.path, 303)


def _me() -> Member:
    return db.session.get_one(Member, current_user.id)
