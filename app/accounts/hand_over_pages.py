"""The two screens of a hand-over: one waits and shows a code, the other is in, types it and says yes."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door, hand_over_rules
from app.accounts.aliases import say_alias
from app.accounts.models import Member
from app.accounts.schemas import CodeSchema, typed
from app.db import clock, db, writing
from app.errors import Refusal
from app.i18n import language

bp = Blueprint("hand_over", __name__, url_prefix="/hand-over")
NOT_KEPT = {"Cache-Control": "no-store"}
SECRET = "hand_over"  # noqa: S105 - the name under which this browser's cookie keeps it


@bp.get("")
@may("come in")
def wait() -> ResponseReturnValue:
    """What this is; then the code; then, once somebody has said yes, the way in."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    shown = hand_over_rules.waiting(session.get(SECRET, ""), now=clock())
    alias = say_alias(shown.alias, language()) if shown and shown.alias else ""
    return render_template("accounts/hand_over.html", waiting=shown, alias=alias), NOT_KEPT


@bp.post("")
@may("come in")
def begin() -> ResponseReturnValue:
    """From now on this browser waits. Refused: `TooManyTries`."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    with writing():
        secret = hand_over_rules.begin(visitor=door.visitor(), now=clock())
    # Kept when the app is closed meanwhile: whoever looks for the other browser leaves this one.
    session[SECRET], session.permanent = secret, True
    return redirect("/hand-over", 303)


@bp.post("/entry")
@may("come in")
def enter() -> ResponseReturnValue:
    """In, as whoever said yes. Refused: `NotLetIn`."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    with writing():
        entry = hand_over_rules.enter(session.get(SECRET, ""), now=clock())
    door.come_in(*entry)
    return redirect(door.home(entry[0]), 303)


@bp.get("/code")
@may("hand over")
def ask_for_code() -> str:
    """Where the code of the other screen is typed."""
    return _code_page({})


@bp.post("/code")
@may("hand over")
def bring_code() -> ResponseReturnValue:
    """What will happen, and one button; nothing happens yet. A wrong code is counted."""
    code = typed(CodeSchema, request.form)["code"]
    with writing():
        found = hand_over_rules.look(code, session_id=_session(), now=clock())
    if isinstance(found, Refusal):
        return _code_page({"code": code}, found), found.status
    ago = hand_over_rules.minutes_ago(found, now=clock())
    return render_template("accounts/hand_over_consent.html", code=code, ago=ago), NOT_KEPT


@bp.post("/consent")
@may("hand over")
def consent() -> ResponseReturnValue:
    """The other screen may come in as this member."""
    code = typed(CodeSchema, request.form)["code"]
    with writing():
        me = db.session.get_one(Member, cast(int, current_user.id))
        found = hand_over_rules.let_in(me, code, session_id=_session(), now=clock())
    if isinstance(found, Refusal):
        return _code_page({"code": code}, found), found.status
    return redirect("/hand-over/code?done=1", 303)


def _session() -> str:
    return str(current_user.session.public_id)


def _code_page(brought: dict[str, str], refusal: Refusal | None = None) -> str:
    done = "done" in request.args
    return render_template(
        "accounts/hand_over_code.html", brought=brought, refusal=refusal, done=done
    )
