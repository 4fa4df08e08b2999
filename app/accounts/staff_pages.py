"""Staff among themselves: who waits for a second pair of eyes, who is stopped, whose guests are kept out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts.fresh import needs_fresh_proof
from app.accounts.staff_rules import (
    accept,
    freeze,
    reinstate,
    staff_on_the_list,
    suspend,
    thaw,
    waiting_staff,
)
from app.db import clock, writing
from app.errors import NotFound

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("")
@may("accept staff")
def waiting() -> str:
    """Volunteers who wait to be accepted, and those on duty. Never members: nobody lists those."""
    return render_template(
        "accounts/staff.html", waiting=waiting_staff(), staff=staff_on_the_list()
    )


@bp.post("/<moderator_id>/acceptance")
@may("accept staff")
@needs_fresh_proof
def take_on(moderator_id: str) -> ResponseReturnValue:
    """From now on they may sign in. Refused: `OwnSecondEye`."""
    with writing():
        accept(moderator_id, current_user.id, now=clock())
    return redirect("/staff", 303)


@bp.get("/<moderator_id>")
@may("accept staff")
def one(moderator_id: str) -> str:
    """A colleague, and what may be done about them. Oneself and unknown ids: 404."""
    others = [who for who in staff_on_the_list() if who.id != current_user.id]
    found = next((who for who in others if who.public_id == moderator_id), None)
    if found is None:
        raise NotFound()
    return render_template("accounts/colleague.html", one=found)


@bp.post("/<moderator_id>/suspension")
@may("accept staff")
@needs_fresh_proof
def stop(moderator_id: str) -> ResponseReturnValue:
    """Signed out everywhere, at once. Refused: `OwnSecondEye`."""
    with writing():
        suspend(moderator_id, current_user.id, now=clock())
    return redirect(f"/staff/{moderator_id}", 303)


@bp.post("/<moderator_id>/reinstatement")
@may("accept staff")
@needs_fresh_proof
def bring_back(moderator_id: str) -> ResponseReturnValue:
    """By somebody else than whoever stopped them. Refused: `OwnSecondEye`."""
    with writing():
        reinstate(moderator_id, current_user.id)
    return redirect(f"/staff/{moderator_id}", 303)


@bp.post("/<moderator_id>/freeze")
@may("accept staff")
@needs_fresh_proof
def keep_out(moderator_id: str) -> ResponseReturnValue:
    """Everybody they let in is kept out, unseen, until somebody else opens again. Refused: `OwnSecondEye`."""
    with writing():
        freeze(moderator_id, current_user.id, now=clock())
    return redirect(f"/staff/{moderator_id}", 303)


@bp.post("/<moderator_id>/thaw")
@may("accept staff")
@needs_fresh_proof
def let_in(moderator_id: str) -> ResponseReturnValue:
    """By somebody else than whoever kept them out. Refused: `OwnSecondEye`."""
    with writing():
        thaw(moderator_id, current_user.id)
    return redirect(f"/staff/{moderator_id}", 303)
