"""What comes in: every form and every JSON body of the business's side of this room."""

from __future__ import annotations

import re
from typing import Any, cast

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate
from marshmallow.validate import Length, OneOf, Range
from werkzeug.datastructures import MultiDict

from app.errors import BadInput
from app.i18n import LANGUAGES, _, _l
from app.offers.models import Category, Fact, Tongue
from app.offers.plain import PlainText
from app.offers.texts import Wanted

SYMBOLIC_MOST = 5_000  # minor units: more is a price, not a symbol
LONGEST_VISIT, MOST_SEATS = 480, 500
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]?\d|2[0-4])(?:[:.]([0-5]\d))?")
MONEY = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?")
POINT = re.compile(
    r"\(?\s*(-?\d{1,2}(?:\.\d{1,9})?)\s*°?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,9})?)\s*°?\s*\)?"
)

NEEDED = {"required": _l("Please fill this in."), "null": _l("Please fill this in.")}
FILLED = Length(min=1, error=_l("Please fill this in."))
CHOSEN = {"required": _l("Please choose."), "null": _l("Please choose.")}


def at_most(letters: int) -> Length:
    """No longer than this many letters."""
    return Length(max=letters, error=_l("This is too long: {max} letters at most."))


def one_of(words: list[str]) -> OneOf:
    """One of these words."""
    return OneOf(words, error=_l("Please choose one of those given."))


def between(least: int, most: int) -> Range:
    """A whole number in these bounds."""
    return Range(least, most, error=_l("Please give a number from {min} to {max}."))


LANGUAGE = one_of(list(LANGUAGES))
SPOKEN = one_of([str(one.name).lower() for one in Tongue])
FACT = one_of([str(one.name).lower() for one in Fact])
CATEGORY = one_of([one.name.lower() for one in Category])
NUMBER = {"invalid": _l("Please write a number."), **NEEDED}


class Checked(Schema):
    """Its sentences are said in the language of the moment, so that JSON can carry them too."""

    class Meta:
        unknown = RAISE

    def handle_error(self, error: ValidationError, *_args: Any, **_more: Any) -> None:
        """marshmallow keeps lazy words; here they are spoken."""
        raise ValidationError(_spoken(error.messages), data=error.data)


class Form(Checked):
    """A page's form: other fields (the token against forgery, a button) are passed over."""

    class Meta:
        unknown = EXCLUDE


def _spoken(messages: Any) -> Any:
    if isinstance(messages, dict):
        return {name: _spoken(part) for name, part in messages.items()}
    return [_spoken(part) for part in messages] if isinstance(messages, list) else str(messages)


def read(schema: type[Schema], form: MultiDict[str, str]) -> dict[str, Any]:
    """The form's fields, checked. Refused: `BadInput` with sentences by field."""
    shape = schema()
    many = {name for name, field in shape.fields.items() if isinstance(field, fields.List)}
    data = {name: form.getlist(name) if name in many else form[name] for name in form}
    for name, field in shape.fields.items():
        if data.get(name) == "" and not field.required:
            del data[name]  # left empty: as if it had not been asked
    try:
        return cast(dict[str, Any], shape.load(data))
    except ValidationError as why:
        raise BadInput(errors=why.messages) from None


class WordsSchema(Checked):
    """One language's title and description."""

    language = fields.String(required=True, validate=LANGUAGE)
    title = PlainText(required=True, error_messages=NEEDED, validate=[FILLED, at_most(80)])
    description = PlainText(lines=True, load_default="", validate=at_most(1000))


class WantedSchema(Checked):
    """What an offer says: a draft, a change that waits, and the API's body all come through here."""

    category = fields.String(required=True, error_messages=CHOSEN, validate=CATEGORY)
    price_minor = fields.Integer(strict=True, load_default=0, validate=between(0, SYMBOLIC_MOST))
    currency = fields.String(
        load_default="PLN", validate=validate.Regexp(r"[A-Z]{3}\Z", error=_l("Please choose."))
    )
    meets = PlainText(load_default="", validate=at_most(80))
    languages = fields.List(fields.String(validate=SPOKEN), load_default=list, validate=at_most(7))
    facts = fields.List(fields.String(validate=FACT), load_default=list, validate=at_most(7))
    texts = fields.List(
        fields.Nested(WordsSchema), required=True, validate=Length(min=1, max=len(LANGUAGES))
    )


def wanted(body: dict[str, Any], location_id: int | None) -> Wanted:
    """Checked and in order, at that place. Refused: `BadInput`."""
    try:
        made = cast(dict[str, Any], WantedSchema().load(body))
    except ValidationError as why:
        raise BadInput(errors=why.messages) from None
    made["languages"] = [
        str(o.name).lower() for o in Tongue if str(o.name).lower() in made["languages"]
    ]
    made["facts"] = [str(o.name).lower() for o in Fact if str(o.name).lower() in made["facts"]]
    once = {words["language"]: words for words in made["texts"]}
    made["texts"] = list(once.values())
    return cast(Wanted, {**made, "location": location_id})


class Money(fields.Field[int]):
    """5, 5,50 or 5.50 as minor units."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> int:
        match = MONEY.fullmatch(str(value).strip())
        minor = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else 0
        if not 0 < minor <= SYMBOLIC_MOST:
            raise ValidationError(
                _("Please write a small amount, up to %(most)d.", most=SYMBOLIC_MOST // 100)
            )
        return minor


class Clock(fields.Field[int]):
    """17:30 as minutes of the day, up to 24:00."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> int:
        match = CLOCK.fullmatch(str(value).strip())
        minute = int(match[1]) * 60 + int(match[2] or 0) if match else -1
        if not 0 <= minute <= 1440:
            raise ValidationError(_("Please write a time like 17:30."))
        return minute


class Point(fields.Field[tuple[float, float]]):
    """Latitude and longitude in degrees, as maps show them: 52.2401, 21.0205."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> tuple[float, float]:
        match = POINT.fullmatch(str(value).strip())
        lat, lon = (float(match[1]), float(match[2])) if match else (99.0, 0.0)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValidationError(_("Please write two numbers like 52.2401, 21.0205."))
        return lat, lon


class Cell(fields.Field[tuple[int, int]]):
    """A field of the week: mon-9 is Monday from nine to ten."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> tuple[int, int]:
        day, _dash, hour = str(value).partition("-")
        if day not in DAYS or not hour.isdecimal() or len(hour) > 2 or int(hour) > 23:
            raise ValidationError(_("Please choose one of those given."))
        return DAYS.index(day), int(hour)
