"""The front door, the card, help, and who runs this."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door
from app.accounts.entry_rules import enter_with_card
from app.accounts.schemas import CardSchema, typed
from app.db import clock, public_id, writing
from app.errors import Refusal
from app.i18n import language
from app.settings import settings

bp = Blueprint("accounts", __name__)
# Flask-WTF's token needs a session cookie and so differs from browser to browser: never kept by a cache.
NOT_KEPT = {"Cache-Control": "no-store"}


@bp.get("/")
@may("come in")
def front() -> ResponseReturnValue:
    """What this is and three ways in; whoever is in already goes to their own things."""
    where = door.home(current_user)
    if where != "/":
        return redirect(where, 303)
    page = make_response(render_template("accounts/front.html"))
    page.headers["X-Robots-Tag"] = "all"
    return page


@bp.get("/card")
@may("come in")
def card() -> ResponseReturnValue:
    """Three promises and one button. The card's token stays in the fragment, which no server is sent."""
    if current_user.is_authenticated:
        # A fragment of its own keeps the browser from carrying the token on to the next address.
        return redirect(door.home(current_user) + "#main", 303)
    return _card_page({"nonce": public_id()}), NOT_KEPT


@bp.post("/card")
@may("bring a card")
def bring_card() -> ResponseReturnValue:
    """A card for a session. Sent again from the same page within 15 minutes it gives the same account."""
    if current_user.is_authenticated:
        return redirect(door.home(current_user), 303)
    brought = typed(CardSchema, request.form)
    token, nonce, who = brought["invitation"], brought["nonce"], door.visitor()
    with writing():
        entry = enter_with_card(token, nonce, language=language(), visitor=who, now=clock())
    if isinstance(entry, Refusal):
        return _card_page(brought, entry), entry.status, NOT_KEPT
    door.come_in(*entry)
    return redirect("/nearby" if entry[0].city else "/place", 303)


@bp.get("/help")
@may("read about us")
def help_page() -> str:
    """Whom to ask, how this works, and the first days."""
    return render_template("accounts/help.html", operator=settings().operator)


@bp.get("/who-runs-this")
@may("read about us")
def who_runs_this() -> str:
    """The operator, what is kept and what is not."""
    return render_template("accounts/who.html", operator=settings().operator)


def _card_page(brought: dict[str, str], refusal: Refusal | None = None) -> str:
    return render_template("accounts/card.html", brought=brought, refusal=refusal)
