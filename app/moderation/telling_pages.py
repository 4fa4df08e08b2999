"""Telling the moderators: a member of an offer, a business of a visit."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.accounts.models import Member
from app.bookings.shown import shown, visit
from app.bookings.today_pages import seen
from app.db import clock, db, writing
from app.moderation import report_rules, visit_rules
from app.moderation.case_schemas import ReportForm, VisitReportForm
from app.moderation.reasons import OF_A_VISIT, OF_AN_OFFER

bp = Blueprint("telling", __name__)
Page = str | Response | tuple[str, int]


@bp.get("/offers/<int:offer_id>/reports")
@may("browse")
def of_offer(offer_id: int) -> str:
    """What is wrong here? One tap on a sentence tells it."""
    return _offer_page(offer_id, {})


def _offer_page(offer_id: int, errors: dict[str, Any]) -> str:
    offer = report_rules.reportable(offer_id, current_user)
    return render_template(
        "moderation/tell_offer.html", shown=shown(offer), reasons=OF_AN_OFFER, typed=request.form, errors=errors
    )  # fmt: skip


@bp.post("/offers/<int:offer_id>/reports")
@may("browse")
def tell_offer(offer_id: int) -> Page:
    """Told, and nobody learns by whom."""
    try:
        form = ReportForm().load(request.form)
    except ValidationError as wrong:
        return _offer_page(offer_id, wrong.messages_dict), 422
    with writing():
        me = db.session.get_one(Member, current_user.id)
        report_rules.report(offer_id, me, form["reason"], form["words"], now=clock())
    return redirect(url_for(".told"), 303)


@bp.get("/told")
@may("browse")
def told() -> str:
    """What happens now."""
    return render_template("moderation/told.html")


@bp.get("/today/<booking_id>/report")
@may("see today")
def of_visit(booking_id: str) -> str:
    """What happened at this visit?"""
    return _visit_page(booking_id, {})


def _visit_page(booking_id: str, errors: dict[str, Any]) -> str:
    booking = seen(booking_id)
    told = visit_rules.of_booking(booking)
    return render_template(
        "moderation/tell_visit.html",
        visit=visit(booking, clock()),
        told=told,
        may_tell=told is None or visit_rules.may_change(told),
        reasons=OF_A_VISIT,
        typed=request.form,
        errors=errors,
    )


@bp.post("/today/<booking_id>/report")
@may("see today")
def tell_visit(booking_id: str) -> Page:
    """Two moderators look at it; whose visit it was stays unknown to all."""
    try:
        form = VisitReportForm().load(request.form)
    except ValidationError as wrong:
        return _visit_page(booking_id, wrong.messages_dict), 422
    with writing():
        visit_rules.report_visit(seen(booking_id), form["reason"], form["words"], now=clock())
    return redirect(request.path, 303)
