"""Who waits to become a moderator: the second pair of eyes."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts.staff_rules import accept, waiting_staff
from app.db import clock, writing

bp = Blueprint("staff", __name__, url_prefix="/staff")


@bp.get("")
@may("accept staff")
def waiting() -> str:
    """Volunteers the operator has invited and nobody has accepted. Never members: nobody lists those."""
    return render_template("accounts/staff.html", waiting=waiting_staff())


@bp.post("/<moderator_id>/acceptance")
@may("accept staff")
def take_on(moderator_id: str) -> ResponseReturnValue:
    """From now on they may sign in. Refused: `OwnSecondEye`."""
    with writing():
        accept(moderator_id, current_user.id, now=clock())
    return redirect("/staff", 303)
