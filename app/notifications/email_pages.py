"""Where letters go: the address, the letter that asks whether it is right, and the yes."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app.access import may
from app.db import clock, writing
from app.i18n import _, language
from app.notifications import mail
from app.notifications.choice_pages import Page, back
from app.notifications.email_rules import confirm, propose, proposed
from app.notifications.schemas import EmailSchema
from app.settings import settings

bp = Blueprint("emails", __name__)


@bp.get("/reminders/email")
@may("choose settings")
def ask() -> str:
    """Where shall we write?"""
    return render_template("notifications/email.html", back=back(), errors={}, typed={})


@bp.post("/reminders/email")
@may("choose settings")
def give() -> Page:
    """Keep the address, sealed, and send one letter that asks for a yes. Refused: `EnoughLetters`."""
    try:
        given = EmailSchema().load(request.form)
    except ValidationError:
        errors = {"email": [_("This does not look like an e-mail address.")]}
        asked = {"back": back(), "errors": errors, "typed": request.form}
        return render_template("notifications/email.html", **asked), 422
    with writing():
        word = propose(current_user.recipient, given["email"], language(), now=clock())
    sent = redirect(url_for("choices.reminders", done="letter", next=back()), 303)
    return mail.after(make_response(sent), _letter(given["email"], word))


@bp.get("/reminders/email/<word>")
@may("confirm an address")
def ask_for_yes(word: str) -> str:
    """One button. Looking confirms nothing: mail servers open links, too."""
    proposed(word, now=clock())
    return render_template("notifications/email_yes.html", word=word)


@bp.post("/reminders/email/<word>")
@may("confirm an address")
def say_yes(word: str) -> Response:
    """Letters go there from now on. Refused: `LinkOver`."""
    with writing():
        confirm(word, now=clock())
    return redirect(url_for("emails.thanks"), 303)


@bp.get("/reminders/email/thanks")
@may("confirm an address")
def thanks() -> str:
    """Said to whoever reads the letter, signed in here or not."""
    return render_template("notifications/email_yes.html", word="")


def _letter(to: str, word: str) -> mail.Letter:
    link = settings().base_url + url_for("emails.ask_for_yes", word=word)
    lines = (
        _("Somebody, probably you, wants letters from Pobach at this address. To say yes, open:"),
        link,
        _("The link works for two days. If it was not you, do nothing."),
    )
    return mail.Letter(to, _("Shall we write to you here?"), "\n\n".join(lines) + "\n")
