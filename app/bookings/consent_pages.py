"""A member lets a volunteer book once for them: the code is made here, and taken back here."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import may
from app.bookings import consent_rules
from app.db import clock, writing
from app.i18n import clock_time
from app.offers.places import cities
from app.settings import settings

bp = Blueprint("consent", __name__)


@bp.get("/consent")
@may("book")
def about() -> str:
    """What the code does, and whether one stands."""
    return _page("")


def _page(code: str) -> str:
    zones = {listed.id: listed.timezone for listed in cities(settings().cities)}
    zone = zones.get(current_user.city, "Europe/Warsaw")
    row = consent_rules.standing(current_user, now=clock())
    until = clock_time(row.until, zone) if row else ""
    return render_template("bookings/consent.html", code=code, until=until)


@bp.post("/consent")
@may("book")
def make() -> tuple[str, int]:
    """A new code, shown here once."""
    with writing():
        code = consent_rules.make(current_user, now=clock())
    return _page(f"{code[:4]}\u00a0{code[4:]}"), 201


@bp.post("/consent/revocation")
@may("book")
def take_back() -> Response:
    """Not after all."""
    with writing():
        consent_rules.take_back(current_user)
    return redirect(url_for(".about"), 303)
