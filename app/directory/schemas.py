"""What a row of somebody else's data must be like to be taken: a reason, in a sentence, where it is not.

Fields and their meaning: HSDS 3.1, https://docs.openreferral.org.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)


def clean(text: str, longest: int) -> str:
    """One line of plain text: no control or bidi characters, cut at a word where it is too long."""
    plain = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign
        for sign in unicodedata.normalize("NFC", text)
        if unicodedata.category(sign) not in {"Cf", "Cs", "Co", "Cn"}
    )
    line = " ".join(plain.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def _within(edge: int) -> Callable[[float], None]:
    def check(degrees: float) -> None:
        if not -edge <= degrees <= edge:
            raise ValidationError(f"{degrees:g} is not between -{edge} and {edge}.")

    return check


class Row(Schema):
    """Unknown fields are left alone; a null is as good as nothing."""

    class Meta:
        unknown = EXCLUDE

    @pre_load
    def without_nulls(self, said: dict[str, Any], **_: object) -> dict[str, Any]:
        """HSDS says: drop the key rather than send null; many send null."""
        return {name: value for name, value in said.items() if value not in (None, "")}


class Named(Row):
    """What has a name, a description and perhaps an address for mail."""

    name = fields.Str(required=True, validate=validate.Length(1, 500))
    description = fields.Str(load_default="")
    email = fields.Email(load_default="")


class OrganizationRow(Named):
    """HSDS organization."""


class AddressRow(Row):
    """HSDS address: enough of it to find the door."""

    address_1 = fields.Str(required=True)
    address_2 = fields.Str(load_default="")
    city = fields.Str(required=True)
    postal_code = fields.Str(load_default="")
    country = fields.Str(required=True, validate=validate.Regexp(r"[A-Za-z]{2}$", error="Not a country of two letters (ISO 3166-1)."))  # fmt: skip


class LocationRow(Row):
    """HSDS location: a point in degrees (WGS84) and addresses; either may be missing."""

    latitude = fields.Float(
        load_default=None,
        validate=_within(90),
    )
    longitude = fields.Float(
        load_default=None,
        validate=_within(180),
    )
    addresses = fields.List(fields.Nested(AddressRow), load_default=list)

    @validates_schema
    def both_or_none(self, data: dict[str, Any], **_: object) -> None:
        """Half a point is no point."""
        if (data["latitude"] is None) != (data["longitude"] is None):
            raise ValidationError("Half a point.", "latitude")


class CostRow(Row):
    """HSDS cost_option: an amount in major units of its currency."""

    amount = fields.Float(load_default=0, validate=validate.Range(0, 1_000_000))
    currency = fields.Str(load_default="", validate=validate.Length(max=3))


class LanguageRow(Row):
    """HSDS language: an ISO 639 code, or its name in English."""

    code = fields.Str(load_default="")
    name = fields.Str(load_default="")


class ServiceRow(Named):
    """HSDS service, with what it costs, the languages spoken and the words it is filed under."""

    status = fields.Str(
        required=True,
        validate=validate.OneOf(["active"], error="Not active: {input}."),
    )
    alert = fields.Str(load_default="")
    fees_description = fields.Str(load_default="")
    cost_options = fields.List(fields.Nested(CostRow), load_default=list)
    languages = fields.List(fields.Nested(LanguageRow), load_default=list)
    attributes = fields.List(fields.Dict(), load_default=list)
    category = fields.Str(load_default="")
