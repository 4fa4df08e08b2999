"""Somebody else's data as rows of three kinds, whatever shape it came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
ORGANIZATION, LOCATION, SERVICE = "organization", "location", "service"


class CannotRead(Exception):
    """The whole input is unusable; the text is the sentence the operator reads."""


@dataclass
class Row:
    """One organization, location or service. `said` is what its source says, before any check."""

    kind: str
    id: str
    where: str
    said: Record
    note: str = ""

    @property
    def key(self) -> str:
        """Kind and id, as the report and the memory of earlier imports name it."""
        return f"{self.kind}:{self.id}"

    @property
    def digest(self) -> bytes:
        """Changes when anything the source says does."""
        return hashlib.sha256(json.dumps(self.said, sort_keys=True).encode()).digest()


@dataclass
class Feed:
    """All rows, each once, and what belongs together by id. The first word about a thing counts;
    later mentions only add what was missing."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    organization_of: dict[str, str] = field(default_factory=dict)
    places_of: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)  # where, why

    def add(self, kind: str, said: Record, where: str) -> str:
        """Take a row in, or add to it; its id. A row without an id is noted as broken, its id is empty."""
        key = said.get("id")
        if not isinstance(key, str) or not 0 < len(key) <= 90:
            self.broken.append((where, f"{kind} without an id of 1 to 90 characters"))
            return ""
        row = self.rows.setdefault((kind, key), Row(kind, key, where, {}))
        if said.get("name") and said["name"] != row.said.get("name", said["name"]):
            row.note = f"{where} calls it otherwise"
        row.said = {**_without_empty(said), **row.said}
        return key

    def place(self, service: str, location: str) -> None:
        """This service is given at this location."""
        known = self.places_of.setdefault(service, [])
        if location not in known:
            known.append(location)

    def of_kind(self, kind: str) -> Iterator[Row]:
        """Its rows, in the order of their ids, so that two readings are the same."""
        return iter(sorted((r for r in self.rows.values() if r.kind == kind), key=lambda r: r.id))


def _without_empty(said: Record) -> Record:
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}
