"""What an import did, or would do: a line for each row, and a last line with the sums."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.directory.feed import Row


class Fate(enum.StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass
class Report:
    """Lines `fate, kind and id, name, note`, in the order they were read."""

    lines: list[tuple[Fate, str, str, str]] = field(default_factory=list)

    def write(self, row: Row, fate: Fate, note: str = "") -> None:
        """Note what became of this row."""
        notes = "; ".join(part for part in (note, row.note) if part)
        self.lines.append((fate, f"{row.kind} {row.id}", str(row.said.get("name", "")), notes))

    def refuse(self, what: str, why: str) -> None:
        """Note something that is no row at all."""
        self.lines.append((Fate.REFUSED, what, "", why))

    def __iter__(self) -> Iterator[str]:
        for fate, what, name, note in self.lines:
            yield "  ".join(part for part in (f"{fate:<8}", what, name, note) if part)
        yield self.summary()

    def summary(self) -> str:
        """`read N, new N, changed N, same N, refused N`."""
        sums = Counter(fate for fate, *_rest in self.lines)
        return f"read {len(self.lines)}, " + ", ".join(f"{fate} {sums[fate]}" for fate in Fate)
