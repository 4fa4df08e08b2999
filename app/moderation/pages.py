"""The moderator's queue: one card after another, publish in one tap."""

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
from app.moderation import log, phrases, queue, reversal_rules, rules, views
from app.moderation.cards import Card
from app.moderation.schemas import FixForm, PinForm, RefusalForm, publication_form
from app.offers.geocoding import suggestions
from app.settings import settings

bp = Blueprint("moderation", __name__)
ON_A_CARD = "/queue/<subject>"


def _me() -> Moderator:
    """The signed-in moderator, loaded anew: `writing()` forgets what was read before."""
    return db.session.get_one(Moderator, cast(int, current_user.id))


@bp.get("/queue")
@may("review")
def waiting() -> str:
    """What waits, oldest first; beside it, on a wide screen, the oldest card."""
    now, me = clock(), _me()
    cards = queue.waiting(me, now=now)
    return render_template(
        "moderation/queue.html",
        queue=views.queue_view(cards, me, now=now),
        card=views.card_view(cards[0], me, now=now) if cards else None,
        undo=views.undo_view(me, request.args.get("done", type=int), now=now),
    )


@bp.get(ON_A_CARD)
@may("review")
def card(subject: str) -> str:
    """One card as members will see it, with what differs and what to look at."""
    return _card(subject)


def _card(subject: str, typed: Any = None, wrong: ValidationError | None = None) -> str:
    now, me = clock(), _me()
    cards = queue.waiting(me, now=now)
    return render_template(
        "moderation/queue.html",
        queue=views.queue_view(cards, me, now=now, chosen=subject),
        card=views.card_view(queue.find(subject, me, now=now), me, now=now, among=cards),
        chosen=subject,
        typed=typed or {},
        errors=wrong.messages if wrong else {},
    )


@bp.post(ON_A_CARD + "/claim")
@may("review")
def claim(subject: str) -> Response:
    """I am looking: the others see it for twenty minutes."""
    with writing():
        rules.claim(subject, _me(), now=clock())
    return redirect(url_for(".card", subject=subject), 303)


@bp.post(ON_A_CARD + "/publication")
@may("review")
@needs_fresh_proof_for(lambda subject: subject.startswith("provider:"))
def publish(subject: str) -> Response | tuple[str, int]:
    """Yes: at once, or as the first of two."""
    try:
        note = publication_form(subject).load(request.form)["note"]
    except ValidationError as wrong:
        return _card(subject, request.form, wrong), 422
    with writing():
        decision = rules.publish(subject, _me(), note, now=clock())
    return redirect(url_for(".waiting", done=decision.id), 303)


@bp.post("/decisions/<int:decision_id>/reversal")
@may("review")
def take_back(decision_id: int) -> Response:
    """The yes of a moment ago was a slip."""
    with writing():
        reversal = reversal_rules.take_back(decision_id, _me(), now=clock())
    return redirect(url_for(".card", subject=reversal.subject), 303)


@bp.get(ON_A_CARD + "/fix-request")
@may("review")
def fix(subject: str) -> str:
    """Ready phrases in the business's language, and room for own words."""
    return _form("fix", subject, {})


@bp.post(ON_A_CARD + "/fix-request")
@may("review")
def send_fix(subject: str) -> Response | tuple[str, int]:
    """Give it back with a request."""
    typed = {**request.form, "why": request.form.getlist("why")}
    try:
        form = FixForm().load(typed)
    except ValidationError as wrong:
        return _form("fix", subject, typed, wrong), 422
    with writing():
        me, now = _me(), clock()
        words = phrases.message(**form, language=_reader(queue.find(subject, me, now=now)))
        rules.ask_to_fix(subject, me, **form, words=words, now=now)
    return redirect(url_for(".waiting"), 303)


@bp.get(ON_A_CARD + "/refusal")
@may("review")
def refusal(subject: str) -> str:
    """Where the reason is written."""
    return _form("refusal", subject, {})


@bp.post(ON_A_CARD + "/refusal")
@may("review")
def decline(subject: str) -> Response | tuple[str, int]:
    """No, with the reason the business reads."""
    try:
        reason = RefusalForm().load(request.form)["reason"]
    except ValidationError as wrong:
        return _form("refusal", subject, request.form, wrong), 422
    with writing():
        rules.decline(subject, _me(), reason, now=clock())
    return redirect(url_for(".waiting"), 303)


@bp.get(ON_A_CARD + "/pin")
@may("review")
def pin(subject: str) -> str:
    """Where the point on the map is given."""
    return _pin_form(subject, {})


def _pin_form(subject: str, typed: Any, wrong: ValidationError | None = None) -> str:
    offer = queue.find(subject, _me(), now=clock()).offer
    found, silent = suggestions(offer.location if offer else None, settings())
    return _form("pin", subject, typed, wrong, found=found, silent=silent)


@bp.post(ON_A_CARD + "/pin")
@may("review")
def set_pin(subject: str) -> Response | tuple[str, int]:
    """Now it can be found nearby."""
    try:
        point = PinForm().load(request.form)
    except ValidationError as wrong:
        return _pin_form(subject, request.form, wrong), 422
    with writing():
        rules.pin(subject, _me(), point["lat"], point["lon"], now=clock())
    return redirect(url_for(".card", subject=subject), 303)


def _form(
    name: str, subject: str, typed: Any, wrong: ValidationError | None = None, **more: Any
) -> str:
    now, me = clock(), _me()
    found = queue.find(subject, me, now=now)
    reader = _reader(found)
    return render_template(
        f"moderation/{name}.html",
        card=views.card_view(found, me, now=now),
        reader=reader,
        phrases=phrases.offered(found.offer is None, reader),
        letter=phrases.message([], "", reader).split("\n"),
        typed=typed,
        errors=wrong.messages if wrong else {},
        **more,
    )


def _reader(found: Card) -> str:
    """The language the business reads; an unclaimed one has nobody who reads."""
    account = found.provider.account
    return account.language if account else "en"


@bp.get("/decisions")
@may("review")
def decisions() -> str:
    """Every ruling, who made it and why. Nothing here can be changed."""
    now, me = clock(), _me()
    return render_template(
        "moderation/log.html",
        log=log.log_view(request.args.get("before", type=int), views.house_zone(), now=now),
        queue=views.queue_view([], me, now=now),
        lately=log.decided_lately(now),
    )
