"""Every form of the moderation room comes in through one of these."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from app.i18n import _l
from app.moderation.phrases import PHRASES

WORDS = 400
HOW_MANY = _l("How many people come, 1 to 200?")
WHICH_DAY = _l("Please choose a day.")
POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


class Form(Schema):
    """Fields nobody asked for are dropped, never stored."""

    class Meta:
        unknown = EXCLUDE


class PublicationForm(Form):
    """A yes in one tap."""

    note = fields.Str(load_default="", validate=validate.Length(max=WORDS))


class ApprovalForm(Form):
    """A yes to a business says how it was checked outside."""

    note = fields.Str(
        load_default="",
        validate=validate.Length(
            min=3,
            max=WORDS,
            error=_l("Please write how you checked it: a register, a call, a visit."),
        ),
    )


def publication_form(subject: str) -> Form:
    """The form of a yes to this subject."""
    return ApprovalForm() if subject.startswith("provider:") else PublicationForm()


class FixForm(Form):
    """Ready phrases, own words, or both."""

    why = fields.List(fields.Str(validate=validate.OneOf(list(PHRASES))), load_default=list)
    own = fields.Str(load_default="", validate=validate.Length(max=WORDS))

    @validates_schema
    def something_is_asked(self, data: dict[str, Any], **_: object) -> None:
        """An empty request helps nobody."""
        if not data["why"] and not data["own"].strip():
            raise ValidationError(_l("Choose what to change, or write it."), "why")


class RefusalForm(Form):
    """Why not: the business reads it."""

    reason = fields.Str(
        load_default="",
        validate=validate.Length(
            min=3, max=WORDS, error=_l("Please write why, in a sentence: the business reads it.")
        ),
    )


class ArrivalForm(Form):
    """How many people, on which day, where."""

    people = fields.Int(
        required=True,
        validate=validate.Range(1, 200),
        error_messages={"required": HOW_MANY, "null": HOW_MANY, "invalid": HOW_MANY},
    )
    day = fields.Date(required=True, error_messages={"required": WHICH_DAY, "invalid": WHICH_DAY})
    city = fields.Str(load_default="", validate=validate.Length(max=40))


class PinForm(Form):
    """A point as maps write it: latitude, longitude in degrees (WGS84)."""

    point = fields.Str(load_default="")

    @post_load
    def read(self, data: dict[str, Any], **_: object) -> dict[str, float]:
        """Two numbers on this earth."""
        found = POINT.fullmatch(data["point"])
        lat, lon = map(float, found.groups()) if found else (0.0, 0.0)
        if not found or abs(lat) > 90 or abs(lon) > 180:
            raise ValidationError(_l("Write two numbers, like 52.2297, 21.0122."), "point")
        return {"lat": lat, "lon": lon}
