"""Somebody else's directory becomes unclaimed businesses with offers that wait for review.

Nothing is published by an import: what is new waits, what is published keeps its words until a moderator has
seen the new ones, and what a business has claimed is its own. The same row twice changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app.db import db
from app.directory import landing
from app.directory.checking import WrongRow, address_alone, checked
from app.directory.feed import LOCATION, ORGANIZATION, SERVICE, Feed, Row
from app.directory.models import ImportedRow
from app.directory.report import Fate, Report
from app.offers.models import Location, Offer, Provider

Thing = TypeVar("Thing", Provider, Location, Offer)


@dataclass
class Import:
    """One run: whose data (`source`), in which language its texts are, and what was found so far."""

    feed: Feed
    source: str
    language: str
    now: datetime
    report: Report = field(default_factory=Report)
    providers: dict[str, Provider] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)

    def id_of(self, *parts: str) -> str:
        """The id under which our tables know a row of theirs."""
        return ":".join([self.source, *parts])


def take_in(feed: Feed, *, source: str, language: str, now: datetime) -> Report:
    """Check every row and write those that fit; a report of all. Call it inside `writing()`.

    Wrong rows are refused one by one. A service without a valid place has none, and waits for a pin;
    nobody takes bookings for an unclaimed business, so all of it is information only.
    """
    run = Import(feed, source, language, now)
    for where, why in feed.broken:
        run.report.refuse(where, why)
    for kind, take in ((ORGANIZATION, _organization), (LOCATION, _location), (SERVICE, _service)):
        for row in feed.of_kind(kind):
            try:
                take(row, run)
            except WrongRow as why:
                run.report.write(row, Fate.REFUSED, str(why))
    return run.report


def _organization(row: Row, run: Import) -> None:
    values = checked(row)
    provider = _by_source(Provider, run.id_of(row.id))
    fate = _fate(row, run, there=provider is not None)
    if provider is None:
        provider = landing.new_provider(run.id_of(row.id), values, run.now)
        db.session.add(provider)
    note = landing.change_provider(provider, values) if fate is Fate.CHANGED else ""
    run.providers[row.id] = provider
    run.report.write(row, fate, note)


def _location(row: Row, run: Import) -> None:
    if not any(row.id in places for places in run.feed.places_of.values()):
        raise WrongRow("no service is given here")
    # Where the point is wrong, what is right of the address still helps whoever sets the pin.
    run.places[row.id] = address_alone(row.said)
    run.places[row.id] = checked(row)
    mine = Location.source_id.endswith(":" + row.id, autoescape=True)
    ours = db.session.scalars(sa.select(Location).where(mine)).all()
    fate = _fate(row, run, there=bool(ours))
    pinned = fate is Fate.CHANGED and any(place.lat is not None for place in ours)
    run.report.write(row, fate, "the pin that is set stays" if pinned else "")


def _service(row: Row, run: Import) -> None:
    values = checked(row)
    owner = run.feed.organization_of.get(row.id, "")
    provider = run.providers.get(owner)
    if provider is None:
        raise WrongRow(f"its organization {owner} was refused" if owner else "no organization")
    places = _places(row, provider, owner, run)
    there = _by_source(Offer, run.id_of(row.id)) is not None
    fate = _fate(
        row, run, there=there, beside=repr([owner, *sorted(run.feed.places_of.get(row.id, []))])
    )
    notes = []
    at: list[Location | None] = [*places] or [None]
    for place in at:
        key = run.id_of(row.id) if place is None or place is places[0] else _at(row, place, run)
        notes.append(_offer(key, provider, place, values, fate, run))
    run.report.write(row, fate, "; ".join(dict.fromkeys(note for note in notes if note)))


def _offer(
    key: str,
    provider: Provider,
    place: Location | None,
    values: dict[str, Any],
    fate: Fate,
    run: Import,
) -> str:
    offer = _by_source(Offer, key)
    if offer is None:
        offer = landing.new_offer(key, provider, place, run.now)
        db.session.add(offer)
        landing.fill(offer, landing.words_of(values, place, run.language))
        return "" if landing.has_point(offer) else "waits for a pin"
    if fate is not Fate.CHANGED:
        return ""
    return landing.change_offer(offer, landing.words_of(values, place, run.language))


def _places(row: Row, provider: Provider, owner: str, run: Import) -> list[Location]:
    """Our locations of this service, those with a point first."""
    found = []
    for place in sorted(run.feed.places_of.get(row.id, [])):
        values = run.places.get(place)
        if values:
            key = run.id_of(owner, place)
            location = _by_source(Location, key)
            found.append(landing.put_location(location, key, provider, values))
    return sorted(found, key=lambda location: location.lat is None)


def _at(row: Row, place: Location, run: Import) -> str:
    """A service at several places is several offers; the further ones carry their place in the id."""
    which = hashlib.sha256((place.source_id or "").encode()).hexdigest()[:16]
    return run.id_of(row.id, "at", which)


def _fate(row: Row, run: Import, *, there: bool, beside: str = "") -> Fate:
    """New, changed or the same since it was last read; remembers what it says now."""
    digest = hashlib.sha256(row.digest + beside.encode()).digest()
    key = f"{run.source}:{row.key}"
    kept = db.session.get(ImportedRow, key)
    if kept is None:
        db.session.add(ImportedRow(source_id=key, digest=digest, seen_on=run.now.date()))
        return Fate.CHANGED if there else Fate.NEW
    same, kept.digest = kept.digest == digest, digest
    if not there:
        return Fate.NEW
    return Fate.SAME if same else Fate.CHANGED


def _by_source(table: type[Thing], key: str) -> Thing | None:
    return db.session.scalar(sa.select(table).where(table.source_id == key))
