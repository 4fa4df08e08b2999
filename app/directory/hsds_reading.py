"""Reads Human Services Data Specification 3.x: one file or a folder of them, single objects, pages and lists.

https://docs.openreferral.org, versions 3.0 (also its UK profile) and 3.1. What stands inside another object
(a service's organization, an organization's services, places through `service_at_locations`) is joined by id.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from app.directory.feed import LOCATION, ORGANIZATION, SERVICE, CannotRead, Feed, Record

NESTED = ("organization", "services", "service_at_locations", "locations", "location", "service")
OF_AN_ORGANIZATION = {
    "organization_identifiers", "website", "email", "legal_status", "tax_status", "year_incorporated",
    "services", "programs", "parent_organization_id",
}  # fmt: skip


def read(path: Path) -> Feed:
    """Everything under this path. Raises `CannotRead` where there is nothing of HSDS."""
    files = sorted([*path.glob("*.json"), *path.glob("*.ndjson")]) if path.is_dir() else [path]
    feed = Feed()
    for file in files:
        _read_file(file, feed)
    if not feed.rows and not feed.broken:
        raise CannotRead(f"{path} holds no services, organizations or locations of HSDS.")
    return feed


def _read_file(file: Path, feed: Feed) -> None:
    known = False
    for number, record in enumerate(_records(file), 1):
        where = f"{file.name}:{number}"
        if not isinstance(record, dict):
            feed.broken.append((where, "not an object"))
            continue
        kind = kind_of(record)
        known = known or kind is not None
        if kind is not None:
            _take(kind, record, where, feed)
    if not known:
        feed.skipped.append(file.name)


def _records(file: Path) -> list[Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix == ".ndjson":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        whole = json.loads(text)
    except (OSError, ValueError, RecursionError) as why:
        raise CannotRead(f"{file} cannot be read: {why}.") from why
    if isinstance(whole, dict) and isinstance(whole.get("contents"), list):
        return list(whole["contents"])
    return whole if isinstance(whole, list) else [whole]


def kind_of(record: Record) -> str | None:
    """What a record is, by its fields; None for taxonomies, descriptions of the API and the like."""
    if "location" in record and "service" in record:
        return "service_at_location"
    if "latitude" in record or "location_type" in record:
        return LOCATION
    if "status" in record or "organization" in record or "organization_id" in record:
        return SERVICE if "id" in record else None
    return ORGANIZATION if "id" in record and OF_AN_ORGANIZATION & record.keys() else None


def _take(kind: str, record: Record, where: str, feed: Feed) -> str:
    if kind == "service_at_location":
        return _take_link(record, where, feed)
    own = {name: value for name, value in record.items() if name not in NESTED}
    key = feed.add(kind, own, where)
    if key:
        _take_inside(kind, key, record, where, feed)
    return key


def _take_link(record: Record, where: str, feed: Feed) -> str:
    service = _one(SERVICE, record.get("service"), where, feed) or record.get("service_id")
    location = _one(LOCATION, record.get("location"), where, feed) or record.get("location_id")
    if isinstance(service, str) and isinstance(location, str):
        feed.place(service, location)
    return str(service or "")


def _take_inside(kind: str, key: str, record: Record, where: str, feed: Feed) -> None:
    if kind == SERVICE:
        owner = _one(ORGANIZATION, record.get("organization"), where, feed)
        owner = owner or str(record.get("organization_id") or "")
        if owner:
            feed.organization_of.setdefault(key, owner)
        for link in _several(record.get("service_at_locations")):
            _take_link({"service_id": key, **link}, where, feed)
    if kind == ORGANIZATION:
        for service in _several(record.get("services")):
            _take(SERVICE, {"organization_id": key, **service}, where, feed)
        for location in _several(record.get("locations")):
            _take(LOCATION, location, where, feed)


def _one(kind: str, record: Any, where: str, feed: Feed) -> str:
    return _take(kind, record, where, feed) if isinstance(record, dict) else ""


def _several(records: Any) -> list[Record]:
    return [r for r in records if isinstance(r, dict)] if isinstance(records, list) else []
