"""Plain words (safety.md, T12 and 21): nothing invisible, nothing that turns the line round, no towers of accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

MARKS_IN_A_ROW = 3
# Controls, format characters (bidi, zero width, soft hyphen), lone surrogates, private use.
INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
SPACES = re.compile(r"[^\S\n]+")
EMPTY_LINES = re.compile(r"\n\s*\n\s*")


def plain(text: str, *, lines: bool = False) -> str:
    """The text composed (NFC), without what cannot be seen, spaces folded; line breaks stay where `lines`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept, marks = [], 0
    for letter in unicodedata.normalize("NFC", _without_surrogates(text)):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if letter in {"\n", "\t"}:
            kept.append("\n" if lines and letter == "\n" else " ")
        elif kind not in INVISIBLE and marks <= MARKS_IN_A_ROW:
            kept.append(letter)
    return EMPTY_LINES.sub("\n\n", SPACES.sub(" ", "".join(kept))).strip()


def _without_surrogates(text: str) -> str:
    return "".join(letter for letter in text if not 0xD800 <= ord(letter) <= 0xDFFF)


class PlainText(fields.String):
    """A string field that is made plain before its length is looked at."""

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lines = lines

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        return plain(super()._deserialize(value, attr, data, **kwargs), lines=self.lines)
