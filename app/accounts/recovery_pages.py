"""A way back for whoever loses the phone: made in Settings, used at the door."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door
from app.accounts.models import Member
from app.accounts.recovery_rules import (
    WayBack,
    come_back,
    draw_way_back,
    keep_way_back,
    member_by_way_back,
)
from app.accounts.schemas import WayBackSchema, typed
from app.db import clock, db, writing
from app.errors import Refusal

bp = Blueprint("recovery", __name__)
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.get("/settings/way-back")
@may("own my data")
def ask() -> str:
    """What it is for, and whether there is one already."""
    return render_template("accounts/way_back.html", has_one=_me().recovery_hash is not None)


@bp.post("/settings/way-back")
@may("own my data")
def make() -> ResponseReturnValue:
    """A number and digits, on this screen, this once. Older digits lead nowhere from now on."""
    drawn = draw_way_back()
    with writing():
        kept = keep_way_back(_me(), drawn)
    return _shown(kept)


@bp.get("/way-back")
@may("come in")
def bring() -> ResponseReturnValue:
    """Number and digits, typed; whoever is in already goes to their own things."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    return _form({}), NOT_KEPT


@bp.post("/way-back")
@may("come in")
def come_in() -> ResponseReturnValue:
    """The same account again, signed out everywhere else, with new digits for the next time."""
    brought, now = typed(WayBackSchema, request.form), clock()
    number, drawn = brought["number"], draw_way_back()
    member = member_by_way_back(number, brought["digits"], now=now)
    with writing():
        back = come_back(member, number, drawn, visitor=door.visitor(), now=now)
    if isinstance(back, Refusal):
        return _form(brought, back), back.status, NOT_KEPT
    door.come_in(*back[0])
    return _shown(back[1])


def _me() -> Member:
    return db.session.get_one(Member, cast(int, current_user.id))


def _form(brought: dict[str, str], refusal: Refusal | None = None) -> str:
    return render_template("accounts/come_back.html", brought=brought, refusal=refusal)


def _shown(kept: WayBack) -> ResponseReturnValue:
    return render_template("accounts/way_back_made.html", kept=kept), NOT_KEPT
