"""Reads a table of services: one line each, columns by name (the same that `flask export csv` writes)."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from app.directory.feed import LOCATION, ORGANIZATION, SERVICE, CannotRead, Feed, Record

COLUMNS = (
    "id", "title", "description", "organization_id", "organization", "address", "city", "postal_code",
    "country", "latitude", "longitude", "price", "currency", "languages", "category", "email",
)  # fmt: skip
NEEDED = {"id", "title", "organization"}
# A spreadsheet would run these as a formula, so the export puts an apostrophe before them.
RISKY = re.compile(r"[=+\-@\t\r\n\0]")
# As half of Europe writes a number.
COMMA = re.compile(r"(-?\d+),(\d+)")


def read(path: Path) -> Feed:
    """Every line as a service with its organization and place. Raises `CannotRead`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        # Only the delimiter: from a line without quotes it would conclude that "" is no quote either.
        between = csv.Sniffer().sniff(text.split("\n", 1)[0], ",;\t").delimiter
        lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=between))
    except (OSError, ValueError, csv.Error) as why:
        raise CannotRead(f"{path} cannot be read as a table: {why}.") from why
    if not lines or not lines[0].keys() >= NEEDED:
        raise CannotRead(f"{path} needs the columns {', '.join(sorted(NEEDED))}.")
    feed = Feed()
    for number, line in enumerate(lines, 2):
        _take({name: _plain(line.get(name)) for name in COLUMNS}, f"{path.name}:{number}", feed)
    return feed


def _plain(cell: str | None) -> str:
    text = (cell or "").strip()
    return text[1:] if text.startswith("'") and RISKY.match(text[1:2]) else text


def _take(line: dict[str, str], where: str, feed: Feed) -> None:
    if (SERVICE, line["id"]) in feed.rows:
        feed.broken.append((where, f"a second line with the id {line['id']}"))
        return
    owner = line["organization_id"] or line["organization"]
    feed.add(ORGANIZATION, {"id": owner, "name": line["organization"]}, where)
    service: Record = {"id": line["id"], "name": line["title"], "status": "active"}
    service |= {name: line[name] for name in ("description", "email", "category")}
    if line["price"]:
        service["cost_options"] = [{"amount": _number(line["price"]), "currency": line["currency"]}]
    service["languages"] = [{"code": code} for code in line["languages"].split()]
    key = feed.add(SERVICE, service, where)
    if not key:
        return
    feed.organization_of[key] = owner
    if line["address"] or line["latitude"]:
        feed.add(LOCATION, {"id": key, **_place(line)}, where)
        feed.place(key, key)


def _place(line: dict[str, str]) -> Record:
    address = {
        "address_1": line["address"],
        "city": line["city"],
        "postal_code": line["postal_code"],
        "country": line["country"],
    }
    lat, lon = _number(line["latitude"]), _number(line["longitude"])
    return {"latitude": lat, "longitude": lon, "addresses": [address]}


def _number(text: str) -> str:
    return COMMA.sub(r"\1.\2", text)
