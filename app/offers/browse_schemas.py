"""What the nearby page and the API's list of offers may be asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from app.offers.models import Category, Fact, Kind, Tongue
from app.offers.nearby import EVERYWHERE_M, Filters, Window

WHENS = ("today", "tomorrow", "week")
MORE = ("step_free", "no_document", "free")
WHO = {"woman": Fact.WOMAN, "man": Fact.MAN}
CATEGORY_WORDS = [one.name.lower() for one in Category]
LONGEST_KM = EVERYWHERE_M / 1000


def a_day(text: str) -> None:
    """One of `WHENS` or a date like 2026-11-25."""
    if text and text not in WHENS:
        try:
            date.fromisoformat(text)
        except ValueError as why:
            raise ValidationError("today, tomorrow, week or a date") from why


def words(allowed: list[str]) -> Any:
    """A list of these words, each at most once meant."""
    return fields.List(fields.String(validate=validate.OneOf(allowed)), load_default=list)


class AskedSchema(Schema):
    """The filters of the page. All given must fit (AND), several of one group are alternatives (OR)."""

    class Meta:
        unknown = EXCLUDE

    kind = words(CATEGORY_WORDS)
    when = fields.String(load_default="", validate=a_day)
    day = fields.String(load_default="", validate=a_day)
    language = words([one.name.lower() for one in Tongue if one.name])
    who = fields.String(load_default="", validate=validate.OneOf(["", *WHO]))
    more = words(list(MORE))
    sort = fields.String(load_default="nearest", validate=validate.OneOf(["nearest", "soonest"]))
    q = fields.String(load_default="", validate=validate.Length(max=80))
    radius_km = fields.Float(load_default=3.0, validate=validate.Range(0.5, LONGEST_KM))
    after = fields.String(load_default="", validate=validate.Length(max=80))


class AskedByApiSchema(Schema):
    """`GET /offers` of the API (docs: interchange). `kind` is a category or one of appointment, session, gift."""

    near = fields.String(
        load_default="", metadata={"description": "latitude,longitude: two decimals"}
    )
    radius_km = fields.Float(load_default=30.0, validate=validate.Range(1, LONGEST_KM))
    kind = fields.String(
        load_default="", validate=validate.OneOf(["", *CATEGORY_WORDS, *[k.value for k in Kind]])
    )
    when = fields.String(load_default="", validate=a_day)
    language = fields.String(
        load_default="", validate=validate.OneOf(["", *[t.name.lower() for t in Tongue if t.name]])
    )
    free = fields.Boolean(load_default=False)
    q = fields.String(load_default="", validate=validate.Length(max=80))
    sort = fields.String(load_default="nearest", validate=validate.OneOf(["nearest", "soonest"]))
    cursor = fields.String(load_default="", validate=validate.Length(max=80))


def filters_of(asked: dict[str, Any], zone: str, now: datetime) -> Filters:
    """The page's wishes as the search understands them; days are those of `zone`."""
    facts = WHO.get(asked["who"], Fact(0))
    facts |= Fact.STEP_FREE if "step_free" in asked["more"] else Fact(0)
    facts |= Fact.NO_DOCUMENT if "no_document" in asked["more"] else Fact(0)
    when = asked["day"] or asked["when"]
    return Filters(
        categories=frozenset(Category[word.upper()] for word in asked["kind"]),
        window=Window.of(when, zone, now) if when else None,
        languages=Tongue(sum(Tongue[word.upper()] for word in set(asked["language"]))) or None,
        facts=facts or None,
        free_only="free" in asked["more"],
        text=asked["q"],
    )


def filters_of_api(asked: dict[str, Any], zone: str, now: datetime) -> Filters:
    """The API's wishes as the search understands them."""
    kind, when = asked["kind"], asked["when"]
    return Filters(
        categories=frozenset({Category[kind.upper()]}) if kind in CATEGORY_WORDS else frozenset(),
        kind=Kind(kind) if kind and kind not in CATEGORY_WORDS else None,
        window=Window.of(when, zone, now) if when else None,
        languages=Tongue[asked["language"].upper()] if asked["language"] else None,
        free_only=asked["free"],
        text=asked["q"],
    )
