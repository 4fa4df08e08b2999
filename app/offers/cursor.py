"""The end of one page, as an opaque word that begins the next."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import Literal

from app.errors import Refusal
from app.i18n import _l

_FORM = struct.Struct(">cqq")
Order = Literal["near", "far", "newest", "soonest"]
_LETTERS: dict[Order, bytes] = {"near": b"n", "far": b"f", "newest": b"o", "soonest": b"s"}


class BadCursor(Refusal):
    """A cursor we did not write, or one of another order."""

    status = 400
    type = "bad-cursor"
    sentence = _l("This list cannot go on from here.")
    what_now = _l("Please start again from the top.")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: by which order, at which key (squared decimetres, decimetres, microseconds), at which offer."""

    order: Order
    key: int
    offer_id: int

    def __str__(self) -> str:
        packed = _FORM.pack(_LETTERS[self.order], self.key, self.offer_id)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()

    @classmethod
    def parse(cls, text: str, *orders: Order) -> Cursor:
        """Read one of these orders. Raises `BadCursor`."""
        try:
            letter, key, offer_id = _FORM.unpack(base64.urlsafe_b64decode(text + "=="))
        except (ValueError, binascii.Error, struct.error) as why:
            raise BadCursor from why
        for order in orders:
            if _LETTERS[order] == letter:
                return cls(order, key, offer_id)
        raise BadCursor
