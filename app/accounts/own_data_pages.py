"""What is known about me: read it, take it along, have it forgotten (safety.md #25, ASVS 14.2.7)."""

from __future__ import annotations

import json
from typing import cast

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import life
from app.access import may
from app.accounts import door
from app.accounts.erase_codes import erase_code
from app.accounts.models import Member
from app.db import clock, db, fold_the_log, writing
from app.i18n import _l
from app.settings import settings

bp = Blueprint("own_data", __name__, url_prefix="/my-data")
TITLES = {
    "member": _l("You"),
    "session": _l("Where you are signed in"),
    "invitation": _l("The card you came with"),
    "booking": _l("Your visits"),
    "notice": _l("Your news"),
    "planned": _l("When news was due"),
    "delivery": _l("What was sent to a phone or by e-mail"),
    "push_subscription": _l("Phones that are told"),
    "preference": _l("What you chose"),
    "email_address": _l("Your e-mail"),
    "wish": _l("What you would like to hear of"),
    "booking_word": _l("What was said about a visit"),
    "thanks": _l("Thanks you gave"),
    "passkey": _l("Passkeys"),
    "hand_over": _l("Screens you have let in"),
    "waiting_place": _l("Times you wait for"),
    "report": _l("What you told us of an offer"),
    "visit_report": _l("What a business told us of a visit"),
    "appeal": _l("How you see a decision"),
}
OTHER = _l("Other things you did here")


@bp.get("")
@may("own my data")
def read() -> str:
    """Every row, table by table, and the code by which the operator can erase it all."""
    rows = life.export(_me())
    return render_template(
        "accounts/my_data.html",
        tables=[(TITLES.get(name, OTHER), kept) for name, kept in rows.items() if kept],
        code=erase_code(_me()),
    )


@bp.get("/pobach.json")
@may("own my data")
def take() -> Response:
    """The same as a file for programs."""
    text = json.dumps(life.export(_me()), ensure_ascii=False, indent=1)
    attached = {"Content-Disposition": 'attachment; filename="pobach.json"'}
    return Response(text, mimetype="application/json", headers=attached)


@bp.get("/erasure")
@may("own my data")
def ask_before_erasing() -> str:
    """What goes, and one button."""
    return render_template("accounts/erase_me.html")


@bp.post("/erasure")
@may("own my data")
def erase() -> ResponseReturnValue:
    """Everything about this member, at once; then the browser is told to forget what it had kept, too."""
    with writing():
        life.erase(_me(), settings().data_dir, clock())
    door.go_out()
    fold_the_log()
    return redirect("/leave", 303)


def _me() -> Member:
    return db.session.get_one(Member, cast(int, current_user.id))
