"""Settings: language and text size for everybody; own sessions, signing out and leaving for whoever is in."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.accounts import door
from app.accounts.aliases import say_alias
from app.accounts.schemas import LanguageSchema, SizeSchema, typed
from app.accounts.session_rules import end_own_session, end_session, end_sessions, own_sessions
from app.accounts.settings_rules import speak
from app.db import clock, writing
from app.i18n import language
from app.security import here_cookie_name

bp = Blueprint("settings", __name__)


@bp.get("/settings")
@may("come in")
def show() -> str:
    """Language and size; for whoever is in also where they are signed in, and the ways to leave."""
    known = current_user.is_authenticated
    return render_template(
        "accounts/settings.html",
        sessions=own_sessions(current_user, now=clock()) if known else [],
        alias=say_alias(current_user.alias, language()) if current_user.is_member else "",
        today=clock().date(),
        home=door.home(current_user),
    )


@bp.post("/settings/language")
@may("come in")
def choose_language() -> ResponseReturnValue:
    """Kept with the person; before signing in, in this browser."""
    chosen = typed(LanguageSchema, request.form)["lang"]
    session["language"] = chosen
    if current_user.is_authenticated:
        with writing():
            speak(current_user.recipient, chosen)
    return redirect("/settings#language", 303)


@bp.post("/settings/size")
@may("come in")
def choose_size() -> ResponseReturnValue:
    """1, 2 or 3, kept in this browser alone."""
    session["size"] = typed(SizeSchema, request.form)["size"]
    return redirect("/settings#size", 303)


@bp.post("/sign-out")
@may("leave")
def sign_out() -> ResponseReturnValue:
    """This browser: the row is deleted, so a copied cookie is dead too."""
    with writing():
        end_session(current_user.get_id())
    door.go_out()
    return redirect("/", 303)


@bp.post("/settings/sign-outs")
@may("choose settings")
def sign_out_elsewhere() -> ResponseReturnValue:
    """Every browser of this person but the one in hand."""
    with writing():
        end_sessions(current_user, but=current_user.get_id())
    return redirect("/settings#where", 303)


@bp.post("/settings/sign-outs/<session_id>")
@may("choose settings")
def sign_out_one(session_id: str) -> ResponseReturnValue:
    """One other browser. Somebody else's answers as none does."""
    with writing():
        end_own_session(current_user, session_id)
    return redirect("/settings#where", 303)


@bp.get("/settings/erase")
@may("leave")
def ask_before_erasing() -> str:
    """What goes and what stays, and one button."""
    return render_template("accounts/erase.html", here=here_cookie_name())


@bp.post("/settings/erase")
@may("leave")
def erase() -> ResponseReturnValue:
    """End the session and send the browser to the page that makes it forget everything (Clear-Site-Data)."""
    with writing():
        end_session(current_user.get_id())
    door.go_out()
    return make_response(redirect("/leave", 303))
