"""The page of wishes: what one has asked to be told of, and one more."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.wrappers import Response

from app.access import may
from app.db import clock, writing
from app.i18n import _, language
from app.offers import looks, wish_rules
from app.offers.browse_schemas import CATEGORY_WORDS
from app.offers.looking import PLACE
from app.offers.models import Category
from app.offers.places import Place, cities
from app.offers.wish_models import Wish
from app.settings import settings

bp = Blueprint("wishes", __name__)


class WishSchema(Schema):
    """A kind of offer, and a district or a city of the list."""

    class Meta:
        unknown = EXCLUDE

    kind = fields.String(required=True, validate=validate.OneOf(CATEGORY_WORDS))
    district = fields.String(required=True, validate=validate.Length(1, 80))


@bp.get("/wishes")
@may("browse")
def show() -> str:
    """What is wished, and the form for one more, filled with what was just looked for."""
    chosen = {"kind": request.args.get("kind", ""), "district": _district()}
    return _page(chosen)


@bp.post("/wishes")
@may("browse")
def add() -> Response | tuple[str, int]:
    """Tell me. Refused: `NoSuchPlace`, `EnoughWishes`."""
    try:
        asked = WishSchema().load(request.form)
    except ValidationError as why:
        errors = {name: [_("Please choose one of those given.")] for name in why.messages_dict}
        return _page(request.form, errors), 422
    kind, path = Category[asked["kind"].upper()], settings().cities
    with writing():
        wish_rules.wish(current_user.id, kind, asked["district"], now=clock(), path=path)
    return redirect(url_for("wishes.show", done=1), 303)


@bp.post("/wishes/<wish_id>/withdrawal")
@may("browse")
def take_back(wish_id: str) -> Response:
    """Not any more. Somebody else's answers as none does."""
    with writing():
        wish_rules.take_back(current_user.id, wish_id)
    return redirect(url_for("wishes.show"), 303)


def _page(typed: Any, errors: dict[str, list[str]] | None = None) -> str:
    wishes = wish_rules.alive(wish_rules.mine(current_user.id), clock().date())
    places = dict(_places())
    return render_template(
        "offers/wishes.html",
        wishes=[
            (one, looks.look_of(one.category), _until(one), places.get(one.district, ""))
            for one in wishes
        ],
        kinds=[(one.name.lower(), look.word) for one, look in looks.CATEGORIES.items()],
        places=list(places.items()),
        typed=typed,
        errors=errors or {},
        done="done" in request.args,
    )


def _until(one: Wish) -> Any:
    return one.made_on + wish_rules.LASTS


def _places() -> list[tuple[str, str]]:
    """Every district of every listed city, by the names in the reader's language."""
    named = []
    for town in cities(settings().cities):
        name = town.name(language())
        named.append((town.id, _("%(city)s, the whole city", city=name)))
        named += [(f"{town.id}.{p.id}", f"{name}, {p.name(language())}") for p in town.districts]
    return named


def _district() -> str:
    """Where this visit looks, as a district: of a point only the district whose middle is nearest is named."""
    near, _bar, district = session.get(PLACE, "|").partition("|")
    if district or not near:
        return district or current_user.city or ""
    return wish_rules.nearest_district(Place.parse(near), settings().cities)
