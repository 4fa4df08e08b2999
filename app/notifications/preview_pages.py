"""Every kind of notice, seen unsent: for those who choose its words, and never in production."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.access import may
from app.errors import NotFound
from app.i18n import LANGUAGES, language
from app.notifications.kinds import KINDS
from app.notifications.mail import news_letter
from app.notifications.payload import generic_title
from app.notifications.previews import told_as_example
from app.settings import settings

bp = Blueprint("previews", __name__)


@bp.get("/previews")
@may("review")
def previews() -> str:
    """What the inbox will say, below it the letter's subject; above all the one line of a locked screen."""
    if settings().production:
        raise NotFound()
    spoken = language()
    kinds = [
        (kind, told_as_example(kind, spoken), news_letter("", kind.mail, spoken, "").subject)
        for kind in KINDS.values()
    ]
    tongues = [(f"?lang={code}", name, code == spoken) for code, name in LANGUAGES.items()]
    return render_template(
        "notifications/previews.html", screen=generic_title(spoken), kinds=kinds, tongues=tongues
    )
