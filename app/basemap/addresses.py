"""Addresses of the extract: a search that forgives typos, takes beginnings, and knows house numbers.

SQLite's FTS5 with the trigram tokenizer finds streets that share three letters in a row with what was typed;
the likeliest are then compared letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, NamedTuple

from app.basemap.extract import Extract, House

TABLES = (
    "CREATE TABLE street (id INTEGER PRIMARY KEY, name TEXT, city TEXT, folded TEXT, lat REAL, lon REAL)",
    "CREATE TABLE house (street_id INTEGER, number TEXT, postal_code TEXT, lat REAL, lon REAL, PRIMARY KEY (street_id, number)) WITHOUT ROWID",
    "CREATE VIRTUAL TABLE street_words USING fts5(folded, content='', tokenize='trigram')",
)
LIKELY = (
    "SELECT id, name, city, s.folded, lat, lon FROM street_words w JOIN street s ON s.id = w.rowid"
    " WHERE street_words MATCH ? ORDER BY rank LIMIT 60"
)
BEGINNING = (
    "SELECT id, name, city, folded, lat, lon FROM street WHERE folded LIKE ? || '%' LIMIT 60"
)
HOUSES = "SELECT number, postal_code, lat, lon FROM house WHERE street_id = ?"
GOOD_ENOUGH = 0.74
# Nobody's address has more; without these a page of digits would keep a processor busy for seconds.
NUMBERS, SIGNS, THIRDS = 3, 60, 40
_PLAIN = str.maketrans("łđøıħŋґ", "ldoihnг", "'’ʼ`´.")
# What stands before or after a street's name and is seldom typed the same way twice.
_LONG = {
    "ul": "", "ulica": "", "g": "", "gatve": "", "al": "aleja", "aleje": "aleja", "pl": "plac", "os": "osiedle",
    "pr": "prospektas", "str": "strasse", "вул": "", "вуліца": "", "ул": "", "улица": "", "вулиця": "", "st": "street",
}  # fmt: skip
_NUMBER = re.compile(r"\d+\s*[^\W\d_]?(?:\s*[/-]\s*\d+\s*[^\W\d_]?)?", re.UNICODE)


class Address(NamedTuple):
    """Found: degrees, WGS84. Without a number it is the middle of the street; what is unknown is empty."""

    street: str
    number: str
    city: str
    postal_code: str
    lat: float
    lon: float


def fold(text: str) -> str:
    """Without case, accents, dots and the words that mean "street": 'ul. Świętokrzyska' -> swietokrzyska."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    words = (_LONG.get(word, word) for word in re.findall(r"\w+", bare))
    return " ".join(re.sub(r"(?<=\w{3})str$", "strasse", word) for word in words if word)


def number_of(text: str) -> str:
    """'12 A' and '12a' are one house."""
    return re.sub(r"\s+", "", text).casefold()


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────


def write(database: Any, extract: Extract) -> tuple[int, int]:
    """Fill the tables; how many streets and houses there are now."""
    for table in TABLES:
        database.execute(table)
    by_street = _by_street(extract)
    houses = 0
    for number, ((name, city), found) in enumerate(sorted(by_street.items()), 1):
        lat, lon = _middle([(h.lat, h.lon) for h in found] or extract.streets[name])
        words = fold(name)
        database.execute(
            "INSERT INTO street VALUES (?, ?, ?, ?, ?, ?)", (number, name, city, words, lat, lon)
        )
        database.execute("INSERT INTO street_words (rowid, folded) VALUES (?, ?)", (number, words))
        rows = {
            number_of(h.number): (number, number_of(h.number), h.postal_code, h.lat, h.lon)
            for h in found
        }
        database.executemany("INSERT INTO house VALUES (?, ?, ?, ?, ?)", rows.values())
        houses += len(rows)
    return len(by_street), houses


def _by_street(extract: Extract) -> Mapping[tuple[str, str], list[House]]:
    """Houses by street and town; where a house does not name its town, the town of the street's others."""
    towns: dict[str, set[str]] = defaultdict(set)
    for house in extract.houses:
        if house.street and house.city:
            towns[house.street].add(house.city)
    found: dict[tuple[str, str], list[House]] = defaultdict(list)
    for house in extract.houses:
        known = towns[house.street]
        town = house.city or (next(iter(known)) if len(known) == 1 else "")
        if house.street:
            found[house.street, town].append(house)
    named = {name for name, _ in found}
    return found | {(name, ""): [] for name in extract.streets if name not in named}


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The one of them that is closest to the middle of all: it lies on the street."""
    lat, lon = (sum(part) / len(points) for part in zip(*points, strict=True))
    return min(points, key=lambda point: (point[0] - lat) ** 2 + (point[1] - lon) ** 2)


# ── Searching ───────────────────────────────────────────────────────────────────────────────────────


def search(database: Any, text: str, city: str = "", limit: int = 5) -> list[Address]:
    """The likeliest first. A street of the named city goes before one of another."""
    scored: dict[Address, float] = {}
    housed: set[tuple[str, str]] = set()
    for words, number in _meanings(text):
        for row in _likely(database, words):
            near = likeness(words, row[3])
            if near < GOOD_ENOUGH:
                continue
            found, exact = _house(database, row, number)
            bonus = 0.3 * exact + 0.05 * (fold(row[2]) == fold(city))
            scored[found] = max(scored.get(found, 0), near + bonus)
            if exact:
                housed.add((found.street, found.city))
    best = sorted(scored, key=lambda found: (-scored[found], len(found.street), found))
    return [f for f in best if f.number or (f.street, f.city) not in housed][:limit]


def _meanings(text: str) -> Iterator[tuple[str, str]]:
    """The text as a street alone, and as a street with each of its numbers: '3 Maja 5', 'Lipowa 7/9 m. 3'."""
    text = text.split(",", maxsplit=1)[0][:120]
    if words := fold(text)[:SIGNS]:
        yield words, ""
    for match in islice(_NUMBER.finditer(text), NUMBERS):
        rest = text[: match.start()] if match.start() else text[match.end() :]
        if words := fold(rest)[:SIGNS]:
            yield words, number_of(match[0])


def _likely(database: Any, words: str) -> list[Any]:
    if len(words) < 3:
        return list(database.execute(BEGINNING, (words,)))
    thirds = dict.fromkeys(words[at : at + 3] for at in range(len(words) - 2))
    asked = " OR ".join('"' + third + '"' for third in islice(thirds, THIRDS))
    return list(database.execute(LIKELY, (asked,)))


def likeness(typed: str, street: str) -> float:
    """From 0 to 1: the whole name, its beginning, or, a little less, what begins at one of its words."""
    starts = [at + 1 for at, letter in enumerate(street) if letter == " "]
    parts = [street[at : at + len(typed)] for at in starts]
    return max(
        _alike(typed, street),
        0.97 * _alike(typed, street[: len(typed)]),
        *(0.95 * _alike(typed, part) for part in parts),
    )


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _house(database: Any, street: Any, number: str) -> tuple[Address, bool]:
    """The house on the street, or the one with the closest number, or the street's own middle."""
    key, name, city, _folded, lat, lon = street
    if not number:
        return Address(name, "", city, "", lat, lon), False
    houses = list(database.execute(HOUSES, (key,)))
    for wanted in (number, re.split(r"[/-]", number)[0]):
        for house in houses:
            if wanted in {house[0], *re.split(r"[-;,/]", house[0])}:
                return Address(name, house[0], city, *house[1:]), True
    return Address(name, "", city, "", lat, lon), False
