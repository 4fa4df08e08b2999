"""A row of somebody else's data is taken as it should be, or refused with a reason in one line."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from app.directory.feed import LOCATION, ORGANIZATION, SERVICE, Row
from app.directory.schemas import AddressRow, LocationRow, OrganizationRow, ServiceRow

LIKE = {ORGANIZATION: OrganizationRow, LOCATION: LocationRow, SERVICE: ServiceRow}


class WrongRow(Exception):
    """The text is the reason."""


def checked(row: Row) -> dict[str, Any]:
    """Its values, each of the right kind. Raises `WrongRow`."""
    try:
        values: dict[str, Any] = LIKE[row.kind]().load(row.said)
    except ValidationError as wrong:
        raise WrongRow(reason(wrong)) from wrong
    return values


def address_alone(said: dict[str, Any]) -> dict[str, Any]:
    """The first whole address of a location that was refused, without a point; empty where there is none."""
    for address in said.get("addresses") or []:
        try:
            return {"latitude": None, "longitude": None, "addresses": [AddressRow().load(address)]}
        except ValidationError:
            continue
    return {}


def reason(wrong: ValidationError) -> str:
    """All that is wrong with a row, in one line: `latitude: Must be … 90.`"""
    return " ".join(_say("", wrong.messages))


def _say(name: str, messages: Any) -> list[str]:
    if isinstance(messages, dict):
        return [
            sentence
            for key, inner in messages.items()
            for sentence in _say(f"{name}.{key}".strip(".").removesuffix("._schema"), inner)
        ]
    return [f"{name}: {message}" for message in messages]
