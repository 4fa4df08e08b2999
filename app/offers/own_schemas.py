"""A business's own offers for programs: what comes in, and the shape of what goes out."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields
from marshmallow.validate import Length

from app.offers.form_schemas import SpanForm
from app.offers.models import Kind
from app.offers.schemas import (
    DAYS,
    LONGEST_VISIT,
    MOST_SEATS,
    NEEDED,
    Clock,
    WantedSchema,
    WordsSchema,
    between,
    one_of,
)

CLOCK_SAID = {"type": "string", "description": "as the clock on the wall there shows it: 17:30"}
VISIT = ("kind", "minutes", "seats", "gap_minutes", "lead_minutes")


class WindowBody(SpanForm):
    """A stretch of a weekday: `day` mon to sun, `opens` and `closes` like 17:30."""

    class Meta:
        unknown = RAISE

    day = fields.String(required=True, validate=one_of(list(DAYS)))
    opens = Clock(required=True, error_messages=NEEDED, metadata=CLOCK_SAID)
    closes = Clock(required=True, error_messages=NEEDED, metadata=CLOCK_SAID)


class OwnOfferBody(WantedSchema):
    """What a business may say of its offer: its words, how long and for how many, and the week."""

    currency = fields.String(validate=WantedSchema._declared_fields["currency"].validate)
    kind = fields.String(validate=one_of([one.value for one in Kind]))
    minutes = fields.Integer(strict=True, validate=between(5, LONGEST_VISIT))
    seats = fields.Integer(strict=True, validate=between(1, MOST_SEATS))
    gap_minutes = fields.Integer(strict=True, validate=between(0, 120))
    lead_minutes = fields.Integer(strict=True, validate=between(0, 10_080))
    hours = fields.List(fields.Nested(WindowBody), validate=Length(min=1, max=168))


class OwnOfferChangeBody(OwnOfferBody):
    """The same, and only what is to change."""

    def __init__(self, **more: Any) -> None:
        # By name: `partial=True` would let half a window or half a text through as well.
        super().__init__(**more | {"partial": tuple(self._declared_fields)})


def words_in(body: dict[str, Any]) -> dict[str, Any]:
    """The part that a reviewer reads."""
    return {name: value for name, value in body.items() if name in WantedSchema._declared_fields}


class WindowShape(Schema):
    """A stretch of a weekday, by the clock on the wall there."""

    day = fields.String(required=True)
    opens = fields.String(required=True)
    closes = fields.String(required=True)


class OwnOfferShape(Schema):
    """An offer as its business sees it: with the change that waits, its standing and the reviewer's words."""

    id = fields.String(required=True)
    standing = fields.String(required=True)
    note = fields.String(required=True)
    missing = fields.List(fields.String(), required=True)
    category = fields.String(required=True)
    price_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    meets = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    facts = fields.List(fields.String(), required=True)
    texts = fields.List(fields.Nested(WordsSchema), required=True)
    kind = fields.String(required=True)
    minutes = fields.Integer(required=True)
    seats = fields.Integer(required=True)
    gap_minutes = fields.Integer(required=True)
    lead_minutes = fields.Integer(required=True)
    hours = fields.List(fields.Nested(WindowShape), required=True)


class OwnOfferListShape(Schema):
    """A business's offers, oldest first."""

    items = fields.List(fields.Nested(OwnOfferShape), required=True)
    next = fields.String(required=True, allow_none=True)
