"""Cards, for whoever may let people in: one on the screen, ten on paper, and what became of one's own."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts.fresh import needs_fresh_proof
from app.accounts.invitation_rules import cards_left, mint, own_cards, revoke
from app.accounts.models import Invitation, Moderator
from app.db import clock, db, writing
from app.errors import NotFound
from app.settings import settings

bp = Blueprint("invitations", __name__, url_prefix="/invitations")
ON_A_SHEET = 10


def _me() -> Moderator:
    return db.session.get_one(Moderator, cast(int, current_user.id))


@bp.get("")
@may("invite")
def mine() -> str:
    """What may still be made today, and the states of one's own cards: never whose they became."""
    now, me = clock(), _me()
    return render_template(
        "accounts/invitations.html",
        left=cards_left(me, now=now),
        cards=own_cards(me, now=now),
        now=now,
    )


@bp.post("")
@may("invite")
@needs_fresh_proof
def show() -> ResponseReturnValue:
    """One card, on this screen, this once. Refused: `EnoughForToday`."""
    with writing():
        card = mint(_me(), now=clock())
        left = cards_left(_me(), now=clock())
    link = card.link(settings().base_url)
    return render_template("accounts/invitation.html", card=card, link=link, left=left), {
        "Cache-Control": "no-store"
    }


@bp.post("/sheet")
@may("invite")
@needs_fresh_proof
def sheet() -> ResponseReturnValue:
    """As many cards as are left today, at most ten, on one A4 page."""
    with writing():
        number = min(ON_A_SHEET, max(1, cards_left(_me(), now=clock())))
        cards = [mint(_me(), now=clock()) for _ in range(number)]
    return render_template("accounts/sheet.html", cards=cards, base_url=settings().base_url), {
        "Cache-Control": "no-store"
    }


@bp.post("/<invitation_id>/revocation")
@may("invite")
def take_back(invitation_id: str) -> ResponseReturnValue:
    """A lost card opens nothing any more."""
    with writing():
        wish = sa.select(Invitation).filter_by(public_id=invitation_id, made_by_id=_me().id)
        if (card := db.session.scalar(wish)) is None:
            raise NotFound()
        revoke(card, now=clock())
    return redirect("/invitations", 303)
