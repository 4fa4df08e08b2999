"""The forms of the business's pages, one after another as they are met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from app.i18n import _, _l
from app.offers.models import Kind
from app.offers.plain import PlainText
from app.offers.schemas import (
    CATEGORY,
    CHOSEN,
    FACT,
    FILLED,
    LANGUAGE,
    LONGEST_VISIT,
    MOST_SEATS,
    NEEDED,
    NUMBER,
    SPOKEN,
    Cell,
    Clock,
    Form,
    Money,
    Point,
    at_most,
    between,
    one_of,
)

DATE = {"invalid": _l("Please choose a day."), **CHOSEN}


class BusinessForm(Form):
    """Who gives."""

    name = PlainText(required=True, error_messages=NEEDED, validate=[FILLED, at_most(120)])
    about = PlainText(load_default="", validate=at_most(200))


class LocationForm(Form):
    """Where. `city` is the id of a listed one, or "other-PL": then `town` names it."""

    address = PlainText(required=True, error_messages=NEEDED, validate=[FILLED, at_most(200)])
    city = fields.String(required=True, error_messages=CHOSEN)
    town = PlainText(load_default="", validate=at_most(80))
    postal_code = PlainText(load_default="", validate=at_most(20))
    entrance = PlainText(load_default="", validate=at_most(200))
    step_free = fields.Boolean(load_default=False)


class PinForm(Form):
    """The point on the map, typed or taken from a suggestion."""

    point = Point(required=True, error_messages=NEEDED)


class DistrictForm(Form):
    """Its middle will do for now."""

    district = PlainText(required=True, error_messages=CHOSEN, validate=[FILLED, at_most(40)])


class NewOfferForm(Form):
    """What do you give?"""

    category = fields.String(required=True, error_messages=CHOSEN, validate=CATEGORY)


class OfferForm(Form):
    """Its words; the button says whether it is free."""

    language = fields.String(required=True, error_messages=CHOSEN, validate=LANGUAGE)
    title = PlainText(required=True, error_messages=NEEDED, validate=[FILLED, at_most(80)])
    description = PlainText(lines=True, load_default="", validate=at_most(1000))
    meets = PlainText(load_default="", validate=at_most(80))
    languages = fields.List(
        fields.String(validate=SPOKEN),
        required=True,
        error_messages=CHOSEN,
        validate=validate.Length(min=1, error=CHOSEN["required"]),
    )
    facts = fields.List(fields.String(validate=FACT), load_default=list)
    price = fields.String(load_default="free", validate=one_of(["free", "symbolic"]))


class PriceForm(Form):
    """Read only after [Symbolic price]."""

    amount = Money(required=True, error_messages=NEEDED)


class TextForm(Form):
    """The same offer in another language."""

    language = fields.String(required=True, error_messages=CHOSEN, validate=LANGUAGE)
    title = PlainText(required=True, error_messages=NEEDED, validate=[FILLED, at_most(80)])
    description = PlainText(lines=True, load_default="", validate=at_most(1000))


class VisitForm(Form):
    """How long, for how many; minutes throughout."""

    kind = fields.String(load_default="", validate=one_of(["", *(one.value for one in Kind)]))
    minutes = fields.Integer(
        required=True, error_messages=NUMBER, validate=between(5, LONGEST_VISIT)
    )
    seats = fields.Integer(load_default=1, error_messages=NUMBER, validate=between(1, MOST_SEATS))
    gap_minutes = fields.Integer(load_default=0, error_messages=NUMBER, validate=between(0, 120))
    lead_minutes = fields.Integer(
        load_default=120, error_messages=NUMBER, validate=between(0, 10_080)
    )
    horizon_days = fields.Integer(load_default=28, error_messages=NUMBER, validate=between(1, 28))
    ask_first = fields.Boolean(load_default=False)
    at_desk = fields.Boolean(load_default=False)


class WeekForm(Form):
    """The week as ticked, and which button was pressed."""

    hours = fields.List(Cell(), load_default=list, validate=at_most(168))
    preset = fields.String(load_default="", validate=at_most(20))
    go = fields.String(load_default="", validate=at_most(20))


class SpanForm(Form):
    """From, to: a break of every day, or the hours of one."""

    opens = Clock(required=True, error_messages=NEEDED)
    closes = Clock(required=True, error_messages=NEEDED)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, int], **_more: object) -> None:
        """It ends after it begins."""
        if data["opens"] >= data["closes"]:
            raise ValidationError(_("It should end after it begins."), "closes")


class DayForm(Form):
    """One day."""

    day = fields.Date(required=True, error_messages=DATE)


class HoursOfDayForm(DayForm, SpanForm):
    """Other hours on one day."""


class ValidityForm(Form):
    """From which day the hours hold, and until which; empty is from now on, and without an end."""

    since = fields.Date(load_default=None, allow_none=True, error_messages=DATE)
    until = fields.Date(load_default=None, allow_none=True, error_messages=DATE)

    @pre_load
    def empty_is_none(self, data: Mapping[str, str], **_more: object) -> dict[str, str | None]:
        """A list's first line has no value."""
        return {name: data.get(name) or None for name in ("since", "until")}

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, date | None], **_more: object) -> None:
        """The last day is not before the first."""
        if data["since"] and data["until"] and data["until"] < data["since"]:
            raise ValidationError(_("The last day should not be before the first."), "until")


class DaysForm(Form):
    """Several days at once: holidays as ticked, or one chosen."""

    day = fields.List(fields.Date(error_messages=DATE), load_default=list, validate=at_most(60))


class PlacesForm(DayForm):
    """So many more places on a day."""

    number = fields.Integer(required=True, error_messages=NUMBER, validate=between(1, 20))
