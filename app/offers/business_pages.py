"""Who gives: name and a few words; and whether everybody may read the offers."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import may
from app.db import clock, writing
from app.errors import BadInput
from app.offers import provider_rules
from app.offers.form_schemas import BusinessForm
from app.offers.mine import blueprint, my_business, my_own_business, to
from app.offers.models import State
from app.offers.news import tell_reviewers
from app.offers.schemas import read

bp = blueprint("my_business", "/my")


@bp.get("/business")
@may("list offers")
def business() -> str:
    """Who are you? The first page of a new business."""
    kept = my_business()
    typed = {"name": kept.name, "about": kept.about} if kept else {}
    return _page(typed, {})


def _page(typed: Any, errors: dict[str, Any]) -> str:
    kept = my_business()
    return render_template(
        "offers/my/business.html", business=kept, typed=typed, errors=errors, State=State
    )


@bp.post("/business")
@may("list offers")
def introduce() -> ResponseReturnValue:
    """Kept, and sent to the reviewers."""
    try:
        form = read(BusinessForm, request.form)
    except BadInput as why:
        return _page(request.form, why.more["errors"]), 422
    with writing():
        known = provider_rules.introduce(current_user, form["name"], form["about"], now=clock())
        if known.state is State.PENDING:
            tell_reviewers(f"provider:{known.id}", known.name, now=clock())
        placed = bool(known.locations)
    return to("my_offers.offers" if placed else "my_location.location")


@bp.get("/visibility")
@may("list offers")
def visibility() -> str:
    """Members only, or everybody."""
    return render_template("offers/my/visibility.html", business=my_own_business())


@bp.post("/visibility")
@may("list offers")
def show() -> ResponseReturnValue:
    """The business's own choice, taken back as easily."""
    with writing():
        provider_rules.show_to_everybody(my_own_business(), request.form.get("public") == "1")
    return to("my_offers.offers")
