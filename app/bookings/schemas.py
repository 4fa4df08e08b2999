"""What comes in and goes out: the forms of booking, moving and the day, and the shapes of interchange.md."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from app.bookings.phrases import THANKS
from app.errors import BadInput
from app.i18n import _, _l
from app.offers.plain import PlainText

# Larger numbers do not fit a row's id in either database.
MOST = 2**63 - 1


class Form(Schema):
    """A form of a page; what it does not know (its token) is left out."""

    class Meta:
        unknown = EXCLUDE


class ChoiceForm(Form):
    """A time chosen from a list, with the nonce that makes a double tap one booking."""

    slot = fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=MOST),
        error_messages={
            "required": _l("Please choose a time."),
            "invalid": _l("Please choose a time."),
        },
    )
    once = fields.String(load_default="", validate=validate.Length(max=100))


class OnceForm(Form):
    """The nonce alone: the time stands in the address."""

    once = fields.String(load_default="", validate=validate.Length(max=100))


class OutcomeForm(Form):
    """Came, or did not come."""

    outcome = fields.String(required=True, validate=validate.OneOf(["came", "not"]))


class AnswerForm(Form):
    """Yes or no to somebody who asked for a time."""

    answer = fields.String(required=True, validate=validate.OneOf(["yes", "no"]))


class WordForm(Form):
    """A ready phrase; a door code may be typed beside it."""

    word = fields.String(required=True, validate=validate.Length(max=12))
    door = fields.String(
        load_default="",
        validate=validate.Regexp(
            r"^[0-9A-Za-z#*]{0,10}$", error=_l("Digits, letters, # and *, ten at most.")
        ),
    )

    @validates_schema(skip_on_field_errors=True)
    def a_door_has_a_code(self, data: dict[str, str], **_more: object) -> None:
        """Without a code there is nothing to say."""
        if data["word"] == "door" and not data["door"]:
            raise ValidationError(_("Please type the code."), "door")


class ThanksForm(Form):
    """A ready-made thank-you, or a few own words."""

    ready = fields.String(load_default="", validate=validate.OneOf(["", *THANKS]))
    words = PlainText(load_default="", validate=validate.Length(max=140))

    @validates_schema(skip_on_field_errors=True)
    def says_something(self, data: dict[str, str], **_more: object) -> None:
        """One of the two."""
        if not data["ready"] and not data["words"].strip():
            raise ValidationError(_("Please write a few words, or choose ready ones."), "words")


class ForSomeoneForm(OnceForm):
    """The code of the person for whom a volunteer books."""

    code = fields.String(
        required=True,
        validate=validate.Length(min=1, max=20, error=_l("Please type the code.")),
        error_messages={"required": _l("Please type the code.")},
    )


class SlotShape(Schema):
    """A bookable time. Times are RFC 3339 in UTC."""

    id = fields.String(required=True)
    offer = fields.String(required=True)
    starts_at = fields.String(required=True)
    ends_at = fields.String(required=True)
    seats_left = fields.Integer(required=True)


class OfferInBookingShape(Schema):
    """The offer a booking is for."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    provider = fields.String(required=True)
    kind = fields.String(required=True)
    category = fields.String(required=True)


class BookingShape(Schema):
    """A booking as its member or its business sees it."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    alias = fields.String(required=True)
    state = fields.String(required=True)
    cancelled_by = fields.String(allow_none=True)
    undo_until = fields.String(allow_none=True)
    slot = fields.Nested(SlotShape, required=True)
    offer = fields.Nested(OfferInBookingShape, required=True)


class SlotListShape(Schema):
    """Times, soonest first."""

    items = fields.List(fields.Nested(SlotShape), required=True)
    next = fields.String(required=True, allow_none=True)


class BookingListShape(Schema):
    """Bookings by time."""

    items = fields.List(fields.Nested(BookingShape), required=True)
    next = fields.String(required=True, allow_none=True)


class MoveBody(Schema):
    """Where a booking moves to."""

    slot = fields.String(
        required=True, validate=validate.Regexp(r"^[1-9][0-9]{0,17}$"), metadata={"example": "41"}
    )


def load(schema: Schema, given: Any) -> dict[str, Any]:
    """What was typed, checked. Refused: `BadInput`."""
    try:
        typed: dict[str, Any] = schema.load(given)
    except ValidationError as why:
        raise BadInput(errors=why.messages) from None
    return typed
