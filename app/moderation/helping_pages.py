"""A volunteer at somebody's side: books with that person's one-time code, reads thank-yous before they go on."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.accounts.failure_rules import TooManyTries, note_failure, too_many
from app.accounts.models import Member, Moderator
from app.bookings import consent_rules, rules, times, word_rules
from app.bookings.models import Booking
from app.bookings.schemas import ForSomeoneForm, load
from app.bookings.shown import choices, shown
from app.db import clock, db, public_id, writing
from app.errors import BadInput, Refusal
from app.i18n import day_and_time
from app.moderation import thanks_rules
from app.offers.looks import CATEGORIES
from app.offers.models import Category, Slot

bp = Blueprint("helping", __name__)
Page = str | Response | tuple[str, int]
CODES = "consent"
MOST_WRONG = 5
SHOWN = 20


@bp.get("/for-someone")
@may("review")
def choose() -> str:
    """What does the person beside you need? Then the soonest times."""
    now, kind = clock(), request.args.get("kind", "")
    found = _soonest(kind) if kind.upper() in Category.__members__ else []
    return render_template(
        "moderation/for_someone.html",
        kinds=[
            (c.name.lower(), look.word, look.picture, look.tone) for c, look in CATEGORIES.items()
        ],
        kind=kind,
        choices=choices(found, now),
        done="done" in request.args,
    )


def _soonest(kind: str) -> list[Slot]:
    return times.soonest(Category[kind.upper()], SHOWN, now=clock())


@bp.get("/for-someone/<int:slot_id>")
@may("review")
def ask_code(slot_id: int) -> str:
    """Their code, typed here."""
    return _form(slot_id, {})


def _form(slot_id: int, errors: dict[str, Any]) -> str:
    slot, now = rules.bookable(slot_id), clock()
    zone = times.zone_of(slot.offer)
    return render_template(
        "moderation/for_someone_code.html",
        slot=slot,
        offer=shown(slot.offer),
        when=day_and_time(slot.starts_at, zone, now),
        typed=request.form,
        once=public_id(),
        errors=errors,
    )


@bp.post("/for-someone/<int:slot_id>")
@may("review")
def book(slot_id: int) -> Page:
    """Booked by the person's own rules, in their name, and they are told who did it."""
    try:
        form = load(ForSomeoneForm(), request.form)
        with writing():
            done = _book(slot_id, form["code"], form["once"] or public_id())
        if isinstance(done, Refusal):
            raise done
    except BadInput as refusal:
        return _form(slot_id, refusal.more["errors"]), refusal.status
    except (consent_rules.CodeNotGood, TooManyTries, rules.NotBooked) as refusal:
        return _form(slot_id, {"code": [refusal.sentence]}), refusal.status
    return redirect(url_for(".choose", done=1), 303)


def _book(slot_id: int, code: str, once: str) -> Booking | Refusal:
    """A wrong code is counted and the refusal handed back, so that the count is kept."""
    me, now = f"moderator:{current_user.id}", clock()
    if too_many(CODES, me, now=now, most=MOST_WRONG):
        return TooManyTries()
    try:
        member: Member = consent_rules.holder_of(code, now=now)
    except consent_rules.CodeNotGood as refusal:
        note_failure(CODES, me, now=now)
        return refusal
    return consent_rules.book_for(member, slot_id, once=once, now=now)


@bp.get("/thanks")
@may("review")
def thanks() -> str:
    """Thank-yous in own words: read, then passed on or not."""
    return render_template("moderation/thanks.html", waiting=word_rules.waiting_thanks())


@bp.post("/thanks/<thanks_id>/publication")
@may("review")
def pass_on(thanks_id: str) -> Response:
    """The business reads it now."""
    with writing():
        thanks_rules.pass_on(thanks_id, _me(), now=clock())
    return redirect(url_for(".thanks"), 303)


@bp.post("/thanks/<thanks_id>/refusal")
@may("review")
def hold_back(thanks_id: str) -> Response:
    """Nobody else reads it."""
    with writing():
        thanks_rules.hold_back(thanks_id, _me(), now=clock())
    return redirect(url_for(".thanks"), 303)


def _me() -> Moderator:
    return db.session.get_one(Moderator, cast(int, current_user.id))


@bp.app_context_processor
def waiting() -> dict[str, Any]:
    """For the queue's page: how many thank-yous wait."""
    return {"thanks_waiting": lambda: len(word_rules.waiting_thanks())}
